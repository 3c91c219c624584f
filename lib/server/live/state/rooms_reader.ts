/**
 * Reads a person's rooms and heads, for the digest. It keeps and applies changes that come meanwhile. Connections of a
 * person that come at once share a read: there may be hundreds, and hundreds of rooms.
 */
import { createJoined } from "../../limits/joined.ts";
import type { Head, Log } from "../../log/log.ts";
import { roomStream } from "../../../protocol/streams.ts";

export interface RoomsReader {
  /** Reads, and calls `deliver` in the same turn with the state of that moment. */
  read(user: string, deliver: (rooms: string[], heads: Head[]) => void): Promise<void>;
  /** A room may have grown. */
  grown(room: string, head: Head): void;
  /** A person has come into a room, or has gone. */
  moved(user: string): void;
}

export interface RoomsReaderOptions {
  log: Pick<Log, "heads">;
  /** The rooms that a person is a member of, by a strong read. */
  roomsOf(user: string): Promise<string[]>;
}

export function createRoomsReader({ log, roomsOf }: RoomsReaderOptions): RoomsReader {
  // Both are kept only while somebody reads.
  const heads = new Map<string, Head>();
  const moves = new Map<string, number>();
  let reading = 0;
  const joined = createJoined<{ rooms: string[]; read: Head[] }>();

  async function readAll(user: string) {
    const rooms = await roomsOf(user);
    return { rooms, read: await log.heads(rooms.map(roomStream)) };
  }

  const newer = (room: string, head: Head) => {
    const latest = heads.get(room);
    return latest && latest.seq > head.seq ? latest : head;
  };

  return {
    async read(user, deliver) {
      reading++;
      try {
        for (;;) {
          const before = moves.get(user);
          const { rooms, read } = await joined(user, () => readAll(user));
          if (moves.get(user) !== before) continue;
          return deliver(rooms, read.map((head, at) => newer(rooms[at] ?? "", head)));
        }
      } finally {
        reading--;
        if (reading === 0) {
          heads.clear();
          moves.clear();
        }
      }
    },
    grown(room, head) {
      if (reading > 0) heads.set(room, newer(room, head));
    },
    moved(user) {
      if (reading > 0) moves.set(user, (moves.get(user) ?? 0) + 1);
    },
  };
}
