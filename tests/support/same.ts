/** Comparing long lists: what `assert` prints of their difference would take it minutes to find. */
import assert from "node:assert/strict";

/** Throws where two lists differ, with the first place where they do. */
export function assertSameList(actual: readonly unknown[], expected: readonly unknown[], what: string): void {
  const length = Math.max(actual.length, expected.length);
  for (let at = 0; at < length; at++) {
    const [is, due] = [JSON.stringify(actual[at]), JSON.stringify(expected[at])];
    if (is !== due) assert.fail(`${what}: at place ${at} of ${length} is ${is}, not ${due}`);
  }
}
