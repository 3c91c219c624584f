/** The room list: its order, which of its rooms call for me, and the ways between them. */
import type { Room, RoomSummary } from "../protocol/rooms.ts";

/** Sorts rooms by name, and behind them direct conversations, the last used first. */
export function inOrder(a: RoomSummary, b: RoomSummary): number {
  const direct = (it: RoomSummary) => it.room.visibility === "direct" ? 1 : 0;
  if (direct(a) !== direct(b)) return direct(a) - direct(b);
  return direct(a) ? b.lastAt - a.lastAt : a.room.name.localeCompare(b.room.name, "en");
}

/** Sorts archived rooms behind the others. */
export function archivedLast(a: RoomSummary, b: RoomSummary): number {
  const archived = ({ room }: RoomSummary) => room.archivedAt === undefined ? 0 : 1;
  return archived(a) - archived(b);
}

/** Whether the list only shows a room, without its count: it is muted, hidden or archived. */
export function isQuiet({ room, level }: RoomSummary): boolean {
  return level === "nothing" || level === "hidden" || room.archivedAt !== undefined;
}

/** Whether a room has something unread that I want to hear of: the list shows its count. */
export function isCalling(summary: RoomSummary): boolean {
  return summary.joined && summary.unread > 0 && !isQuiet(summary);
}

/** How many unread messages are for me alone: what the list's badges say in all. */
export function countForMe(summaries: readonly RoomSummary[]): number {
  return summaries.filter(isCalling).reduce(
    (sum, { room, unread, mentions }) => sum + (room.visibility === "direct" ? unread : mentions),
    0,
  );
}

/** A room's title with what the list says: "(@3) …" for me alone, else "(2) …" rooms. */
export function titled(title: string, summaries: readonly RoomSummary[]): string {
  const forMe = countForMe(summaries);
  const count = forMe > 0 ? `@${forMe}` : summaries.filter(isCalling).length;
  return count ? `(${count}) ${title}` : title;
}

/** The room before or after `current` in the list, round its ends; with `unreadOnly` the next that has news. */
export function nextRoom(
  summaries: readonly RoomSummary[],
  current: string | undefined,
  step: 1 | -1,
  unreadOnly: boolean,
): string | undefined {
  const mine = summaries.filter((it) => it.joined && it.level !== "hidden" && it.room.archivedAt === undefined);
  const here = mine.findIndex((it) => it.room.id === current);
  for (let i = 1; i <= mine.length; i++) {
    const one = mine.at((here + step * i) % mine.length);
    if (one && one.room.id !== current && (!unreadOnly || isCalling(one))) {
      return one.room.id;
    }
  }
  return undefined;
}

/** The summary of a public room that I am not in and that a page only names. */
export function toVisited(room: Room): RoomSummary {
  return { room, joined: false, n: 0, unread: 0, mentions: 0, lastAt: room.createdAt, level: "nothing" };
}
