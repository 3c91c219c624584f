/** New entries in catch-up order: mentions, replies, my rooms, most reactions, the rest. Nothing is weighed. */
import type { RoomSummary } from "../../protocol/rooms.ts";
import type { FeedItem } from "./feed_data.ts";
import { type FeedGroup, toSections } from "./feed_groups.ts";
import { isCalling } from "../../model/room_list.ts";

export interface CatchUp {
  /** Mentions and direct messages. */
  mentions: FeedGroup[];
  /** Direct conversations with something unread that no entry is about. */
  direct: RoomSummary[];
  replies: FeedGroup[];
  /** Rooms with something unread: those with mentions first, then those with most unread messages. */
  rooms: RoomSummary[];
  /** Reactions, most first. */
  reacted: FeedGroup[];
  rest: FeedGroup[];
}

const parts = new Map<string, "mentions" | "replies" | "reacted">([
  ["mentioned", "mentions"],
  ["messaged", "mentions"],
  ["replied", "replies"],
  ["reacted", "reacted"],
]);

/** `items` are those that I have not seen, the newest first. */
export function toCatchUp(
  items: readonly FeedItem[],
  summaries: readonly RoomSummary[],
  now: number,
  zone: string,
): CatchUp {
  const all: CatchUp = { mentions: [], direct: [], replies: [], rooms: [], reacted: [], rest: [] };
  for (const { groups } of toSections(items, { isNew: () => true, isMarked: () => false, now, zone })) {
    for (const group of groups) all[parts.get(group.entries[0].kind) ?? "rest"].push(group);
  }
  all.reacted.sort((a, b) => b.entries.length - a.entries.length);
  const covered = new Set(items.filter((it) => it.kind === "messaged").map((it) => it.room));
  const calling = summaries.filter(isCalling).sort((a, b) => b.mentions - a.mentions || b.unread - a.unread);
  all.direct = calling.filter(({ room }) => room.visibility === "direct" && !covered.has(room.id));
  all.rooms = calling.filter(({ room }) => room.visibility !== "direct");
  return all;
}

/** "3 h 12 min", "12 min", "2 days" */
export function spanWords(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
