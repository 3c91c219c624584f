/** A message document as the wire tells it. Its body is derived: text is stored once, and alone. */
import type { Body } from "../protocol/body.ts";
import type { Message } from "../protocol/messages.ts";
import { parseBody } from "./markdown.ts";
import type { MessageDocument, MessagesStore, Reactions } from "./store.ts";

const BODIES_CACHED_MAX = 2_000;

export interface View {
  /** A message of its parts. */
  show(room: string, document: MessageDocument, reactions: Reactions, body?: Body): Message;
  /** Messages of documents, with their reactions as they are now. */
  showAll(room: string, documents: MessageDocument[]): Promise<Message[]>;
}

/** Makes messages of documents, with a bounded cache of bodies by room, seq and rev. */
export function createView(store: MessagesStore): View {
  const bodies = new Map<string, Body>();

  function bodyOf(room: string, document: MessageDocument): Body {
    const name = `${room} ${document.seq} ${document.rev}`;
    if (document.deletedAt !== undefined) return [];
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

  const show: View["show"] = (room, document, reactions, body) => ({
    room,
    seq: document.seq,
    ...(document.n !== undefined && { n: document.n }),
    rev: document.rev,
    key: document.key,
    by: document.by,
    at: document.at,
    text: document.text,
    body: body ?? bodyOf(room, document),
    ...(document.editedAt !== undefined && { editedAt: document.editedAt }),
    ...(document.deletedAt !== undefined && { deletedAt: document.deletedAt }),
    reactions,
    mentions: document.mentions ?? [],
  });

  return {
    show,
    async showAll(room, documents) {
      const reactions = await store.reactions(room, documents);
      return documents.map((document) => show(room, document, reactions.get(document.seq) ?? {}));
    },
  };
}
