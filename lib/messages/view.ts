/** A message document as the wire tells it. Its body is derived: text is stored once, and alone. */
import type { Body } from "../protocol/body.ts";
import type { Message } from "../protocol/messages.ts";
import { parseBody } from "./markdown.ts";
import type { MessageDocument } from "./store.ts";

const BODIES_CACHED_MAX = 2_000;

/** Makes messages of documents, with a bounded cache of bodies by room, seq and rev. */
export function createView(): (room: string, document: MessageDocument, body?: Body) => Message {
  const bodies = new Map<string, Body>();

  function bodyOf(room: string, document: MessageDocument): Body {
    const name = `${room} ${document.seq} ${document.rev}`;
    const known = bodies.get(name);
    if (known) return known;
    const body = parseBody(document.text, document.people ?? {});
    keep(name, body);
    return body;
  }

  function keep(name: string, body: Body): void {
    bodies.set(name, body);
    const [oldest] = bodies.size > BODIES_CACHED_MAX ? bodies.keys() : [];
    if (oldest !== undefined) bodies.delete(oldest);
  }

  return (room, document, body) => ({
    room,
    seq: document.seq,
    ...(document.n !== undefined && { n: document.n }),
    rev: document.rev,
    key: document.key,
    by: document.by,
    at: document.at,
    text: document.text,
    body: body ?? bodyOf(room, document),
    reactions: {},
    mentions: document.mentions ?? [],
  });
}
