import assert from "node:assert/strict";
import fc from "fast-check";
import { isPlainLine, parseBody } from "../../../lib/server/messages/markdown.ts";

Deno.test("a line of sentences that is not parsed is what the parser would make of it", () => {
  const parts = "a b www http mailto com é 日 1 2 ١ \u0301 , . ; : ! ? ' \" ‘ ’ “ ” ( ) % … – — - * _ @ / & # ` ~ < ["
    .split(" ");
  const line = fc.array(fc.constantFrom(" ", ...parts), { maxLength: 14 }).map((it) => it.join("").trim());
  let plain = 0;
  fc.assert(
    fc.property(line, (text) => {
      if (/^[+*-]$/.test(text) || !isPlainLine(text)) return; // such a one is a vote, though a list in Markdown
      plain++;
      assert.deepEqual(parseBody(`${text}\n`, {}), [{ t: "p", c: [text] }]);
    }),
    { numRuns: 20_000 },
  );
  assert.ok(plain > 500, `${plain} were plain`);
  for (const text of ["1. first", "12) twelfth", "1.", "see http://a.example", "- a", "(c) & (r)"]) {
    assert.ok(!isPlainLine(text), text);
  }
  for (const text of ["Two reads, one edge.", "It’s 5 % (at most): see the log…", "1.5 is fine", "well-known — yes"]) {
    assert.ok(isPlainLine(text), text);
  }
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

Deno.test("a list keeps the numbers that were written", () => {
  const numbers = (text: string) =>
    parseBody(text, {}).map((block) =>
      block.t === "ol" ? [block.start, ...block.c.map((item) => item.t === "item" ? item.n : undefined)] : block.t
    );
  assert.deepEqual(numbers("3. a\n4. b"), [[3, 3, 4]]);
  assert.deepEqual(numbers("1. a\n1. b\n1. c"), [[1, 1, 1, 1]]);
  assert.deepEqual(numbers("5) a\n7) b\n\n9) c"), [[5, 5, 7, 9]]);
  assert.deepEqual(numbers("0. a\n007. b\n123456789. c"), [[0, 0, 7, 123_456_789]]);
  assert.deepEqual(numbers("9. a\n8) b"), [[9, 9], [8, 8]]);
  assert.deepEqual(numbers("2024. was good"), [[2024, 2024]]);
  assert.deepEqual(numbers("1234567890. a"), ["p"]);
  assert.deepEqual(parseBody("- a", {}), [{ t: "ul", c: [{ t: "item", c: [{ t: "p", c: ["a"] }] }] }]);
});

Deno.test("a line of dashes or equals signs makes no heading of the line above", () => {
  for (
    const text of [
      "words\n---",
      "words\n-",
      "words\n===",
      "words\n=",
      "two\nlines\n====",
      "> words\n> ---",
      "- words\n  ===",
    ]
  ) {
    assert.doesNotMatch(JSON.stringify(parseBody(text, {})), /"t":"h"/, text);
  }
  assert.deepEqual(parseBody("a\n===", {}), [{ t: "p", c: ["a", { t: "br" }, "==="] }]);
  assert.deepEqual(parseBody("# a", {}), [{ t: "h", level: 1, c: ["a"] }]);
});

Deno.test("emphasis ends where Chinese, Japanese and Korean end it", () => {
  const strong = (text: string) => ({ t: "strong", c: [text] });
  assert.deepEqual(parseBody("これは**「強調」**です", {}), [{ t: "p", c: ["これは", strong("「強調」"), "です"] }]);
  assert.deepEqual(parseBody("**重要。**说", {}), [{ t: "p", c: [strong("重要。"), "说"] }]);
  assert.deepEqual(parseBody("**마크(mark)**는", {}), [{ t: "p", c: [strong("마크(mark)"), "는"] }]);
  assert.deepEqual(parseBody("~~（旧）~~新", {}), [{ t: "p", c: [{ t: "del", c: ["（旧）"] }, "新"] }]);
});
