import assert from "node:assert/strict";
import * as field from "../../lib/protocol/fields.ts";

Deno.test("a message's text has 1 to 16,000 UTF-16 units, whatever characters they make", () => {
  const fits = (text: string) => field.text.safeParse(text).success;
  assert.deepEqual(["x".repeat(16_000), "😀".repeat(8_000), ` ${"x".repeat(16_000)}\r\n`].map(fits), [
    true,
    true,
    true,
  ]);
  assert.deepEqual(["x".repeat(16_001), `${"😀".repeat(8_000)}x`, " \r\n"].map(fits), [false, false, false]);
});

Deno.test("a handle's case is ignored; a character that only becomes one of its own by that is refused", () => {
  assert.equal(field.handle.parse("Ann.B-9_"), "ann.b-9_");
  for (const wrong of ["", "a b", "ä", "\u212Ann", "a".repeat(41), "@ann"]) {
    assert.equal(field.handle.safeParse(wrong).success, false, wrong);
  }
});
