/** A message document as the wire tells it. Its body is derived: text is stored once, and alone. */
import type { Body } from "../protocol/body.ts";
import { type InSlices, slices } from "../limits/slices.ts";
import type { Message } from "../protocol/messages.ts";
import { createBodies } from "./bodies.ts";
import type { MessageDocument, MessagesStore, Reactions } from "./store.ts";

export interface View {
  /** A message of its parts. */
  show(room: string, document: MessageDocument, reactions: Reactions, body?: Body): Message;
  /** Messages of documents, with their reactions as they are now. */
  showAll(room: string, documents: MessageDocument[]): Promise<Message[]>;
  /** For work on many messages: parsing a page of long texts would hold up everybody else. */
  inSlices: InSlices;
}

/** Makes messages of documents. A document may be one that is only planned: nothing is kept of it but by its text. */
export function createView(store: MessagesStore): View {
  const bodyOf = createBodies();
  const { inSlices } = slices;

  const show: View["show"] = (room, document, reactions, body) => ({
    room,
    seq: document.seq,
    ...(document.n !== undefined && { n: document.n }),
    rev: document.rev,
    key: document.key,
    by: document.by,
    at: document.at,
    text: document.text,
    body: body ?? (document.deletedAt === undefined ? bodyOf(document.text, document.people ?? {}) : []),
    ...(document.editedAt !== undefined && { editedAt: document.editedAt }),
    ...(document.deletedAt !== undefined && { deletedAt: document.deletedAt }),
    reactions,
    mentions: document.mentions ?? [],
  });

  return {
    show,
    inSlices,
    async showAll(room, documents) {
      const reactions = await store.reactions(room, documents);
      return await inSlices(documents, (document) => show(room, document, reactions.get(document.seq) ?? {}));
    },
  };
}
