/** Caches which unread messages mention a person. Each change is an event of the room, so its head proves it. */
import { LRUCache } from "lru-cache";
import type { Head } from "../log/log.ts";
import { MENTIONS_COUNTED_MAX } from "../../model/unread.ts";
import type { RoomsStore } from "./store.ts";

export const MENTIONS_KEPT_BYTES = 16 * 1024 * 1024;
const ENTRY_BYTES = 300; // with its ids, and what the cache itself takes
const NUMBER_BYTES = 8;

interface Kept {
  seq: number;
  tag: string;
  after: number;
  numbers: number[];
}

/** The numbers of a room's messages past the seq `after` that mention a person, as of `head` (read before) or newer. */
export type KnownMentions = (user: string, room: string, after: number, head: Head) => Promise<number[]> | number[];

/** The mentions of one process, at most `MENTIONS_KEPT_BYTES`; those asked for longest ago go first. */
export function createKnownMentions(read: RoomsStore["mentioned"]): KnownMentions {
  const kept = new LRUCache<string, Kept>({
    maxSize: MENTIONS_KEPT_BYTES,
    sizeCalculation: ({ numbers }) => ENTRY_BYTES + NUMBER_BYTES * numbers.length,
  });

  async function ask(user: string, room: string, after: number, { seq, tag }: Head): Promise<number[]> {
    const numbers = await read(user, room, after, MENTIONS_COUNTED_MAX);
    kept.set(`${room} ${user}`, { seq, tag, after, numbers });
    return numbers;
  }

  return (user, room, after, head) => {
    const known = kept.get(`${room} ${user}`);
    const isCurrent = known?.seq === head.seq && known.tag === head.tag && known.after === after;
    return isCurrent ? known.numbers : ask(user, room, after, head);
  };
}
