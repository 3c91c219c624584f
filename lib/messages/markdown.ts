/** Markdown to a JSON tree. No HTML string exists on the way, so there is nothing to sanitise. */
import MarkdownIt from "markdown-it";
import type Token from "markdown-it/lib/token.mjs";
import cjkFriendly from "markdown-it-cjk-friendly";
import type { Block, Body, Inline } from "../protocol/body.ts";
import { withMentions } from "./handles.ts";
import { highlight } from "./highlight.ts";
import { useLinks } from "./links.ts";

export const BODY_NODES_MAX = 2_000; // over it the text is one node (PROTOCOL.md §3)

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true, maxNesting: 20 })
  // In chat a line of dashes under a line of words is no heading.
  .disable(["image", "table", "reference", "lheading"])
  .use(cjkFriendly)
  .use(useLinks);

/** One line of words, in which Markdown and links find nothing: most of what is said. A bare "+" or "-" is a vote, no list. */
const PLAIN = /^(?:[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} ,!?'"]*|[+*-])$/u;

/** Whether a text is one line of words, which are its body as they are. */
export function isPlainLine(text: string): boolean {
  return PLAIN.test(text);
}

/** Parses a message's text. `people` are those it mentions: handle → user id. */
export function parseBody(text: string, people: Record<string, string>): Body {
  return withMentions(parseText(text), people, BODY_NODES_MAX);
}

function parseText(text: string): Body {
  if (isPlainLine(text)) return [{ t: "p", c: [text] }];
  const count = { nodes: 0 };
  try {
    const body = blocks(markdown.parse(text, {}), count);
    if (count.nodes <= BODY_NODES_MAX) return body;
  } catch (error) {
    if (!(error instanceof TooManyNodes)) throw error;
  }
  return [{ t: "p", c: [text] }];
}

class TooManyNodes extends Error {}

type Count = { nodes: number };

function counted(count: Count): void {
  if (++count.nodes > BODY_NODES_MAX) throw new TooManyNodes();
}

function blocks(tokens: Token[], count: Count): Body {
  const root: Block[] = [];
  const stack: Block[][] = [root];
  const add = (block: Block) => {
    counted(count);
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
        inlineTarget?.(inlines(token.children ?? [], count));
        break;
      case "fence":
      case "code_block": {
        const lang = token.info.trim().split(/\s+/)[0] ?? "";
        const c = highlight(token.content.replace(/\n$/, ""), lang);
        count.nodes += c.length;
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

function inlines(tokens: Token[], count: Count): Inline[] {
  const root: Inline[] = [];
  const stack: Inline[][] = [root];
  const add = (node: Inline) => {
    counted(count);
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
        open({ t: "a", href: token.attrGet("href") ?? "", c: [] });
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
