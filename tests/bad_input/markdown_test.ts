/** Texts made to be slow or deep: parsing stays near what plain text of the same length costs. */
import assert from "node:assert/strict";
import process from "node:process";
import fc from "fast-check";
import { BODY_DEPTH_MAX, BODY_NODES_MAX, parseBody } from "../../lib/server/messages/markdown.ts";
import { type Block, body, type Inline } from "../../lib/protocol/body.ts";
import { TEXT_MAX } from "../../lib/protocol/fields.ts";
import { runs } from "../support/share.ts";

const RUNS = 3; // the quickest counts, so that what else the machine does is left out
const TIMES_ORDINARY_MAX = 40; // 100 KB in 50 ms, where ordinary Markdown takes 1 ms or more a text

const filled = (piece: string) => piece.repeat(Math.ceil(TEXT_MAX / piece.length)).slice(0, TEXT_MAX);
const halves = (open: string, close: string) =>
  filled(open).slice(0, TEXT_MAX / 2) + filled(close).slice(0, TEXT_MAX / 2);

/** Twice the same code: as much as a message holds, in fences of half of it. */
const fence = (lang: string, code: string) => `\`\`\`${lang}\n${code.slice(0, TEXT_MAX / 2 - 20)}\n\`\`\`\n`.repeat(2);

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
  "a fence of one word": fence("ts", filled("a")),
  "a fence of words": fence("c", filled("async ")),
  "fences of words": filled("```c\n" + "async ".repeat(600) + "\n```\n"),
  "a fence of lines of words": fence("cpp", filled("async async async async\n")),
  "a fence of numbers": fence("ts", filled("0x")),
  "a fence of spaces": fence("ruby", filled(" ")),
  "a fence of blank lines": fence("js", "a" + filled("\n")),
  "a fence of nested comments": fence("rust", filled("a/*")),
  "a fence of nested templates": fence("js", filled("`${")),
  "a fence of nested templates by line": fence("ts", filled("`${\n")),
  "a fence of nested calls by line": fence("python", filled("@a(\n")),
  "a fence of nested arrows by line": fence("js", filled("a=>\n")),
  "a fence of nested elements": fence("html", filled("<a>\n")),
  "a fence of open strings": "```js\n" + filled("'\\").slice(0, TEXT_MAX - 10) + "\n```",
  "html": filled("<a "),
  "html comments": filled("<!--"),
  "html declarations": filled("<!A "),
  "entities": filled("&amp;"),
  "entities that are none": filled("&a"),
  "autolinks": filled("http://a.b/"),
  "links opened": filled("https://a.b/(("),
  "autolinks behind stars": filled("*http://"),
  "autolinks behind underscores": filled("_http://a_"),
  "an endless address": filled(")http://a/("),
  "addresses of no port": filled("http://a:99999999/"),
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

/** Milliseconds of this process' own time, so that what else the machine does is left out. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** What `work` takes at its quickest, or the first time that it takes no more than `enough`. */
function quickest(work: () => unknown, enough = 0): number {
  let best = Infinity;
  for (let run = 0; run < RUNS && best > enough; run++) {
    const at = spent();
    work();
    best = Math.min(best, spent() - at);
  }
  return best;
}

const ordinary = filled(
  "Two reads, *one* edge: see https://a.test/b and `c`.\n\n- d\n- e\n\n```ts\nconst f = g;\n```\n\n",
);

/** Those of the texts that take too long, and how many times an ordinary one. */
function slowOf(texts: Iterable<[string, string]>): string[] {
  const parsing = (text: string, enough?: number) => quickest(() => parseBody(text, { a: "u1" }), enough);
  parsing(ordinary); // warm
  const usual = Math.max(1, parsing(ordinary));
  return [...texts].flatMap(([what, text]) => {
    const times = parsing(text, TIMES_ORDINARY_MAX * usual) / usual;
    return times > TIMES_ORDINARY_MAX ? [`${what}: ${times.toFixed(0)} times`] : [];
  });
}

Deno.test("no text takes many times as long to parse as an ordinary one of its length", () => {
  assert.deepEqual(slowOf(Object.entries(hostile)), []);
});

/** What languages and Markdown begin, end and nest things with. */
const PIECES = [
  ..."a()[]{}<>'\"`\\$#=:?!-+*_~|,;&\t\n字é",
  ...'a  a. a:: a=> (a)=> a:  /> `${ /* */ // <!-- --> \'\'\' """ r#" R"( $( ${ #{ @a @a( %w( <<A &a; == => -- ** ~~ 0x 1e 1.'
    .split(" "),
  ..."async |a |- |> |1. |function a(|class A |def a|fn a<|template<|typename |if |else |case a:|for(|do |begin |end|select |import "
    .split("|"),
  ..."interface |type a=|@media |</a>|<a b=|\n\n|```js\n|http://a|mailto:a@b|://|](http://a.b)".split("|"),
].filter((piece) => piece !== "");
const LANGUAGES = "bash c cpp css go java js json python ruby rust sql ts html xml yaml".split(" ");

Deno.test("what is made at random of what languages and Markdown nest with is as quick, and as shallow", () => {
  const piece = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 3 }).map((some) => some.join(""));
  const lines = fc.tuple(piece, fc.constantFrom(20, 80, 490)).map(([it, width]) =>
    `${it.repeat(Math.ceil(width / it.length)).slice(0, width)}\n`
  );
  const halved = fc.tuple(fc.oneof(piece, lines), fc.oneof(piece, lines), fc.boolean()).map(([one, other, isBoth]) =>
    isBoth ? halves(one, other) : filled(one)
  );
  const text = fc.tuple(halved, fc.option(fc.constantFrom(...LANGUAGES), { freq: 2 })).map(([it, lang]) =>
    lang === null ? it : fence(lang, it)
  );
  const texts = fc.sample(text, { numRuns: runs(250), seed: 11 });
  assert.deepEqual(slowOf(texts.map((it) => [JSON.stringify(it.slice(0, 60)), it])), []);
  for (const it of texts) assertSmall(parseBody(it, { a: "u1" }), JSON.stringify(it.slice(0, 60)));
});

type Nodes = readonly (Block | Inline)[];

/** The elements and texts of a tree, and how many of them are within each other. */
function sizeOf(nodes: Nodes): { count: number; depth: number } {
  let [count, depth] = [0, 0];
  for (const node of nodes) {
    const inside = sizeOf(typeof node === "object" && "c" in node ? node.c : []);
    count += 1 + inside.count;
    depth = Math.max(depth, 1 + inside.depth);
  }
  return { count, depth };
}

function assertSmall(tree: Nodes, what: string): void {
  const { count, depth } = sizeOf(tree);
  assert(count <= BODY_NODES_MAX, `${what}: ${count} nodes`);
  assert(depth <= BODY_DEPTH_MAX, `${what}: ${depth} deep`);
}

Deno.test("a hostile text gives a tree of at most 2,000 nodes, nested ones counted, and 20 deep", () => {
  for (const [what, text] of Object.entries(hostile)) assertSmall(parseBody(text, {}), what);
});

Deno.test("what is nested too deep is shown as it was written, and nothing is left out", () => {
  for (const text of [">".repeat(30) + " a", "- ".repeat(30) + "a", `${"*a **b ".repeat(15)}c${"***".repeat(15)}`]) {
    assert.deepEqual(parseBody(text, {}), [{ t: "p", c: [text] }]);
  }
  const [quoted] = parseBody(">".repeat(15) + " *a*", {});
  assert.equal(quoted?.t, "quote");
});

Deno.test("a body of too many nodes loses its colours first", () => {
  const code = "a = 1\n".repeat(1_200).trim();
  assert.deepEqual(parseBody(`*a*\n\`\`\`js\n${code}\n\`\`\``, {}), [
    { t: "p", c: [{ t: "em", c: ["a"] }] },
    { t: "pre", lang: "js", c: [code] },
  ]);
  const span = (k: string, text: string) => ({ t: "span", k, c: [text] });
  assert.deepEqual(parseBody("```js\nlet a = 1; // b\n```", {}), [
    { t: "pre", lang: "js", c: [span("k", "let"), " a = ", span("n", "1"), "; ", span("c", "// b")] },
  ]);
});

Deno.test("100 KB, however they came to be stored, are shown as they are", () => {
  const text = "*a* ".repeat(25_000);
  assert.deepEqual(parseBody(text, {}), [{ t: "p", c: [text] }]);
});

Deno.test("reading a deep tree by the contract's schema takes no longer a level", () => {
  const time = (depth: number) => {
    const tree = parseBody(">".repeat(depth) + " a", {});
    return quickest(() => body.parse(tree));
  };
  time(4); // warm
  assert(time(9) < 20 * time(6) + 1);
});
