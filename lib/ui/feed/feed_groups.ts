/** Groups entries that say the same of several people or messages, under headings of when they were. */
import type { RoomSummary } from "../../protocol/rooms.ts";
import { dayLabel, dayOf } from "../shell/format.ts";
import { type FeedItem, itemId } from "./feed_data.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Entries further apart than this are two things that happened. */
const TOGETHER_MS = 2 * HOUR_MS;

/** Kinds of which several become one: "Aoife and 5 others reacted to your message". */
const groupable = new Set(["joined", "replied", "reacted", "messaged", "created"]);

export interface FeedGroup {
  id: string;
  /** At least one, the newest first. */
  entries: [FeedItem, ...FeedItem[]];
  isNew: boolean;
  /** The first group before my marker, below the new ones. */
  isSeenFrom: boolean;
}

export interface FeedSection {
  title: string;
  /** Whether the title names the day, so that its entries need only the time of day. */
  isOfDay?: boolean;
  groups: FeedGroup[];
  /** Rooms with something unread; only where one catches up. */
  rooms?: RoomSummary[];
}

export interface Sectioned {
  isNew(item: FeedItem): boolean;
  /** Whether the entry stands before my marker. */
  isMarked(item: FeedItem): boolean;
  now: number;
  zone: string;
}

/** `items`, sections and their groups are all the newest first; a group stands at the place of its newest entry. */
export function toSections(items: readonly FeedItem[], { isNew, isMarked, now, zone }: Sectioned): FeedSection[] {
  const sections: FeedSection[] = [];
  let wasNew = false;
  let isDrawn = false;
  for (const item of items) {
    const title = sectionOf(item.at, now, zone);
    let section = sections.at(-1);
    if (section?.title !== title) sections.push(section = { title, isOfDay: true, groups: [] });
    const fresh = isNew(item);
    const group = section.groups.find((it) => it.isNew === fresh && fits(it.entries, item));
    if (group) {
      group.entries.push(item);
      continue;
    }
    const isSeenFrom = wasNew && !isDrawn && isMarked(item);
    if (isSeenFrom) isDrawn = true;
    if (fresh) wasNew = true;
    section.groups.push({ id: itemId(item), entries: [item], isNew: fresh, isSeenFrom });
  }
  return sections;
}

function fits(entries: FeedGroup["entries"], item: FeedItem): boolean {
  const [first] = entries;
  const last = entries.at(-1) ?? first;
  // New rooms are told by who made them, everything else by where it was.
  const isSame = item.kind === "created" ? first.by === item.by : first.room === item.room;
  return groupable.has(item.kind) && first.kind === item.kind && first.view === item.view && isSame &&
    (item.kind !== "reacted" || first.seq === item.seq) && last.at - item.at <= TOGETHER_MS;
}

function sectionOf(at: number, now: number, zone: string): string {
  if (now - at < HOUR_MS) return "Now";
  const day = dayOf(at, zone);
  if (day === dayOf(now, zone)) return "Earlier today";
  return day === dayOf(now - DAY_MS, zone) ? "Yesterday" : dayLabel(at, zone, now);
}
