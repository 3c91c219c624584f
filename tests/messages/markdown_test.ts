import assert from "node:assert/strict";
import fc from "fast-check";
import { parseBody } from "../../lib/messages/markdown.ts";

const WORDS = [..."aZ9éßжم字ก", "e\u0301", "www", "http", "mailto", " ", "  ", ",", "!", "?", "'", '"'];

Deno.test("a line of words is what the parser makes of it, and is one text", () => {
  const line = fc.string({ unit: fc.constantFrom(...WORDS), minLength: 1, maxLength: 40 }).map((text) => text.trim())
    .filter((text) => /^[\p{L}\p{N}]/u.test(text));
  fc.assert(fc.property(line, (text) => {
    assert.deepEqual(parseBody(text, {}), [{ t: "p", c: [text] }]);
    assert.deepEqual(parseBody(`${text};`, {}), [{ t: "p", c: [`${text};`] }]); // goes through the parser
  }));
});

Deno.test("what Markdown or a link begins with is none", () => {
  for (
    const text of [
      "1. one",
      "1) one",
      "- one",
      "# one",
      "a *b*",
      "a `b`",
      "see https://example.org/",
      "a  \nb",
      "&amp;",
    ]
  ) {
    assert.notDeepEqual(parseBody(text, {}), [{ t: "p", c: [text] }], text);
  }
});
