/**
 * Parsed bodies, kept for the next who reads them. A body is kept under everything that it is made of, so none is ever
 * found for another text: whatever a commit planned and then did not write can leave nothing wrong here.
 */
import { LRUCache } from "lru-cache";
import type { Block, Body, Inline } from "../protocol/body.ts";
import { isPlainLine, parseBody } from "./markdown.ts";

export const BODIES_KEPT_BYTES = 32 * 1024 * 1024;
const ENTRY_BYTES = 300; // the cache's own, and the first objects of a tree
const NODE_BYTES = 130; // an element with its array of children, or a text with what it is cut from (measured)
const CHAR_BYTES = 2;

/** The body of a text that may mention `people` (handle → user id): `parseBody`'s, perhaps from the cache. */
export type BodyOf = (text: string, people: Record<string, string>) => Body;

/** Bodies of one process, the least read of which make room: at most `BODIES_KEPT_BYTES` with their texts. */
export function createBodies(): BodyOf {
  const kept = new LRUCache<string, Body>({ maxSize: BODIES_KEPT_BYTES, sizeCalculation: bytesOf });
  return (text, people) => {
    if (isPlainLine(text)) return parseBody(text, people); // most of what is said, and as quick to make as to find
    const key = JSON.stringify(people) + text; // an object's JSON ends where it ends: no two pairs have one key
    const known = kept.get(key);
    if (known) return known;
    const body = parseBody(text, people);
    kept.set(key, body);
    return body;
  };
}

/** About what a body and its key take in memory. Texts are counted twice: in the key and, cut up, in the tree. */
function bytesOf(body: Body, key: string): number {
  return ENTRY_BYTES + 2 * CHAR_BYTES * key.length + NODE_BYTES * nodesOf(body);
}

function nodesOf(nodes: readonly (Block | Inline)[]): number {
  let count = nodes.length;
  for (const node of nodes) if (typeof node !== "string" && "c" in node) count += nodesOf(node.c);
  return count;
}
