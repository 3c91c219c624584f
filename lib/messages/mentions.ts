/** Whom a text mentions: people by handle, as far as they can see the room. */
import type { Body } from "../protocol/body.ts";
import { handlesIn, parseBody } from "./markdown.ts";

export const MENTIONS_MAX = 50; // handles looked up for one message

export interface Mentioned {
  body: Body;
  /** handle → user id, for those that the body names. */
  people: Record<string, string>;
  ids: string[];
}

/** Finds which of these handles are people who can see the room: handle → user id. */
export type FindPeople = (room: string, handles: string[]) => Promise<Record<string, string>>;

/** Parses a text that somebody sends to a room. */
export async function mentioned(room: string, text: string, find: FindPeople): Promise<Mentioned> {
  const handles = text.includes("@") ? handlesIn(text).slice(0, MENTIONS_MAX) : [];
  const candidates = handles.length > 0 ? await find(room, handles) : {};
  const body = parseBody(text, candidates);
  const ids = new Set<string>();
  collect(body, ids);
  const people = Object.fromEntries(Object.entries(candidates).filter(([, id]) => ids.has(id)));
  // Who is not named is not kept; where nobody is, as in a body of too many nodes, that may make another body.
  return { body: ids.size > 0 ? body : parseBody(text, people), people, ids: [...ids] };
}

function collect(nodes: unknown, ids: Set<string>): void {
  if (!Array.isArray(nodes)) return;
  for (const node of nodes) {
    if (typeof node !== "object" || node === null) continue;
    if (node.t === "at") ids.add(String(node.user));
    else collect(node.c, ids);
  }
}
