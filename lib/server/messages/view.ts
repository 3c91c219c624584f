/** Makes messages for the wire from documents. The body is derived: only the text is stored. */
import type { Body } from "../../protocol/body.ts";
import type { Message } from "../../protocol/messages.ts";
import { createBodies } from "./bodies.ts";
import type { Parser } from "./parser.ts";
import type { MessageDocument, MessagesStore, Reactions } from "./store.ts";

const PARSES_MAX = 3; // texts that a piece of work may turn out to need, before it parses the next one itself

/** The body of a document. */
export type BodyOf = (document: MessageDocument) => Body;

export interface View {
  /** Makes a message of its parts. A body that was not just parsed comes from the cache, or is parsed. */
  render(room: string, document: MessageDocument, reactions: Reactions, body?: Body): Message;
  /** Makes messages of documents, with their reactions as they are now, for a reader. */
  renderAll(reader: string, room: string, documents: MessageDocument[]): Promise<Message[]>;
  /** Parses the bodies of documents. A page of long texts holds up nobody else. */
  bodies(reader: string, documents: MessageDocument[]): Promise<Body[]>;
  /**
   * Runs work that finds out on its way which body it needs, and must not wait for it, because others wait for the
   * work. If a body is slow to parse, `work` ends and runs again once the body is there; so it must have done nothing
   * by then.
   */
  withBodies<T>(reader: string, work: (bodyOf: BodyOf) => Promise<T>): Promise<T>;
}

/** The work needs the body of this document, which is slow to parse. */
class NotParsed extends Error {
  constructor(readonly document: MessageDocument) {
    super(`Message ${document.seq} is not parsed yet`);
  }
}

/** Makes messages of documents. A document may be only planned: the cache keeps bodies by text. */
export function createView(store: MessagesStore, parser: Pick<Parser, "parseOnce" | "inSlices">): View {
  const kept = createBodies(parser);
  const peopleOf = (document: MessageDocument) => document.people ?? {};
  const isGone = (document: MessageDocument) => document.deletedAt !== undefined;

  const bodyOf: BodyOf = (document) => isGone(document) ? [] : kept.of(document.text, peopleOf(document));

  async function soon(reader: string, document: MessageDocument): Promise<Body> {
    return isGone(document) ? [] : await kept.soon(reader, document.text, peopleOf(document));
  }

  /** Parses one text after the other, so that a reader of a page waits in one queue of their lane at a time. */
  async function bodies(reader: string, documents: MessageDocument[]): Promise<Body[]> {
    const made = [];
    for (const document of documents) made.push(await soon(reader, document));
    return made;
  }

  const messageOf = (room: string, document: MessageDocument, reactions: Reactions, body: Body): Message => ({
    room,
    seq: document.seq,
    ...(document.n !== undefined && { n: document.n }),
    rev: document.rev,
    key: document.key,
    by: document.by,
    at: document.at,
    text: document.text,
    body,
    ...(document.editedAt !== undefined && { editedAt: document.editedAt }),
    ...(document.deletedAt !== undefined && { deletedAt: document.deletedAt }),
    reactions,
    mentions: document.mentions ?? [],
  });

  return {
    bodies,

    render(room, document, reactions, body) {
      if (body) kept.keep(document.text, peopleOf(document), body); // for whoever lists it, or reacts
      return messageOf(room, document, reactions, body ?? bodyOf(document));
    },

    async renderAll(reader, room, documents) {
      const reactions = await store.reactions(room, documents);
      const made = await bodies(reader, documents);
      return documents.map((document, at) =>
        messageOf(room, document, reactions.get(document.seq) ?? {}, made[at] ?? [])
      );
    },

    async withBodies(reader, work) {
      for (let parses = 0;; parses++) {
        const isLast = parses === PARSES_MAX; // the cache is too full for the body that was just parsed
        try {
          return await work((document) => {
            const isSlow = !isGone(document) && kept.isSlow(document.text, peopleOf(document));
            if (isSlow && !isLast) throw new NotParsed(document);
            return bodyOf(document);
          });
        } catch (error) {
          if (!(error instanceof NotParsed)) throw error;
          await soon(reader, error.document);
        }
      }
    },
  };
}
