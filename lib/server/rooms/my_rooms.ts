/**
 * Caches what a person's own stream tells of their rooms: which they are in, with their level and read mark. Whatever
 * changes these is an event on that stream, so its head proves them current; without news, nothing else is read.
 */
import { LRUCache } from "lru-cache";
import type { Membership } from "../kv/documents.ts";
import { type Head, isWire, type Log, type WireEvent } from "../log/log.ts";
import { parseStream, userStream } from "../../protocol/streams.ts";
import { listMarks, type Mark, UNREAD } from "./marks.ts";
import type { Joined, RoomsStore } from "./store.ts";

export const MY_ROOMS_KEPT_BYTES = 32 * 1024 * 1024;
const PERSON_BYTES = 500; // and what the cache itself takes
const ROOM_BYTES = 400; // with its ids
const PAGE = 500; // rooms that are listed at once

export interface MyRoom {
  id: string;
  membership: Membership;
  mark: Mark;
}

/** A person's rooms in id order, and the marks that they have in others, by room. */
interface Mine {
  rooms: readonly MyRoom[];
  left: ReadonlyMap<string, Mark>;
}

/** What is a person's, as the head of their stream says or newer: a strong read. */
export type MyRooms = (user: string) => Promise<Mine>;

/** The same as of an event of the person's stream. */
interface Kept extends Mine {
  seq: number;
  tag: string;
}

/** The rooms of the people of one process, at most `MY_ROOMS_KEPT_BYTES`; those who came longest ago go first. */
export function createMyRooms({ log, store }: { log: Log; store: Pick<RoomsStore, "joinedIds"> }): MyRooms {
  const kept = new LRUCache<string, Kept>({
    maxSize: MY_ROOMS_KEPT_BYTES,
    sizeCalculation: ({ rooms, left }) => PERSON_BYTES + (rooms.length + left.size) * ROOM_BYTES,
  });
  const reading = new Map<string, Promise<Mine>>(); // one of each person and head, however many ask

  log.onAppended(({ stream, head, events }) => {
    const kind = parseStream(stream);
    const known = kind?.kind === "user" ? kept.peek(kind.id) : undefined;
    if (!kind || kind.kind !== "user" || !known) return;
    const isNext = known.seq + events.length === head.seq;
    if (isNext && events.every((event) => apply(known.rooms, event))) {
      Object.assign(known, { seq: head.seq, tag: head.tag });
    } else kept.delete(kind.id);
  });

  async function read(user: string, head: Head): Promise<Mine> {
    const [listed, left] = await Promise.all([listJoined(user), listMarks(log, user, head)]);
    const rooms = listed.map(({ id, membership }) => ({ id, membership, mark: left.get(id) ?? UNREAD }));
    for (const { id } of rooms) left.delete(id);
    if ((kept.peek(user)?.seq ?? 0) <= head.seq) kept.set(user, { seq: head.seq, tag: head.tag, rooms, left });
    return { rooms, left };
  }

  async function listJoined(user: string): Promise<Joined[]> {
    const all: Joined[] = [];
    for (;;) {
      const some = await store.joinedIds(user, all.at(-1)?.id ?? "", PAGE);
      all.push(...some);
      if (some.length < PAGE) return all;
    }
  }

  return async (user) => {
    const head = await log.head(userStream(user));
    const known = kept.get(user);
    if (known?.seq === head.seq && known.tag === head.tag) return known;
    const name = `${user} ${head.seq} ${head.tag}`;
    const mine = reading.get(name) ?? read(user, head).finally(() => reading.delete(name));
    reading.set(name, mine);
    return await mine;
  };
}

/** Whether the rooms are known after the event without another read. */
function apply(rooms: readonly MyRoom[], event: WireEvent): boolean {
  if (isWire(event, "rooms.added", "rooms.removed")) return false;
  if (!isWire(event, "reads.marked", "rooms.levelSet")) return true;
  const room = rooms.find(({ id }) => id === event.data.room);
  if (!room) return false;
  if (isWire(event, "reads.marked")) room.mark = { seq: event.data.seq, n: event.data.n };
  else if (isWire(event, "rooms.levelSet")) room.membership = { ...room.membership, level: event.data.level };
  return true;
}
