/** Whoever works in slices: nobody's short piece waits for another's long list. */
import assert from "node:assert/strict";
import { createSlices, SLICE_MS } from "../../lib/server/limits/slices.ts";

Deno.test("a short piece is done after one item at most of each long list before it", async () => {
  let clock = 0;
  const { inSlices } = createSlices(() => clock);
  const done: string[] = [];
  const work = (name: string) => {
    clock += SLICE_MS;
    done.push(name);
  };
  const lists = ["a", "b", "c"].map((name) => inSlices(Array.from({ length: 20 }, () => name), work));
  const short = inSlices(["X"], work);
  await short;
  assert.equal(done.join(""), "aabcX", "the first one had begun already");
  await Promise.all(lists);
  assert.equal(done.slice(5).join("").replace(/(bc)?$/, ""), "abc".repeat(18), "then each list an item in turn");
});

Deno.test("work that stops by itself waits behind those who wait, and they behind it", async () => {
  let clock = 0;
  const { inSlices, next } = createSlices(() => clock);
  const done: string[] = [];
  const list = inSlices([..."aaaaa"], (name) => {
    clock += SLICE_MS;
    done.push(name);
  });
  for (let part = 0; part < 4; part++) {
    await next();
    clock += SLICE_MS;
    done.push("P");
  }
  await list;
  assert.equal(done.join(""), "aaPaPaPaP");
});

Deno.test("an item that throws fails its own list alone", async () => {
  let clock = 0;
  const { inSlices } = createSlices(() => clock += SLICE_MS);
  const bad = inSlices([1, 2], (item) => {
    if (item === 2) throw new RangeError("bad");
  });
  const good = inSlices([1, 2, 3], (item) => item * 2);
  await assert.rejects(bad, RangeError);
  assert.deepEqual(await good, [2, 4, 6]);
});
