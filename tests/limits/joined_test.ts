/** Reads that are shared by those who ask for them at the same time. */
import assert from "node:assert/strict";
import { createJoined } from "../../lib/server/limits/joined.ts";

/** Reads that end when they are told to; each gives its number, or fails. */
function reads() {
  const begun: PromiseWithResolvers<number>[] = [];
  return {
    count: () => begun.length,
    read() {
      const one = Promise.withResolvers<number>();
      begun.push(one);
      return one.promise;
    },
    end: (at: number) => begun[at]?.resolve(at),
    fail: (at: number) => begun[at]?.reject(new Error(`read ${at} failed`)),
  };
}

Deno.test("those who ask while a read is under way share the next one, which begins after it", async () => {
  const [join, { count, read, end }] = [createJoined<number>(), reads()];
  const first = join("a", read);
  const waiting = Array.from({ length: 40 }, () => join("a", read));
  const other = join("b", read);
  assert.equal(count(), 2, "one for each key");
  end(0);
  end(1);
  assert.deepEqual(await Promise.all([first, other]), [0, 1]);
  await Promise.resolve();
  assert.equal(count(), 3);
  const late = join("a", read); // what it asks for may have changed since read 2 began
  end(2);
  assert.deepEqual(await Promise.all(waiting), Array(40).fill(2));
  end(3);
  assert.equal(await late, 3);
  const alone = join("a", read);
  assert.equal(count(), 5);
  end(4);
  assert.equal(await alone, 4);
});

Deno.test("where a read fails, those who wait for the next one are told so too, and whoever asks then begins anew", async () => {
  const [join, { count, read, end, fail }] = [createJoined<number>(), reads()];
  const asked = [join("a", read), join("a", read), join("a", read)];
  fail(0);
  for (const one of asked) await assert.rejects(one, /read 0/);
  assert.equal(count(), 1);
  const later = join("a", read);
  end(1);
  assert.equal(await later, 1);
});
