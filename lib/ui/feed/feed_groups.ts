/** Groups entries that say the same of several people or messages, under headings of when they were. */
import type { RoomSummary } from "../../protocol/rooms.ts";
import { isSameItem } from "../../model/feed_items.ts";
import { dayLabel, dayOf } from "../shell/format.ts";
import { type FeedItem, itemId } from "./feed_data.ts";

const HOUR_MS = 3_600_000;

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
  const all: FeedGroup[] = [];
  let wasNew = false;
  let isDrawn = false;
  for (const item of items) {
    const fresh = isNew(item);
    const group = all.find(({ isNew: is, entries }) =>
      is === fresh && entries[0].view === item.view && isSameItem(entries, item)
    );
    if (group) {
      group.entries.push(item);
      continue;
    }
    const isSeenFrom = wasNew && !isDrawn && isMarked(item);
    if (isSeenFrom) isDrawn = true;
    if (fresh) wasNew = true;
    const title = sectionOf(item.at, now, zone);
    let section = sections.at(-1);
    if (section?.title !== title) sections.push(section = { title, isOfDay: true, groups: [] });
    const made: FeedGroup = { id: itemId(item), entries: [item], isNew: fresh, isSeenFrom };
    section.groups.push(made);
    all.push(made);
  }
  return sections;
}

function sectionOf(at: number, now: number, zone: string): string {
  if (now - at < HOUR_MS) return "Now";
  return dayOf(at, zone) === dayOf(now, zone) ? "Earlier today" : dayLabel(at, zone, now);
}
