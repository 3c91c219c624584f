/** Entries in KV beside their events, so that a page of them is one range read, however much else their stream tells. */
import type { Database } from "../kv/database.ts";
import { keys } from "../kv/keys.ts";
import type { Entry, FeedView } from "../protocol/feed.ts";

/** How long an entry is listed. Its event is kept by the log's own rule: 10,000 events and 30 days at least. */
export const ENTRY_KEPT_MS = 90 * 86_400_000;

/** An entry as stored: a reference, without what the message says, and without the epoch that an offset names. */
export type StoredEntry = Omit<Entry, "text" | "offset">;

/** With the place of its event. */
export interface ListedEntry extends Position {
  entry: StoredEntry;
}

export interface Position {
  seq: number;
  tag: string;
}

type Set = { key: Deno.KvKey; value: unknown; expireIn?: number };

export interface EntriesStore {
  /** Up to `limit` entries at or before `seq`, the newest first. */
  before(stream: string, seq: number, limit: number): Promise<ListedEntry[]>;
  /** How many there are after `after` up to `last`; counts to `limit`. */
  count(stream: string, after: number, last: number, limit: number): Promise<number>;
  seen(user: string, view: FeedView): Promise<{ position: Position | undefined; check: Deno.AtomicCheck }>;
  set(stream: string, at: Position, entry: StoredEntry): Set;
  setSeen(user: string, view: FeedView, at: Position): Set;
}

export function createEntriesStore(db: Database): EntriesStore {
  return {
    async before(stream, seq, limit) {
      const selector = { prefix: keys.entries(stream), end: keys.entry(stream, seq + 1) };
      const entries = await db.list<{ tag: string; entry: StoredEntry }>(selector, { limit, reverse: true });
      return entries.map(({ key, value }) => ({ seq: Number(key.at(-1)), ...value }));
    },
    async count(stream, after, last, limit) {
      const selector = { start: keys.entry(stream, after + 1), end: keys.entry(stream, last + 1) };
      return (await db.list(selector, { limit })).length;
    },
    async seen(user, view) {
      const { key, value, versionstamp } = await db.get<Position>(keys.seen(user, view));
      return { position: value ?? undefined, check: { key, versionstamp } };
    },
    set: (stream, { seq, tag }, entry) => ({
      key: keys.entry(stream, seq),
      value: { tag, entry },
      expireIn: ENTRY_KEPT_MS,
    }),
    setSeen: (user, view, at) => ({ key: keys.seen(user, view), value: at }),
  };
}
