/**
 * Caches parsed bodies for the next reader. The key holds everything that a body is made of, so none is ever found for
 * another text, and a commit that planned a text and did not write it leaves nothing wrong here.
 */
import { LRUCache } from "lru-cache";
import type { Block, Body, Inline } from "../../protocol/body.ts";
import { withMentions } from "./handles.ts";
import { BODY_NODES_MAX, isPlainLine, parseBody } from "./markdown.ts";
import { isQuick } from "./parse.ts";
import type { Parser } from "./parser.ts";

export const BODIES_KEPT_BYTES = 32 * 1024 * 1024;
const ENTRY_BYTES = 300; // the cache's own, and the first objects of a tree
const NODE_BYTES = 130; // an element with its array of children, or a text with what it is cut from (measured)
const CHAR_BYTES = 2;

export interface Bodies {
  /** The body of a text that may mention `people` (handle → user id): `parseBody`'s, perhaps from the cache. */
  of(text: string, people: Record<string, string>): Body;
  /** The same for a reader, without holding up others if the text is slow to parse. */
  soon(reader: string, text: string, people: Record<string, string>): Promise<Body>;
  /** Whether `of` would have to parse a text that may be slow. */
  isSlow(text: string, people: Record<string, string>): boolean;
  /** Keeps the body of a text that was parsed elsewhere. */
  keep(text: string, people: Record<string, string>, body: Body): void;
}

/** The bodies of one process, at most `BODIES_KEPT_BYTES` with their texts; the least recently read go first. */
export function createBodies({ parseOnce, inSlices }: Pick<Parser, "parseOnce" | "inSlices">): Bodies {
  const kept = new LRUCache<string, Body>({ maxSize: BODIES_KEPT_BYTES, sizeCalculation: bytesOf });
  // An object's JSON shows where it ends, so no two pairs share a key.
  const keyOf = (text: string, people: Record<string, string>) => JSON.stringify(people) + text;

  const of: Bodies["of"] = (text, people) => {
    if (isPlainLine(text)) return parseBody(text, people); // quick to parse, as most messages are
    const key = keyOf(text, people);
    const known = kept.get(key);
    if (known) return known;
    const body = parseBody(text, people);
    kept.set(key, body);
    return body;
  };

  return {
    of,
    async soon(reader, text, people) {
      const key = keyOf(text, people);
      if (isQuick(text) || kept.has(key)) {
        const [body = []] = await inSlices([text], (it) => of(it, people));
        return body;
      }
      return await parseOnce(reader, text, () => kept.get(key), (parsed) => {
        const body = withMentions(parsed.body, people, BODY_NODES_MAX);
        kept.set(key, body);
        return body;
      });
    },
    isSlow: (text, people) => !isQuick(text) && !kept.has(keyOf(text, people)),
    keep(text, people, body) {
      if (!isQuick(text)) kept.set(keyOf(text, people), body);
    },
  };
}

/** About how much memory a body and its key take. Texts count twice: in the key and, cut up, in the tree. */
function bytesOf(body: Body, key: string): number {
  return ENTRY_BYTES + 2 * CHAR_BYTES * key.length + NODE_BYTES * nodesOf(body);
}

function nodesOf(nodes: readonly (Block | Inline)[]): number {
  let count = nodes.length;
  for (const node of nodes) if (typeof node !== "string" && "c" in node) count += nodesOf(node.c);
  return count;
}
