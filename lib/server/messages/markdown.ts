/** Markdown to a JSON tree. No HTML string exists on the way, so there is nothing to sanitise. */
import MarkdownIt, { type Token } from "markdown-it";
import cjkFriendly from "markdown-it-cjk-friendly";
import type { Block, Body, Inline } from "../../protocol/body.ts";
import { TEXT_MAX } from "../../protocol/fields.ts";
import { withMentions } from "./handles.ts";
import { highlight } from "./highlight.ts";
import { useLinks } from "./links.ts";

// Beyond these, and beyond the longest text of a message, the text is one node (lib/protocol/README.md §3).
export const BODY_NODES_MAX = 2_000; // elements and texts, at every depth
export const BODY_DEPTH_MAX = 20; // elements and a text within each other

// markdown-it leaves out what is nested deeper, but a body that deep is too deep for us, and shown as it was written.
const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true, maxNesting: BODY_DEPTH_MAX + 1 })
  // In chat a line of dashes under a line of words is no heading.
  .disable(["image", "table", "reference", "lheading"])
  .use(cjkFriendly)
  .use(useLinks);

/** One line of sentences without Markdown and links, as most messages are. A bare "+" or "-" is a vote, no list. */
const PLAIN = /^(?:(?!\d+[.)](?: |$))[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} ,.;:!?'"‘’“”()%…–—-]*|[+*-])$/u;

/** Whether a text is one line of words, which is its own body. */
export function isPlainLine(text: string): boolean {
  return PLAIN.test(text);
}

/** Parses a message's text. `people` are those it mentions: handle → user id. */
export function parseBody(text: string, people: Record<string, string>): Body {
  return withMentions(parseText(text), people, BODY_NODES_MAX);
}

function parseText(text: string): Body {
  const whole: Body = [{ t: "p", c: [text] }];
  if (text.length > TEXT_MAX || isPlainLine(text)) return whole;
  const tokens = markdown.parse(text, {});
  for (const colours of [true, false]) {
    try {
      return blocks(tokens, { nodes: 0, depth: 0, colours });
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
    }
  }
  return whole;
}

/** The body would have too many nodes, or one too deep. */
class TooMuch extends Error {}

interface Count {
  nodes: number;
  /** The depth of the block that inline nodes go into. */
  depth: number;
  /** Whether code is coloured: a body that is too large with colours is made again without. */
  colours: boolean;
}

function counted(count: Count, depth: number, nodes = 1): void {
  count.nodes += nodes;
  if (count.nodes > BODY_NODES_MAX || depth > BODY_DEPTH_MAX) throw new TooMuch();
}

function blocks(tokens: Token[], count: Count): Body {
  const root: Block[] = [];
  const stack: Block[][] = [root];
  const add = (block: Block) => {
    counted(count, stack.length);
    stack.at(-1)?.push(block);
  };
  const open = (block: Block & { c: Block[] }) => {
    add(block);
    stack.push(block.c);
  };
  let inlineTarget: ((c: Inline[]) => void) | undefined;
  for (const token of tokens) {
    switch (token.type) {
      case "bullet_list_open":
        open({ t: "ul", c: [] });
        break;
      case "ordered_list_open":
        open({ t: "ol", start: Number(token.attrGet("start") ?? 1), c: [] });
        break;
      case "list_item_open":
        open({ t: "item", ...(token.info && { n: Number(token.info) }), c: [] });
        break;
      case "blockquote_open":
        open({ t: "quote", c: [] });
        break;
      case "bullet_list_close":
      case "ordered_list_close":
      case "list_item_close":
      case "blockquote_close":
        stack.pop();
        break;
      case "heading_open": {
        const level = Number(token.tag.slice(1));
        inlineTarget = (c) => add({ t: "h", level, c });
        break;
      }
      case "paragraph_open":
        inlineTarget = (c) => add({ t: "p", c });
        break;
      case "inline":
        count.depth = stack.length;
        inlineTarget?.(inlines(token.children ?? [], count));
        break;
      case "fence":
      case "code_block": {
        const lang = token.info.trim().split(/\s+/)[0] ?? "";
        const left = count.colours ? BODY_NODES_MAX - count.nodes - 1 : 0; // one is the fence
        const c = highlight(token.content.replace(/\n$/, ""), lang, left);
        for (const node of c) counted(count, stack.length + depthOf(node), depthOf(node));
        add({ t: "pre", lang: lang.slice(0, 40), c });
        break;
      }
      case "hr":
        add({ t: "hr" });
        break;
    }
  }
  return root;
}

/** How deep a node of code is, which has as many nodes: a text, or a coloured one. */
function depthOf(node: Inline): number {
  return typeof node === "string" ? 1 : 2;
}

function inlines(tokens: Token[], count: Count): Inline[] {
  const root: Inline[] = [];
  const stack: Inline[][] = [root];
  const add = (node: Inline) => {
    counted(count, count.depth + stack.length);
    stack.at(-1)?.push(node);
  };
  const open = (node: Extract<Inline, { c: Inline[] }>) => {
    add(node);
    stack.push(node.c);
  };
  for (const token of tokens) {
    switch (token.type) {
      case "text":
        if (token.content !== "") add(token.content);
        break;
      case "softbreak":
      case "hardbreak":
        add({ t: "br" });
        break;
      case "code_inline":
        add({ t: "code", text: token.content });
        break;
      case "em_open":
        open({ t: "em", c: [] });
        break;
      case "strong_open":
        open({ t: "strong", c: [] });
        break;
      case "s_open":
        open({ t: "del", c: [] });
        break;
      case "link_open":
        open({ t: "a", href: String(token.attrGet("href") ?? ""), c: [] });
        break;
      case "link_close":
      case "em_close":
      case "strong_close":
      case "s_close":
        stack.pop();
        break;
      default:
        if (token.content) add(token.content);
    }
  }
  return root;
}
