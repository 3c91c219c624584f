/**
 * Heads as this process knows them. A commit proves the ones that it is built on, so those may be old; where no other
 * process writes they are the truth, and reading one costs storage nothing.
 */
import type { Database } from "../kv/database.ts";
import { keys } from "../kv/keys.ts";
import { EMPTY, type Head } from "./types.ts";

const CACHED_MAX = 10_000;

export interface HeadEntry {
  head: Head;
  versionstamp: string | null;
}

export interface Heads {
  /** In the order asked for; from storage what is not known. */
  known(streams: string[]): Promise<HeadEntry[]>;
  /** From storage, by strong reads. */
  read(streams: string[]): Promise<HeadEntry[]>;
  /** A commit has set it. */
  landed(stream: string, entry: HeadEntry): void;
  /** A commit may have set it. */
  forget(streams: string[]): void;
}

export function createHeads(db: Database): Heads {
  const cache = new Map<string, HeadEntry>();
  let landings = 0;

  function keep(stream: string, entry: HeadEntry): void {
    cache.delete(stream);
    cache.set(stream, entry);
    const [oldest] = cache.size > CACHED_MAX ? cache.keys() : [];
    if (oldest !== undefined) cache.delete(oldest);
  }

  async function read(streams: string[]): Promise<HeadEntry[]> {
    const before = landings;
    const entries = await db.getMany<Head>(streams.map((stream) => keys.head(stream)));
    const heads = entries.map(({ value, versionstamp }) => ({ head: value ?? EMPTY, versionstamp }));
    // What landed while storage was read may be newer than what was read, and has been kept.
    if (landings === before) heads.forEach((entry, at) => entry.versionstamp && keep(streams[at] ?? "", entry));
    return heads;
  }

  return {
    read,
    async known(streams) {
      const found = streams.map((stream) => cache.get(stream));
      const missing = streams.filter((_, at) => !found[at]);
      const rest = missing.length > 0 ? await read(missing) : [];
      return found.map((entry) => entry ?? rest.shift() ?? { head: EMPTY, versionstamp: null });
    },
    landed(stream, entry) {
      landings++;
      keep(stream, entry);
    },
    forget(streams) {
      landings++;
      for (const stream of streams) cache.delete(stream);
    },
  };
}
