/** A message's tree as vnodes. Texts only ever become text nodes, and addresses are checked before they are linked. */
import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import type { Block, Body, Inline } from "../../protocol/body.ts";
import { InnerStop } from "./inner_stop.ts";

const SAFE_HREF = /^(https?:\/\/|mailto:)/i;
/** Classes of coloured code; any other kind is plain. */
const KINDS = new Set(["k", "n", "s", "c"]);

/** `end` stands behind the last words. */
export function BodyView({ body, me, end }: { body: Body; me: string; end?: ComponentChildren }) {
  const [first] = body;
  // Most messages are one paragraph, and need no element for it.
  if (body.length === 1 && first?.t === "p") {
    return <p class="text" dir="auto">{inlines(first.c, me)}{end && <>{" "}{end}</>}</p>;
  }
  return <div class="text">{blocks(body, me, "auto")}{end}</div>;
}

/** Only the outermost block has `dir`: an inner one with its own would not count for the direction around it. */
function blocks(body: readonly Block[], me: string, dir?: "auto"): ComponentChildren {
  return body.map((block) => toBlock(block, me, dir));
}

function toBlock(block: Block, me: string, dir: "auto" | undefined): ComponentChildren {
  switch (block.t) {
    case "p":
      return <p dir={dir}>{inlines(block.c, me)}</p>;
    case "h":
      // Only the page's own headings are in its outline.
      return <p class="head" dir={dir}>{inlines(block.c, me)}</p>;
    case "quote":
      return <blockquote dir={dir}>{blocks(block.c, me)}</blockquote>;
    case "ul":
      return <ul dir={dir}>{blocks(block.c, me)}</ul>;
    case "ol":
      return <ol class={widthOf(block)} dir={dir} start={block.start}>{blocks(block.c, me)}</ol>;
    case "item":
      return <li value={block.n}>{blocks(block.c, me)}</li>;
    case "hr":
      return <hr />;
    case "pre":
      return (
        <figure class="code">
          {block.lang && <figcaption>{block.lang}</figcaption>}
          <Code label={block.lang ? `Code, ${block.lang}` : "Code"}>{inlines(block.c, me)}</Code>
        </figure>
      );
  }
}

/** The class that leaves room for a list's longest number, if it is longer than usual. */
function widthOf({ start, c }: Extract<Block, { t: "ol" }>): string | undefined {
  const last = c.reduce((max, item) => Math.max(max, item.t === "item" ? item.n ?? 0 : 0), start + c.length - 1);
  const digits = String(last).length;
  return digits < 3 ? undefined : `d${Math.min(digits, 9)}`;
}

function inlines(nodes: readonly Inline[], me: string): ComponentChildren {
  return nodes.map((node) => toInline(node, me));
}

function toInline(node: Inline, me: string): ComponentChildren {
  if (typeof node === "string") return node;
  switch (node.t) {
    case "em":
      return <em>{inlines(node.c, me)}</em>;
    case "strong":
      return <strong>{inlines(node.c, me)}</strong>;
    case "del":
      return <del>{inlines(node.c, me)}</del>;
    case "code":
      return <code>{node.text}</code>;
    case "br":
      return <br />;
    case "at":
      return <span class={node.user === me ? "at mine" : "at"}>{node.text}</span>;
    case "span":
      return KINDS.has(node.k) ? <span class={node.k}>{inlines(node.c, me)}</span> : inlines(node.c, me);
    case "a":
      if (!SAFE_HREF.test(node.href)) return inlines(node.c, me);
      return <Link href={node.href}>{inlines(node.c, me)}</Link>;
  }
}

/** It has the focus to be scrolled. */
function Code({ label, children }: { label: string; children: ComponentChildren }) {
  return <pre tabIndex={useContext(InnerStop) ?? 0} role="region" aria-label={label}><code>{children}</code></pre>;
}

function Link({ href, children }: { href: string; children: ComponentChildren }) {
  return (
    <a href={href} tabIndex={useContext(InnerStop)} target="_blank" rel="noopener noreferrer nofollow">{children}</a>
  );
}
