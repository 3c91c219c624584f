import type { Block, Body, Inline } from "../../../lib/protocol/body.ts";

/** The code of a message as it was written, its blocks a line apart; empty where it has none. */
export function codeOf(body: Body): string {
  return body.flatMap(blocksOf).join("\n\n");
}

function blocksOf(block: Block): string[] {
  if (block.t === "pre") return [block.c.map(textOf).join("").replace(/\n$/, "")];
  return block.t === "quote" || block.t === "item" || block.t === "ul" || block.t === "ol"
    ? block.c.flatMap(blocksOf)
    : [];
}

/** Code has texts and coloured spans only. */
function textOf(node: Inline): string {
  if (typeof node === "string") return node;
  return "c" in node ? node.c.map(textOf).join("") : "";
}
