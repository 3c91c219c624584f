/** A fault that no longer fits the product would be planted nowhere, and nobody would hear of it. */
import assert from "node:assert/strict";
import { mutants, planted } from "./mutants.ts";

const root = new URL("../../", import.meta.url);

Deno.test("each fault to plant stands once in its file, and the tests that must catch it are there", async () => {
  const bad: string[] = [];
  for (const mutant of mutants) {
    const text = await Deno.readTextFile(new URL(mutant.file, root)).catch(() => "");
    if (planted(text, mutant) === undefined) bad.push(`${mutant.name}: not in ${mutant.file} once`);
    for (const test of mutant.tests) {
      const { isFile } = await Deno.stat(new URL(test, root)).catch(() => ({ isFile: false }));
      if (!isFile) bad.push(`${mutant.name}: there is no ${test}`);
    }
  }
  assert.deepEqual(bad, []);
});
