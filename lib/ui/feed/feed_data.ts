/** The data that the feed's page carries for its island, and how both sides derive the shown entries from it. */
import * as z from "zod/mini";
import * as field from "../../protocol/fields.ts";
import { type Entry, feedPage, type FeedView, feedView, isReadInRoom } from "../../protocol/feed.ts";
import { roomLine, type RoomSummary } from "../../protocol/rooms.ts";
import { user } from "../../protocol/users.ts";

const WATCHED_MAX = 40;

/** A page of one of the two lists that a feed is made of. */
export const feedPart = z.extend(feedPage, {
  view: feedView,
  /** The part begins with entries older than this. */
  before: z.optional(z.string()),
});
export type FeedPart = z.infer<typeof feedPart>;

/** The tabs of the feed; each has an address. */
export const feedTab = z.enum(["you", "everything", "room", "catch-up"]);
export type FeedTab = z.infer<typeof feedTab>;

export const feedData = z.object({
  me: user,
  workspace: z.object({ name: z.string() }),
  /** Mine, as `rooms.list` gives them, and others that the page names. */
  rooms: z.array(roomLine),
  /** How many of mine, direct conversations left out, the page doesn't have: it loads them once it is live. */
  moreRooms: field.count,
  /** Members of direct conversations, by room. */
  members: z.record(z.string(), z.array(z.string())),
  /** All people named on the page. */
  users: z.array(user),
  /** The time zone that times are rendered in; the reader's may be another. */
  zone: z.string(),
  /** When the page was made. */
  now: field.time,
  tab: feedTab,
  /** The room of the tab "room". */
  room: z.optional(z.string()),
  parts: z.array(feedPart),
  /** How many entries of `you` are new, up to 100. */
  unseen: field.count,
});
export type FeedData = z.infer<typeof feedData>;

/** An entry and the list that it stands in. */
export interface FeedItem extends Entry {
  view: FeedView;
}

/** Unique on the page, because offsets are unique only within a stream. */
export function itemId({ view, offset }: Pick<FeedItem, "view" | "offset">): string {
  return `${view}-${offset}`;
}

/** Newest first. Nothing older than the end of a list that goes on is shown: its next entries may come before it. */
export function shownItems(parts: readonly FeedPart[]): FeedItem[] {
  const ends = parts.filter((part) => part.more).map((part) => part.entries.at(-1)?.at ?? 0);
  const floor = Math.max(0, ...ends);
  return parts
    .flatMap(({ view, entries }) => entries.map((entry) => ({ ...entry, view })))
    .filter((item) => item.at >= floor)
    .sort((a, b) => b.at - a.at || (a.view === b.view && b.offset > a.offset ? 1 : 0));
}

/** Whether I have seen it, here or where it was written. */
export function isSeen(
  item: FeedItem,
  parts: readonly FeedPart[],
  summaries: ReadonlyMap<string, RoomSummary>,
): boolean {
  const summary = summaries.get(item.room ?? "");
  const mark = summary?.joined ? summary.n - summary.unread : 0;
  return isMarked(item, parts) || (item.view === "you" && isReadInRoom(item, mark));
}

/** Whether it stands before my marker. */
export function isMarked(item: FeedItem, parts: readonly FeedPart[]): boolean {
  const seen = parts.find((part) => part.view === item.view)?.seen;
  return seen !== undefined && item.offset <= seen; // Offsets of a stream sort as text.
}

/** The fewest entries of a span that are worth a way to replay it. */
export const SCRUB_MIN = 5;

/** Whether enough happened since `from` for a replay. */
export function hasScrub(parts: readonly FeedPart[], from: number): boolean {
  return parts.reduce((sum, { entries }) => sum + entries.filter((it) => it.at >= from).length, 0) >= SCRUB_MIN;
}

/** When the first entry since `from` happened; `from` itself if there is none. */
export function firstSince(parts: readonly FeedPart[], from: number): number {
  const first = Math.min(...parts.map(({ entries }) => entries.findLast(({ at }) => at >= from)?.at ?? Infinity));
  return Number.isFinite(first) ? first : from;
}

/** The people whose presence the page shows: those I talk with directly, then those who acted, the latest first. */
export function watchedOf({ me, members, parts }: FeedData): string[] {
  const direct = Object.values(members).flat();
  const active = shownItems(parts).map((item) => item.by);
  return [...new Set([...direct, ...active])].filter((id) => id !== me.id).slice(0, WATCHED_MAX);
}

const titles = { you: "Feed", everything: "Everything · Feed", "catch-up": "Catch up · Feed" } as const;

/** The title of a tab's page: "Feed", "Everything · Feed", "#gauges · Feed". */
export function feedTitle(tab: FeedTab, room: RoomSummary | undefined): string {
  return tab === "room" ? `#${room?.room.name ?? ""} · Feed` : titles[tab];
}

/** The address of a tab's page. */
export function feedPath(tab: FeedTab, room?: string): string {
  if (tab === "room") return `/feed?room=${encodeURIComponent(room ?? "")}`;
  return tab === "you" ? "/feed" : `/feed?view=${tab}`;
}

/** The address of the entries before `items`, the shown ones; undefined if there are none. */
export function olderPath(
  { tab, room, parts }: Pick<FeedData, "tab" | "room"> & { parts: readonly FeedPart[] },
  items: readonly FeedItem[],
): string | undefined {
  const [end, last] = [shownItems(parts).at(-1), items.at(-1)]; // Newer ones may be held back.
  if (!parts.some((part) => part.more) && (!end || (last && itemId(last) === itemId(end)))) return undefined;
  const query = new URLSearchParams();
  for (const part of parts) {
    const before = items.findLast((item) => item.view === part.view)?.offset ?? part.before;
    if (before !== undefined) query.set(part.view, before);
  }
  const path = feedPath(tab, room);
  return `${path}${path.includes("?") ? "&" : "?"}${query}`;
}
