/** How many messages one page holds: as many as were asked for, and no more text than can be answered at once. */
import type { MessageDocument } from "./store.ts";

/** Characters of text on one page; with bodies and JSON around it that is an answer of about 1 MiB. */
export const PAGE_TEXT_MAX = 131_072;
const REACTIONS = 1_000; // characters that the reactions of one message count as

/** The first of `documents`, up to `limit` and as far as their texts fit; one at least, where there is one. */
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
