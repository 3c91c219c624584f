/** The room list: its order, which of its rooms call for me, and the ways between them. */
import type { RoomSummary } from "../protocol/rooms.ts";

/** Sorts rooms by name, and behind them direct conversations, the last used first. */
export function inOrder(a: RoomSummary, b: RoomSummary): number {
  const direct = (it: RoomSummary) => it.room.visibility === "direct" ? 1 : 0;
  if (direct(a) !== direct(b)) return direct(a) - direct(b);
  return direct(a) ? b.lastAt - a.lastAt : a.room.name.localeCompare(b.room.name, "en");
}

/** Whether a room has something unread that I want to hear of. */
export function isCalling({ joined, unread, level }: RoomSummary): boolean {
  return joined && unread > 0 && level !== "nothing" && level !== "hidden";
}

/** The room before or after `current` in the list, round its ends; with `unreadOnly` the next one with something new. */
export function nextRoom(
  summaries: readonly RoomSummary[],
  current: string | undefined,
  step: 1 | -1,
  unreadOnly: boolean,
): string | undefined {
  const mine = summaries.filter((it) => it.joined && it.level !== "hidden");
  const here = mine.findIndex((it) => it.room.id === current);
  for (let i = 1; i <= mine.length; i++) {
    const one = mine.at((here + step * i) % mine.length);
    if (one && one.room.id !== current && (!unreadOnly || (one.unread > 0 && one.level !== "nothing"))) {
      return one.room.id;
    }
  }
  return undefined;
}
