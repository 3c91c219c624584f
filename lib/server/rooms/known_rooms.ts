/** Caches room documents for the room list. Each change moves the stream's `authority`, which proves them current. */
import { LRUCache } from "lru-cache";
import type { Head } from "../log/log.ts";
import type { Room } from "../../protocol/rooms.ts";

export const ROOMS_KEPT_BYTES = 8 * 1024 * 1024;
const ROOM_BYTES = 600; // of a document with its ids, and of the cache itself
const CHAR_BYTES = 2;

interface Kept {
  room: Room;
  authority: number;
}

/** The rooms of these ids, whose heads must have been read before; undefined for one that does not exist. */
export type KnownRooms = (ids: string[], heads: Head[]) => Promise<(Room | undefined)[]>;

/** The rooms of one process, at most `ROOMS_KEPT_BYTES`; those listed longest ago go first. `read` reads strongly. */
export function createKnownRooms(read: (ids: string[]) => Promise<(Room | undefined)[]>): KnownRooms {
  const kept = new LRUCache<string, Kept>({ maxSize: ROOMS_KEPT_BYTES, sizeCalculation: bytesOf });

  return async (ids, heads) => {
    const found = ids.map((id, at) => {
      const known = kept.get(id);
      return known && known.authority === heads[at]?.authority ? known.room : undefined;
    });
    const missing = ids.filter((_, at) => !found[at]);
    const rest = new Map((await read(missing)).map((room, at) => [missing[at], room]));
    return ids.map((id, at) => {
      const room = found[at] ?? rest.get(id);
      const head = heads[at];
      if (room && head && !found[at]) kept.set(id, { room, authority: head.authority });
      return room;
    });
  };
}

/** About how much memory a room takes. */
function bytesOf({ room }: Kept): number {
  return ROOM_BYTES + CHAR_BYTES * (room.name.length + room.topic.length);
}
