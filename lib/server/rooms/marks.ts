/**
 * Reads and moves people's read marks. A mark is the latest `reads.marked` of its room in the person's stream and is
 * stored nowhere else, so event and state cannot differ. Unread is derived from it (islands/README.md, Read state).
 */
import type { Head, Log, NewEvent } from "../log/log.ts";
import type { AppendSlot } from "../log/types.ts";
import { userStream } from "../../protocol/streams.ts";

export interface Mark {
  seq: number;
  n: number;
}

export const UNREAD: Mark = { seq: 0, n: 0 };
const PREFIX = "reads ";

/** The event that moves a person's mark in a room. */
export function marked(user: string, room: string, { seq, n }: Mark): NewEvent {
  return {
    stream: userStream(user),
    type: "reads.marked",
    by: user,
    data: { room, seq, n },
    compactionKey: name(room),
  };
}

/** A person's marks in these rooms, and for each what a commit that relies on it checks. */
export async function readMarks(
  log: Log,
  user: string,
  rooms: string[],
): Promise<{ mark: Mark; check: Deno.AtomicCheck }[]> {
  const latest = await log.latest(userStream(user), rooms.map(name));
  return latest.map(({ data, check }) => ({ mark: toMark(data) ?? UNREAD, check }));
}

/** All of a person's marks, by room; `head` is that of their stream, read before. */
export async function listMarks(log: Log, user: string, head: Head): Promise<Map<string, Mark>> {
  const latest = await log.latestIn(userStream(user), head, PREFIX);
  return new Map(Array.from(latest, ([name, data]) => [name.slice(PREFIX.length), toMark(data) ?? UNREAD]));
}

/** The mark at the position of an append: `was`, or the newer one that came since it was read. */
export function markAt(slotOf: (stream: string) => AppendSlot, user: string, room: string, was: Mark): Mark {
  return toMark(slotOf(userStream(user)).latest(name(room))) ?? was;
}

function name(room: string): string {
  return PREFIX + room;
}

function toMark(data: unknown): Mark | undefined {
  if (typeof data !== "object" || data === null || !("seq" in data) || !("n" in data)) return undefined;
  const { seq, n } = data;
  return typeof seq === "number" && typeof n === "number" ? { seq, n } : undefined;
}
