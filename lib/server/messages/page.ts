/** Cuts pages of messages: as many as were asked for, and no more text than one answer may hold. */
import type { MessageDocument } from "./store.ts";

/** Characters of text on one page; with bodies and JSON around it that is an answer of about 1 MiB. */
export const PAGE_TEXT_MAX = 131_072;
const FIRST_READ = 20; // messages at first, then twice as many, and so on: of long ones few fit, and reading costs
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

/** Reads up to `limit` messages from `from` on, as many as fit, and whether there are more. */
export async function readFitting(
  read: ReadMessages,
  from: number,
  limit: number,
  textMax = PAGE_TEXT_MAX,
): Promise<{ shown: MessageDocument[]; more: boolean }> {
  const found: MessageDocument[] = [];
  for (let count = FIRST_READ;; count *= 2) {
    const wanted = Math.min(count, limit + 1 - found.length);
    const some = await read(found.at(-1)?.seq ?? from, wanted);
    found.push(...some);
    const shown = fitting(found, limit, textMax);
    const isEnd = some.length < wanted;
    if (isEnd || shown.length < found.length) return { shown, more: shown.length < found.length };
  }
}
