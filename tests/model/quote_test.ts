import assert from "node:assert/strict";
import { quoteOf } from "../../lib/model/quote.ts";

Deno.test("an answer begins with the message as a quote, cut to a few lines, and the one it is for", () => {
  assert.equal(quoteOf("one", undefined), "> one\n\n");
  assert.equal(quoteOf("one\n\ntwo", "ann"), "> one\n> two\n\n@ann ");
  assert.equal(quoteOf("1\n2\n3\n4", undefined), "> 1\n> 2\n> 3\n> …\n\n");
  assert.equal(quoteOf("🙂".repeat(300), undefined), `> ${"🙂".repeat(200)}…\n\n`);
});
