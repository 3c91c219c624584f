/** Whether a message shows anything. */
import type { Block, Body, Inline } from "../../protocol/body.ts";
import { draws } from "../../protocol/visible.ts";

/** Links without words: they stay as written, but a message of nothing else says nothing. */
const WORDLESS = /\[[^\[\]]*\]\((?:https?|mailto):[^()\s]*\)/gi;

/** Whether a reader sees anything of a body. `text` is what it was parsed from. */
export function shows(body: Body, text: string): boolean {
  if (!draws(text) || !body.some(isSeen)) return false;
  return !text.startsWith("[") ||
    draws(text.replace(WORDLESS, (link) => draws(link.slice(1, link.indexOf("]"))) ? link : ""));
}

function isSeen(node: Block | Inline): boolean {
  if (typeof node === "string") return draws(node);
  switch (node.t) {
    case "hr":
    case "at":
      return true;
    case "br":
      return false;
    case "code":
      return draws(node.text);
    case "ol": // its numbers
      return true;
    default:
      return node.c.some(isSeen);
  }
}
