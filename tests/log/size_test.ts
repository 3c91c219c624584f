import assert from "node:assert/strict";
import { serialize } from "node:v8";
import { sizeOf, VALUE_MAX } from "../../lib/log/size.ts";

const id = (at: number) => `id${String(at).padStart(18, "0")}`;

for (
  const [what, value] of [
    ["a text of one byte a character", "a".repeat(1_000)],
    ["a text of two", `ж${"a".repeat(1_000)}`],
    ["a piece of a text of two that needs but one", `ж${"a".repeat(1_000)}`.slice(1)],
    ["numbers", Array.from({ length: 1_000 }, (_, at) => at + 0.5)],
    [
      "an array with all its indices",
      Object.assign(new Array(1_000), Array.from({ length: 1_000 }, (_, at) => id(at))),
    ],
    ["an object of small things", { a: null, b: true, c: undefined, d: "", e: [], f: {}, g: 1, h: -1, i: 2 ** 40 }],
  ] as const
) {
  Deno.test(`sizeOf() is not below what storage takes for ${what}`, () => {
    assert.ok(serialize(value).byteLength <= sizeOf(value), `${serialize(value).byteLength} > ${sizeOf(value)}`);
  });
}

Deno.test("sizeOf() lets the reactions of 20 people each with 50 of the longest emoji be stored", () => {
  const users = Array.from({ length: 20 }, (_, at) => id(at));
  const reactions = Array.from({ length: 50 }, (_, at) => [id(at).padEnd(40), { count: 20, users }] as const);
  assert.ok(sizeOf(Object.fromEntries(reactions)) <= VALUE_MAX);
});
