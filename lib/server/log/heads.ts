/** Heads as this process knows them. They may be old, because a commit proves the ones that it is built on. */
import { LRUCache } from "lru-cache";
import type { Database } from "../kv/database.ts";
import { keys } from "../kv/keys.ts";
import { EMPTY, type Head } from "./types.ts";

const CACHED_MAX = 10_000;

export interface HeadEntry {
  head: Head;
  versionstamp: string | null;
}

export interface Heads {
  /** Returns entries in the order of `streams`; reads those from storage that are not known. */
  known(streams: string[]): Promise<HeadEntry[]>;
  /** Reads entries from storage, by strong reads. */
  read(streams: string[]): Promise<HeadEntry[]>;
  /** Takes an entry that another module has read. */
  note(stream: string, entry: HeadEntry): void;
  /** A commit has set the head. */
  landed(stream: string, entry: HeadEntry): void;
  /** A commit may have set the heads. */
  forget(streams: string[]): void;
}

/** `headRead` gets each head that is read from storage, since it may be newer than any that this process knows. */
export function createHeads(db: Database, headRead: (stream: string, head: Head) => void): Heads {
  const cache = new LRUCache<string, HeadEntry>({ max: CACHED_MAX });
  let landings = 0;

  async function read(streams: string[]): Promise<HeadEntry[]> {
    const before = landings;
    const entries = await db.getMany(streams.map((stream) => keys.head(stream)));
    return entries.map(({ value, versionstamp }, at) => {
      const stream = streams[at] ?? "";
      const entry = { head: value ?? EMPTY, versionstamp };
      const cached = cache.get(stream);
      // What landed while storage was read may be newer than what was read: then it has been kept, or forgotten.
      if (cached ? isOlder(cached, entry) : landings === before && versionstamp !== null) cache.set(stream, entry);
      headRead(stream, entry.head);
      return cached && isOlder(entry, cached) ? cached : entry;
    });
  }

  return {
    read,
    note(stream, entry) {
      const cached = cache.get(stream);
      if (cached && isOlder(cached, entry)) cache.set(stream, entry);
      headRead(stream, entry.head);
    },
    async known(streams) {
      const found = streams.map((stream) => cache.get(stream));
      const missing = streams.filter((_, at) => !found[at]);
      const rest = missing.length > 0 ? await read(missing) : [];
      return found.map((entry) => entry ?? rest.shift() ?? { head: EMPTY, versionstamp: null });
    },
    landed(stream, entry) {
      landings++;
      cache.set(stream, entry);
    },
    forget(streams) {
      landings++;
      for (const stream of streams) cache.delete(stream);
    },
  };
}

/** Versionstamps are the order in which storage took what was written; null was before all of them. */
function isOlder(one: HeadEntry, other: HeadEntry): boolean {
  return (one.versionstamp ?? "") < (other.versionstamp ?? "");
}
