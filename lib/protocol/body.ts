/**
 * A message's parsed text: a JSON tree, never HTML, so that no string is ever read as markup (lib/protocol/README.md
 * §3). A text node is a string; an element is `{ t, …, c }` with its children in `c`.
 */
import * as z from "zod/mini";

export type Inline =
  | string
  | { t: "em" | "strong" | "del"; c: Inline[] }
  | { t: "code"; text: string }
  | { t: "a"; href: string; c: Inline[] }
  | { t: "at"; user: string; text: string }
  | { t: "span"; k: string; c: Inline[] }
  | { t: "br" };

export type Block =
  | { t: "p"; c: Inline[] }
  | { t: "h"; level: number; c: Inline[] }
  | { t: "quote"; c: Block[] }
  /** `n` is the number that was written before an item of an `ol`. */
  | { t: "item"; n?: number | undefined; c: Block[] }
  | { t: "ul"; c: Block[] }
  | { t: "ol"; start: number; c: Block[] }
  | { t: "pre"; lang: string; c: Inline[] }
  | { t: "hr" };

// Discriminated: a plain union would try every kind of node at every level, which takes exponential time.
export const inline: z.ZodMiniType<Inline> = z.lazy(() =>
  z.union([
    z.string(),
    z.discriminatedUnion("t", [
      z.object({ t: z.enum(["em", "strong", "del"]), c: z.array(inline) }),
      z.object({ t: z.literal("code"), text: z.string() }),
      z.object({ t: z.literal("a"), href: z.string(), c: z.array(inline) }),
      z.object({ t: z.literal("at"), user: z.string(), text: z.string() }),
      z.object({ t: z.literal("span"), k: z.string(), c: z.array(inline) }),
      z.object({ t: z.literal("br") }),
    ]),
  ])
);

export const block: z.ZodMiniType<Block> = z.lazy(() =>
  z.discriminatedUnion("t", [
    z.object({ t: z.literal("p"), c: z.array(inline) }),
    z.object({ t: z.literal("h"), level: z.int(), c: z.array(inline) }),
    z.object({ t: z.literal("quote"), c: z.array(block) }),
    z.object({ t: z.literal("item"), n: z.optional(z.int()), c: z.array(block) }),
    z.object({ t: z.literal("ul"), c: z.array(block) }),
    z.object({ t: z.literal("ol"), start: z.int(), c: z.array(block) }),
    z.object({ t: z.literal("pre"), lang: z.string(), c: z.array(inline) }),
    z.object({ t: z.literal("hr") }),
  ])
);

export type Body = Block[];
export const body: z.ZodMiniType<Body> = z.array(block);
