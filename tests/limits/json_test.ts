/** JSON in slices is byte for byte what `JSON.stringify` gives, and others have turns while it is made. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { answerJson, jsonOf } from "../../lib/limits/json.ts";
import { createSlices, SLICE_MS } from "../../lib/limits/slices.ts";

const leaf = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("\ud800", "\udc00x", "\u2028", '"<\\', "\0"),
  fc.double(),
  fc.constantFrom(-0, NaN, Infinity, undefined, null, true),
  fc.constant(() => 1),
  fc.date({ noInvalidDate: false }),
  fc.string().map((text) => ({ toJSON: () => text, hidden: 1 })),
  fc.constant({ toJSON: () => undefined }),
  fc.constant({ toJSON: 1 }),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.array(tie("tree"), { maxLength: 6 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("__proto__", "1", '"')), tie("tree"), { maxKeys: 6 }),
  ),
}));
const isHeld = (value: unknown): value is object =>
  typeof value === "object" && value !== null && JSON.stringify(value) !== undefined;

Deno.test("jsonOf() and answerJson() give what JSON.stringify() gives, whatever is in it", async () => {
  await fc.assert(
    fc.asyncProperty(tree.filter(isHeld), async (value) => {
      assert.equal(await jsonOf(value), JSON.stringify(value));
      assert.equal(await answerJson(value), JSON.stringify(value));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("others have a turn between any two pieces of a long list that take a slice each", async () => {
  let clock = 0;
  const slices = createSlices(() => clock);
  const made: number[] = [];
  const item = (at: number) => ({
    toJSON() {
      clock += SLICE_MS;
      made.push(at);
      return "x".repeat(20_000);
    },
  });
  const two = await Promise.all([
    jsonOf({ list: [item(1), item(2), item(3)], more: false }, slices.inSlices),
    jsonOf({ list: [item(4), item(5), item(6)], more: false }, slices.inSlices),
  ]);
  assert.ok(two.every((json) => JSON.parse(json).list.length === 3));
  assert.deepEqual(made, [1, 4, 2, 5, 3, 6], "each has its piece in turn");
});

Deno.test("an answer without a list is made at once", () => {
  assert.equal(
    answerJson({ message: { seq: 1, body: [1, 2] }, offset: "a" }),
    '{"message":{"seq":1,"body":[1,2]},"offset":"a"}',
  );
  assert.equal(answerJson({ messages: [{ seq: 1 }] }), '{"messages":[{"seq":1}]}');
});
