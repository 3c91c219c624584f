import assert from "node:assert/strict";
import { excerptOf } from "../../../lib/server/messages/excerpt.ts";
import { parseBody } from "../../../lib/server/messages/markdown.ts";
import { EXCERPT_MAX } from "../../../lib/protocol/feed.ts";

const excerpt = (text: string) => excerptOf(parseBody(text, {}));

Deno.test("what is answered is no part of the answer; where there is only a quote it is that", () => {
  assert.equal(excerpt("> no gap in the series\n\nConfirmed, *412* samples."), "Confirmed, 412 samples.");
  assert.equal(excerpt("First.\n\n> a quote\n\nLast."), "First. Last.");
  assert.equal(excerpt("> only a quote\n\n> and one more"), "only a quote and one more");
});

Deno.test("an excerpt is one line, cut between characters", () => {
  assert.equal(excerpt("- one\n- two\n\nthree"), "one two three");
  const long = excerpt("🎉".repeat(EXCERPT_MAX));
  assert.ok(long.length <= EXCERPT_MAX && long.isWellFormed() && long.endsWith("…"));
});
