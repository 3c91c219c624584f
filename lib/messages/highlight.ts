/** Colours code on the server, into the same tree as the rest of a message. */
import { createLowlight } from "lowlight";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import type { Inline } from "../protocol/body.ts";

const CODE_MAX = 8_000; // characters that are coloured; longer code is shown plain

const lowlight = createLowlight({
  bash,
  c,
  cpp,
  css,
  diff,
  go,
  java,
  javascript,
  json,
  python,
  ruby,
  rust,
  sql,
  typescript,
  xml,
  yaml,
});

/** What each of highlight.js' classes is shown as: `k` keyword, `n` number or text, `c` comment, `s` string. */
const kinds: Record<string, string> = {
  "hljs-keyword": "k",
  "hljs-built_in": "k",
  "hljs-literal": "k",
  "hljs-number": "n",
  "hljs-string": "s",
  "hljs-comment": "c",
  "hljs-title": "f",
};

type Node = ReturnType<typeof lowlight.highlight>["children"][number];

/** Code as inline nodes: plain text where the language isn't known. */
export function highlight(code: string, lang: string): Inline[] {
  if (code.length > CODE_MAX || !lowlight.registered(lang)) return code === "" ? [] : [code];
  return lowlight.highlight(lang, code).children.flatMap(toInline);
}

function toInline(node: Node): Inline[] {
  if (node.type === "text") return [node.value];
  if (node.type !== "element") return [];
  const c = node.children.flatMap(toInline);
  const names = Array.isArray(node.properties.className) ? node.properties.className : [];
  const kind = names.map((name) => kinds[String(name)]).find((one) => one !== undefined);
  return kind === undefined ? c : [{ t: "span", k: kind, c }];
}
