/** Cuts pages of messages: as many as were asked for, and no more text than one answer may hold. */
import { LRUCache } from "lru-cache";
import type { Head } from "../log/log.ts";
import type { Output, Parsed } from "../../protocol/commands.ts";
import type { MessageDocument, MessagesStore } from "./store.ts";
import type { View } from "./view.ts";

/** Characters of text on one page; with bodies and JSON around it that is an answer of about 1 MiB. */
export const PAGE_TEXT_MAX = 131_072;
const FIRST_READ = 20; // long messages at first, then twice as many, and so on: few fit, and reading costs
const LONG_MAX = 1_000; // rooms
const REACTIONS = 1_000; // characters for which the reactions of one message count

/** The first of `documents`, up to `limit` and as far as their texts fit, but at least one. */
export function fitting(documents: MessageDocument[], limit: number, textMax = PAGE_TEXT_MAX): MessageDocument[] {
  let left = textMax;
  let count = 0;
  for (const { text, reacted } of documents.slice(0, limit)) {
    left -= text.length + (reacted ? REACTIONS : 0);
    if (left < 0 && count > 0) break;
    count++;
  }
  return documents.slice(0, count);
}

/** Messages from somewhere on, up to a limit, in the order of the page. */
export type ReadMessages = (from: number, limit: number) => Promise<MessageDocument[]>;

/** Reads up to `limit` messages from `from` on, as many as fit, and whether there are more; at first `count` of them. */
export async function readFitting(
  read: ReadMessages,
  from: number,
  limit: number,
  { textMax = PAGE_TEXT_MAX, count = FIRST_READ } = {},
): Promise<{ shown: MessageDocument[]; more: boolean }> {
  const found: MessageDocument[] = [];
  for (;; count *= 2) {
    const wanted = Math.min(count, limit + 1 - found.length);
    const some = await read(found.at(-1)?.seq ?? from, wanted);
    found.push(...some);
    const shown = fitting(found, limit, textMax);
    const isEnd = some.length < wanted;
    if (isEnd || shown.length < found.length) return { shown, more: shown.length < found.length };
  }
}

/** Makes the page of a room that a reader asks for, as of its head, which was read before. */
export type PageOf = (
  reader: string,
  room: string,
  head: Head,
  wanted: Omit<Parsed<"messages.list">, "room">,
) => Promise<Omit<Output<"messages.list">, "offset">>;

export function createPages({ store, view }: { store: MessagesStore; view: View }): PageOf {
  /** Rooms of which a page was cut because its texts are long. */
  const long = new LRUCache<string, true>({ max: LONG_MAX });

  return async (reader, room, head, { before, after, around, limit }) => {
    const newest = store.newest(head);
    const older: ReadMessages = (from, count) => store.before(room, from, count, newest);
    const newer: ReadMessages = (from, count) => store.after(room, from, count, newest);
    async function read(messages: ReadMessages, from: number, limit: number, textMax = PAGE_TEXT_MAX) {
      const page = await readFitting(messages, from, limit, {
        textMax,
        count: long.has(room) ? FIRST_READ : limit + 1,
      });
      if (page.more && page.shown.length < limit) long.set(room, true);
      return page;
    }
    if (after !== undefined) {
      const { shown, more } = await read(newer, after, limit);
      return { messages: await view.renderAll(reader, room, shown), more };
    }
    if (around === undefined) {
      const { shown, more } = await read(older, before ?? Number.MAX_SAFE_INTEGER, limit);
      return { messages: await view.renderAll(reader, room, shown.toReversed()), more };
    }
    const [first, second] = await Promise.all([
      read(older, around, Math.floor(limit / 2), PAGE_TEXT_MAX / 2),
      read(newer, around - 1, limit, PAGE_TEXT_MAX / 2), // as many as that if there are none before
    ]);
    const left = limit - first.shown.length;
    return {
      messages: await view.renderAll(reader, room, [...first.shown.toReversed(), ...second.shown.slice(0, left)]),
      more: first.more,
      moreAfter: second.more || second.shown.length > left,
    };
  };
}
