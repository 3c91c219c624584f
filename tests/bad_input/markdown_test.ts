/** Texts made to be slow or deep: parsing stays near what plain text of the same length costs (GUARANTEES.md). */
import assert from "node:assert/strict";
import { BODY_NODES_MAX, parseBody } from "../../lib/messages/markdown.ts";
import { body } from "../../lib/protocol/body.ts";
import { TEXT_MAX } from "../../lib/protocol/fields.ts";

const RUNS = 3; // the quickest counts, so that what else the machine does is left out
const TIMES_ORDINARY_MAX = 40; // 100 KB in 50 ms, where ordinary Markdown takes 1 ms or more a text

const filled = (piece: string) => piece.repeat(Math.ceil(TEXT_MAX / piece.length)).slice(0, TEXT_MAX);
const halves = (open: string, close: string) =>
  filled(open).slice(0, TEXT_MAX / 2) + filled(close).slice(0, TEXT_MAX / 2);

const hostile: Record<string, string> = {
  "open brackets": filled("["),
  "open links": filled("[a]("),
  "nested links": halves("[", "](x)"),
  "links in links": filled("[a](b"),
  "emphasis opened": filled("*a "),
  "emphasis closed": filled("a* "),
  "emphasis mixed": filled("*a_ "),
  "emphasis nested": halves("*_", "_*"),
  "stars": filled("*"),
  "underscores": filled("_a"),
  "strikes": filled("~~a"),
  "backticks of all lengths": Array.from({ length: 180 }, (_, n) => "`".repeat(n)).join(" ").slice(0, TEXT_MAX),
  "backticks": filled("`a"),
  "quotes": filled(">"),
  "quotes by line": filled("> ".repeat(50) + "a\n"),
  "lists nested": Array.from({ length: 170 }, (_, n) => `${" ".repeat(n)}- a`).join("\n").slice(0, TEXT_MAX),
  "lists": filled("- a\n"),
  "numbers": filled("1. a\n"),
  "headings": filled("# a\n"),
  "rules": filled("---\n"),
  "fences": filled("```\n"),
  "fenced code": "```ts\n" + filled("const a = `${b}`; // c\n").slice(0, TEXT_MAX - 10) + "\n```",
  "a fence of one long line": "```js\n" + filled("(").slice(0, TEXT_MAX - 10) + "\n```",
  "a fence of open strings": "```js\n" + filled("'\\").slice(0, TEXT_MAX - 10) + "\n```",
  "html": filled("<a "),
  "html comments": filled("<!--"),
  "html declarations": filled("<!A "),
  "entities": filled("&amp;"),
  "entities that are none": filled("&a"),
  "autolinks": filled("http://a.b/"),
  "links opened": filled("https://a.b/(("),
  "mails": filled("a@b."),
  "mentions": filled("@a "),
  "handles": filled("a@"),
  "backslashes": filled("\\"),
  "tables": filled("|a|b|\n|-|-|\n"),
  "definitions": filled("[a]: b\n"),
  "spaces": `a${" ".repeat(TEXT_MAX - 2)}b`,
  "line ends": `a${"\n".repeat(TEXT_MAX - 2)}b`,
  "marks on one letter": "a" + filled("\u0301").slice(1),
  "emoji": filled("👩‍👩‍👧‍👦"),
};

function quickest(work: () => unknown): number {
  let best = Infinity;
  for (let run = 0; run < RUNS; run++) {
    const at = performance.now();
    work();
    best = Math.min(best, performance.now() - at);
  }
  return best;
}

Deno.test("no text takes many times as long to parse as an ordinary one of its length", () => {
  const ordinary = filled("Two reads, *one* edge: see https://a.test/b and `c`.\n\n- d\n- e\n\n");
  const parsing = (text: string) => quickest(() => parseBody(text, {}));
  parsing(ordinary); // warm
  const usual = parsing(ordinary);
  const slow = Object.entries(hostile).flatMap(([what, text]) => {
    const times = parsing(text) / usual;
    return times > TIMES_ORDINARY_MAX ? [`${what}: ${times.toFixed(0)} times`] : [];
  });
  assert.deepEqual(slow, []);
});

Deno.test("a hostile text gives a tree of at most 2,000 nodes", () => {
  const nodes = (value: unknown): number =>
    typeof value !== "object" || value === null
      ? 0
      : Object.values(value).reduce((sum, one) => sum + nodes(one), Array.isArray(value) ? value.length : 0);
  for (const [what, text] of Object.entries(hostile)) {
    const count = nodes(parseBody(text, {}));
    assert(count <= BODY_NODES_MAX, `${what}: ${count} nodes`);
  }
});

// Fails: the unions of lib/protocol/body.ts try every kind of node at every depth, which takes 3 times as long a level.
// ">>>>>>>>>> a" costs each client that reads it 3 s, 20 quotes cost hours. Discriminated by `t` it takes no time.
Deno.test("reading a deep tree by the contract's schema takes no longer a level", () => {
  const time = (depth: number) => {
    const tree = parseBody(">".repeat(depth) + " a", {});
    return quickest(() => body.parse(tree));
  };
  time(4); // warm
  assert(time(9) < 20 * time(6) + 1);
});
