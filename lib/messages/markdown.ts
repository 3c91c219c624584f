/**
 * Markdown to a JSON tree. No HTML string exists on the way, so there is nothing to sanitise; links are kept only with
 * schemes that markdown-it finds safe (PLATFORM.md, markdown).
 */
import MarkdownIt from "markdown-it";
import type Token from "markdown-it/lib/token.mjs";
import type { Block, Body, Inline } from "../protocol/body.ts";
import { highlight } from "./highlight.ts";

export const BODY_NODES_MAX = 2_000; // over it the text is one node (PROTOCOL.md §3)

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true, maxNesting: 20 })
  .disable(["image", "table", "reference"]);
markdown.linkify.set({ fuzzyEmail: false });

const MENTION = /(^|[^A-Za-z0-9_@.-])@([A-Za-z0-9._-]{1,40})/g;

/** The handles that a text may mention, lower case, without those in code. */
export function handlesIn(text: string): string[] {
  const handles = new Set<string>();
  for (const [, , handle = ""] of text.matchAll(MENTION)) {
    const lower = handle.toLowerCase();
    handles.add(lower);
    // "@noor." ends a sentence more often than it names a handle with a dot.
    handles.add(lower.replace(/[._-]+$/, ""));
  }
  handles.delete("");
  return [...handles];
}

/** One line of words, in which Markdown and links find nothing: most of what is said. */
const PLAIN = /^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} ,!?'"]*$/u;

/** Whether a text is one line of words, which are its body as they are. */
export function isPlainLine(text: string): boolean {
  return PLAIN.test(text);
}

/** Parses a message's text. `people` are those it mentions: handle → user id. */
export function parseBody(text: string, people: Record<string, string>): Body {
  if (isPlainLine(text)) return [{ t: "p", c: [text] }];
  const count = { nodes: 0 };
  try {
    const body = blocks(markdown.parse(text, {}), people, count);
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

function blocks(tokens: Token[], people: Record<string, string>, count: Count): Body {
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
        open({ t: "item", c: [] });
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
        inlineTarget?.(inlines(token.children ?? [], people, count));
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

function inlines(tokens: Token[], people: Record<string, string>, count: Count): Inline[] {
  const root: Inline[] = [];
  const stack: Inline[][] = [root];
  let inLink = 0;
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
        if (token.content === "") break;
        if (inLink > 0) add(token.content);
        else for (const node of mentioned(token.content, people)) add(node);
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
        inLink++;
        open({ t: "a", href: token.attrGet("href") ?? "", c: [] });
        break;
      case "link_close":
        inLink--;
        stack.pop();
        break;
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

function mentioned(text: string, people: Record<string, string>): Inline[] {
  const nodes: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(MENTION)) {
    const [, before = "", handle = ""] = match;
    const whole = handle.toLowerCase();
    const name = Object.hasOwn(people, whole) ? whole : whole.replace(/[._-]+$/, "");
    if (!Object.hasOwn(people, name)) continue;
    const start = match.index + before.length;
    if (start > end) nodes.push(text.slice(end, start));
    nodes.push({ t: "at", user: people[name] ?? "", text: text.slice(start, start + 1 + name.length) });
    end = start + 1 + name.length;
  }
  if (end < text.length) nodes.push(text.slice(end));
  return nodes;
}
