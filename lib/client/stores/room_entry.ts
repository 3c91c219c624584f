/**
 * What is known of a room, and the summary that is made of it. Mentions are kept by the numbers of their messages, as
 * the list and the events of my own stream name them; the rule that counts them is the server's too (unread.ts).
 */
import type { Room, RoomSummary } from "../../protocol/rooms.ts";
import { countUnread, MENTIONS_COUNTED_MAX } from "../../model/unread.ts";

export interface RoomEntry extends Omit<RoomSummary, "unread" | "mentions" | "mentioned"> {
  mark: number;
  /** Messages that mention me: all past `known`, and perhaps others. */
  mentioned: readonly number[];
  known: number;
  /** Up to `known`, how many the server counted past the mark. */
  below: number;
  /** The room's last change that a digest named; `room` may be as it was before. */
  digestRev?: number | undefined;
}

/** A list names the mentions past the mark where they are few, else it only counts them. */
export function toRoomEntry({ unread, mentions, mentioned = [], ...it }: RoomSummary): RoomEntry {
  const mark = it.n - unread;
  if (!it.joined) return { ...it, mark, mentioned: [], known: Infinity, below: 0 };
  const isWhole = mentioned.length === mentions;
  return {
    ...it,
    mark,
    ...(isWhole ? { mentioned, known: mark, below: 0 } : { mentioned: [], known: it.n, below: mentions }),
  };
}

export function toSummary({ mentioned, known, below, digestRev: _, mark, ...it }: RoomEntry): RoomSummary {
  const isKnown = mark >= known || below === 0;
  const { unread, mentions } = countUnread({ joined: it.joined, n: it.n, mark, mentioned });
  if (isKnown) return { ...it, unread, mentions };
  const later = countUnread({ joined: it.joined, n: it.n, mark: known, mentioned }).mentions;
  return { ...it, unread, mentions: it.joined ? below + later : 0 };
}

/** Only the server can tell how many mentions are past the mark, or what the room is called now. */
export function isUncertain(it: RoomEntry | undefined): boolean {
  return it !== undefined && ((it.joined && it.mark < it.known) || isOutdated(it));
}

/** The room was changed since it was read. */
export function isOutdated({ room, digestRev = 0 }: RoomEntry): boolean {
  return revOf(room) < digestRev;
}

/** The room as it is now; whichever of two tells of it comes last. */
export function withRoom(it: RoomEntry, room: Room): RoomEntry {
  return revOf(room) < revOf(it.room) ? it : { ...it, room };
}

const revOf = ({ rev = 0 }: Room) => rev;

/** The message of number `n` mentions me, or no longer does. A mention that is reported twice counts once. */
export function withMention(it: RoomEntry, n: number, stands: boolean): RoomEntry {
  const others = it.mentioned.filter((one) => one !== n);
  if (!stands) return { ...it, mentioned: others };
  const [first = 0, ...rest] = [...others, n].sort((a, b) => a - b);
  if (rest.length < MENTIONS_COUNTED_MAX) return { ...it, mentioned: [first, ...rest] };
  return { ...it, mentioned: rest, known: Math.max(it.known, first) };
}

/** I am a member now. Its count comes by digest, its mark by `reads.marked`, the rest is asked for. */
export function added(room: Room, old: RoomEntry | undefined): RoomEntry {
  if (old) return { ...withRoom(old, room), joined: true };
  const empty = { n: 0, mark: 0, mentioned: [], known: Infinity, below: 0 };
  return { ...empty, room, joined: true, lastAt: room.createdAt, level: "everything" };
}

export function toEntries(summaries: readonly RoomSummary[]): Map<string, RoomEntry> {
  return new Map(summaries.map((it) => [it.room.id, toRoomEntry(it)]));
}
