/** The one rule by which both sides count what a person has not read in a room (lib/protocol/README.md §3). */

/** Mentions that are counted for a room; the number means "so many or more". */
export const MENTIONS_COUNTED_MAX = 1_000;
/** How many of these are listed by their numbers too. */
export const MENTIONS_NAMED_MAX = 100;

export interface Standing {
  joined: boolean;
  /** The room's count. */
  n: number;
  /** The number of the last message that was read. */
  mark: number;
  /** Numbers of the messages that mention the person now, without deleted ones and mentions that were edited out. */
  mentioned: readonly number[];
}

/** Numbers count, never events: whichever of count, mark and mentions comes late or twice, the figures are right. */
export function countUnread({ joined, n, mark, mentioned }: Standing): { unread: number; mentions: number } {
  if (!joined) return { unread: 0, mentions: 0 };
  const mentions = new Set(mentioned.filter((it) => it > mark && it <= n));
  return { unread: Math.max(0, n - mark), mentions: Math.min(mentions.size, MENTIONS_COUNTED_MAX) };
}

/**
 * The first message past the mark (the number `readUpTo`), whoever wrote it, so that what stands from there on is what
 * `countUnread` counts. Undefined where there is none, or where it may be above what was loaded.
 */
export function firstUnread<M extends { n?: number | undefined }>(
  messages: readonly M[],
  { readUpTo, more }: { readUpTo: number; more: boolean },
): M | undefined {
  if (more && (messages[0]?.n ?? 0) > readUpTo + 1) return undefined;
  return messages.find((it) => (it.n ?? 0) > readUpTo);
}
