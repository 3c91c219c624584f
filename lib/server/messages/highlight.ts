/**
 * Colours code on the server, into the same tree as the rest of a message. The grammars read a line from left to right
 * and keep their place between lines, as in an editor: none searches ahead through the text, so that what a fence costs
 * grows with its length, whatever it says. What comes out is flat, however deep the code is nested.
 */
import { StringStream } from "@codemirror/streamparser";
import { c, cpp, java } from "@codemirror/legacy-modes/mode/clike";
import { css } from "@codemirror/legacy-modes/mode/css";
import { go } from "@codemirror/legacy-modes/mode/go";
import { javascript, json, typescript } from "@codemirror/legacy-modes/mode/javascript";
import { python } from "@codemirror/legacy-modes/mode/python";
import { ruby } from "@codemirror/legacy-modes/mode/ruby";
import { rust } from "@codemirror/legacy-modes/mode/rust";
import { shell } from "@codemirror/legacy-modes/mode/shell";
import { standardSQL } from "@codemirror/legacy-modes/mode/sql";
import { html, xml } from "@codemirror/legacy-modes/mode/xml";
import { yaml } from "@codemirror/legacy-modes/mode/yaml";
import type { Inline } from "../../protocol/body.ts";

// Beyond these a fence is plain. They count what a grammar does, not time, so that each instance makes the same nodes.
const LINE_MAX = 500; // characters
const BRACKETS_MAX = 100; // open at once, because a grammar may look through all of them
const LOOKS_PER_CHARACTER = 100; // characters that a grammar looks ahead, for each of the code; 10 to 40 are usual
const STANDSTILL_MAX = 10; // calls in a row in which a grammar changes only its state
const TAB = 4; // columns
const INDENT = 2; // columns

/** The names of a fence, in lower case, and the grammar of each. */
const grammars = {
  bash: shell,
  sh: shell,
  zsh: shell,
  shell,
  c,
  h: c,
  cpp,
  "c++": cpp,
  cc: cpp,
  cxx: cpp,
  hh: cpp,
  hpp: cpp,
  hxx: cpp,
  css,
  go,
  golang: go,
  java,
  javascript,
  js: javascript,
  jsx: javascript,
  mjs: javascript,
  cjs: javascript,
  json,
  json5: json,
  jsonc: json,
  python,
  py: python,
  ruby,
  rb: ruby,
  rust,
  rs: rust,
  sql: standardSQL,
  typescript,
  ts: typescript,
  tsx: typescript,
  mts: typescript,
  cts: typescript,
  html,
  xhtml: html,
  xml,
  svg: xml,
  yaml,
  yml: yaml,
};

type Grammar = (typeof grammars)[keyof typeof grammars];
const byName = new Map<string, Grammar>(Object.entries(grammars));

/** How a grammar's styles are shown: `k` keyword, `n` number, `c` comment, `s` string. All else is plain. */
const kinds = new Map([
  ["keyword", "k"],
  ["atom", "k"],
  ["builtin", "k"],
  ["type", "k"],
  ["number", "n"],
  ["comment", "c"],
  ["string", "s"],
  ["string.special", "s"],
]);

/** A piece of code of one kind, or of none. */
interface Run {
  kind: string | undefined;
  text: string;
}

/**
 * Code as inline nodes: texts, and spans of one text each. Plain where the language isn't known, a line is over
 * `LINE_MAX`, or there would be more than `nodesMax` nodes. The same code always gives the same nodes.
 */
export function highlight(code: string, lang: string, nodesMax: number): Inline[] {
  if (code === "") return [];
  const grammar = byName.get(lang.toLowerCase());
  return (grammar && coloured(code, grammar, nodesMax)) ?? [code];
}

function coloured(code: string, grammar: Grammar, nodesMax: number): Inline[] | undefined {
  const lines = code.split("\n");
  if (lines.some((line) => line.length > LINE_MAX) || bracketsIn(code) > BRACKETS_MAX) return undefined;
  const runs: Run[] = [];
  const looks = { left: LOOKS_PER_CHARACTER * code.length };
  let nodes = 0;
  for (const run of runsOf(lines, grammar, looks)) {
    if (looks.left < 0) return undefined;
    const last = runs.at(-1);
    if (last && last.kind === run.kind) {
      last.text += run.text;
      continue;
    }
    nodes += run.kind === undefined ? 1 : 2;
    if (nodes > nodesMax) return undefined;
    runs.push(run);
  }
  return runs.map(({ kind, text }) => kind === undefined ? text : { t: "span", k: kind, c: [text] });
}

/** How many brackets and arrow functions are open at once at most, strings and comments read as code. */
function bracketsIn(code: string): number {
  let [open, arrows, most] = [0, 0, 0];
  for (const [mark] of code.matchAll(/=>|\n\n|[([{)\]};,]/g)) {
    if (mark === "=>") arrows++;
    else if ("([{".includes(mark)) open++;
    else {
      arrows = 0; // an arrow function ends with the expression around it
      if (")]}".includes(mark)) open = Math.max(0, open - 1);
    }
    most = Math.max(most, open + arrows);
  }
  return most;
}

/** A line that counts how far a grammar looks ahead. */
class Line extends StringStream {
  constructor(text: string, private readonly looks: { left: number }) {
    super(text, TAB, INDENT);
  }

  override match(pattern: string | RegExp, consume?: boolean, caseInsensitive?: boolean) {
    if (typeof pattern !== "string") this.looks.left -= this.string.length - this.pos;
    return super.match(pattern, consume, caseInsensitive);
  }
}

function* runsOf(lines: string[], grammar: Grammar, looks: { left: number }): Generator<Run, void> {
  const state = grammar.startState?.(INDENT);
  for (const [at, line] of lines.entries()) {
    if (at > 0) yield { kind: undefined, text: "\n" };
    const stream = new Line(line, looks);
    if (stream.eol()) grammar.blankLine?.(state, INDENT);
    while (!stream.eol()) {
      const style = next(stream, grammar, state);
      yield { kind: style ? kinds.get(style) : undefined, text: stream.current() };
    }
  }
}

/** The style of the next token, which the stream then stands behind. */
function next(stream: StringStream, grammar: Grammar, state: unknown): string | null {
  stream.start = stream.pos;
  for (let calls = 0; calls < STANDSTILL_MAX; calls++) {
    const style = grammar.token(stream, state);
    if (stream.pos > stream.start) return style;
  }
  stream.next(); // the grammar would never advance
  return null;
}
