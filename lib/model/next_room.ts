import type { RoomSummary } from "../protocol/rooms.ts";

/** The room before or after `current` in the list, round its ends; with `unreadOnly` the next one with something new. */
export function nextRoom(
  lines: readonly RoomSummary[],
  current: string | undefined,
  step: 1 | -1,
  unreadOnly: boolean,
): string | undefined {
  const mine = lines.filter((it) => it.joined && it.level !== "hidden");
  const here = mine.findIndex((it) => it.room.id === current);
  for (let i = 1; i <= mine.length; i++) {
    const one = mine.at((here + step * i) % mine.length);
    if (one && one.room.id !== current && (!unreadOnly || (one.unread > 0 && one.level !== "nothing"))) {
      return one.room.id;
    }
  }
  return undefined;
}
