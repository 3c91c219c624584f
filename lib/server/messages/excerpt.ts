/** The beginning of a message, as plain text on one line. Quotes are left out unless there is nothing else. */
import type { Block, Body, Inline } from "../../protocol/body.ts";
import { EXCERPT_MAX } from "../../protocol/feed.ts";

export function excerptOf(body: Body): string {
  const own = lineOf(body.filter(({ t }) => t !== "quote"));
  const text = own === "" ? lineOf(body) : own;
  if (text.length <= EXCERPT_MAX) return text;
  const cut = text.slice(0, EXCERPT_MAX - 1);
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`; // not half a surrogate pair
}

function lineOf(body: Body): string {
  return body.map(textOf).join(" ").replace(/\s+/g, " ").trim();
}

function textOf(node: Block | Inline): string {
  if (typeof node === "string") return node;
  if ("text" in node) return node.text;
  if (!("c" in node)) return " ";
  const between = node.t === "ul" || node.t === "ol" || node.t === "quote" || node.t === "item" ? " " : "";
  return node.c.map(textOf).join(between);
}
