/** Texts of the most characters that a message may have, made to be slow to parse. By what they are. */
import { TEXT_MAX } from "../../lib/protocol/fields.ts";

/** The piece again and again, as long as a message may be. */
export const filled = (piece: string): string => piece.repeat(Math.ceil(TEXT_MAX / piece.length)).slice(0, TEXT_MAX);

const halves = (open: string, close: string) =>
  filled(open).slice(0, TEXT_MAX / 2) + filled(close).slice(0, TEXT_MAX / 2);
const fence = (lang: string, code: string) => `\`\`\`${lang}\n${filled(code).slice(0, TEXT_MAX - 20)}\n\`\`\``;
const numbered = (make: (n: number) => string) => Array.from({ length: 2_000 }, (_, n) => make(n)).join(" ");

const PIECES = [
  ..."[ [[ ![ [a]( [a](b * ** *** _ ~~ ~~a _a *a*b a*b*c ***a*** **a_b < <a <!-- <? ` `a ``a` &a &amp; \\ \\[ a@ a@b."
    .split(
      " ",
    ),
  ...[
    "*a ",
    "a* ",
    "*a_ ",
    "*a **b ",
    "@a ",
    "@ann.",
    "> ",
    "- ",
    "- a\n",
    "1. a\n",
    "# a\n",
    "---\n",
    "```\n",
    "|a|b|\n",
  ],
  ...["* a\n  * b\n", "> a\nb\n", "- [ ] a\n", " - a\n   b\n\n", "[a]: b\n", "a\\\n", "\n\n", "a\u0301", "👩‍👩‍👧‍👦"],
  ...["**字**", "*字「", "**「字」**字", "~~字~~", "http://a.b ", "http://a.b/", "https://a.b/(( ", "https://аб.рф/ "],
  ...[
    "https://xn--e1afmkfd.xn--p1ai/ ",
    "https://a.b/%D0%B0%D0%B1 ",
    "https://日本.jp/日本 ",
    "https://ß.de ",
    "https://İ.com ",
  ],
  ...[
    "*https://a.b* ",
    "**https://a.b_c** ",
    "~~https://a.b~~",
    "*http://",
    "_http://a_",
    "http://a:99999999/",
    "http://[::1]/ ",
  ],
  ...[
    "[a](https://a.b) ",
    "[www.a.b](https://a.b) ",
    "[*a*](https://a.b)",
    "<https://a.b> ",
    "<a@b.cd> ",
    "mailto:a@b.cd ",
  ],
  ...["http://a.b/\u202e ", "http://a.b?c ", "https://a.b/x_(y)_z ", "[a](http://a.b (t)) "],
];
const HALVES = [["[", "](x)"], ["[", "](https://a.b)"], ["*[", "](https://a.b)*"], ["*_", "_*"], ["**", "*"]];
const LANGUAGES = "bash c cpp css go java js python ruby rust sql ts html xml yaml".split(" ");
const CODE = [
  "async ",
  "a/*",
  "`${",
  "`${\n",
  "(\n",
  "a b c\n",
  "0x1 2.5e3\n",
  "<<A\n",
  "a<b<\n",
  "a=>\n",
  "@a(b)\n",
  "/a[/]b/ \n",
];

export const hostileTexts: Record<string, string> = Object.fromEntries(
  [
    ...PIECES.map((piece) => [JSON.stringify(piece), filled(piece)]),
    ...HALVES.map(([open = "", close = ""]) => [`${open} … ${close}`, halves(open, close)]),
    ...LANGUAGES.flatMap((lang) => CODE.map((code) => [`${lang}: ${JSON.stringify(code)}`, fence(lang, code)])),
    ["backticks of all lengths", Array.from({ length: 180 }, (_, n) => "`".repeat(n)).join(" ")],
    ["lists nested", Array.from({ length: 170 }, (_, n) => `${" ".repeat(n)}- a`).join("\n")],
    ["open emphasis, then addresses", "*a ".repeat(1_000) + filled("http://a.b ")],
    ["stars, then addresses", "*".repeat(1_000) + filled("http://a.b/* ")],
    ["addresses, each another", numbered((n) => `http://a${n}.b/`)],
    ["hosts in letters, each another", numbered((n) => `https://аб${n}.рф/`)],
    ["people, each another", numbered((n) => `@ann${n}`)],
  ].map(([what = "", text = ""]) => [what, text.slice(0, TEXT_MAX)]),
);
