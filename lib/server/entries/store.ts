/** Entries in KV, and those about a room once more by room, so that a page of either is one range read. */
import type { Database } from "../kv/database.ts";
import type { EntryDocument, EntryRecord, Position, StoredEntry } from "../kv/documents.ts";
import { type Key, type KvSet, type Prefix, setAt } from "../kv/key.ts";
import { keys } from "../kv/keys.ts";
import type { FeedView } from "../../protocol/feed.ts";

/** How long an entry is listed. Its event is kept by the log's own rule: 10,000 events and 30 days at least. */
export const ENTRY_KEPT_MS = 90 * 86_400_000;

/** An entry with the position of its event. */
export interface ListedEntry extends Position {
  entry: StoredEntry;
}

/** The subject of an entry: at most one entry has it. */
export interface Subject {
  kind: string;
  /** The person whom the entry notifies; missing if it is for everybody. */
  user?: string;
  room: string;
  /** The message's, where the entry is about one. */
  seq?: number;
  /** The person who reacted or invited. */
  by?: string;
  emoji?: string;
}

export interface RecordedEntry {
  subject: Subject;
  record: EntryRecord;
}

export interface EntriesStore {
  /** Up to `limit` entries at or before `seq`, the newest first; those about `room` if one is named. */
  listBefore(stream: string, seq: number, limit: number, room?: string): Promise<ListedEntry[]>;
  /** Up to `limit` entries after `after` and at or before `seq`, the newest first. */
  listBetween(stream: string, after: number, seq: number, limit: number): Promise<ListedEntry[]>;
  /** How many there are after `after` up to `last`; counts to `limit`. */
  count(stream: string, after: number, last: number, limit: number): Promise<number>;
  seenUpTo(user: string, view: FeedView): Promise<{ position: Position | undefined; check: Deno.AtomicCheck }>;
  /** The records of these subjects, in order. */
  findRecords(subjects: Subject[]): Promise<(EntryRecord | undefined)[]>;
  /** The records of one kind about a message; up to `limit`. */
  listAbout(kind: string, room: string, seq: number, limit: number): Promise<RecordedEntry[]>;
  /** The records of invitations of a person to a room that have not been withdrawn. */
  listInvites(user: string, room: string): Promise<RecordedEntry[]>;
  /** The sets that list an entry. */
  sets(stream: string, at: Position, entry: StoredEntry, age?: number): KvSet[];
  /** The deletes that take an entry out of every list. `room` is what it is about; missing or "" if that is no room. */
  deletes(stream: string, seq: number, room: string | undefined): Deno.KvKey[];
  setRecord(subject: Subject, record: EntryRecord): KvSet;
  setSeenUpTo(user: string, view: FeedView, at: Position): KvSet;
}

const INVITES_PAGE = 100; // of one person into one room, each by somebody else, read at once

export const recordKey = ({ kind, user = "", room, seq = 0, by = "", emoji = "" }: Subject) =>
  keys.entryRecord(room, seq, kind, user, by, emoji);

/** The keys of an entry. */
function entryKeys(stream: string, seq: number, room: string | undefined): Key<EntryDocument>[] {
  return [keys.entry(stream, seq), ...(room ? [keys.roomEntry(stream, room, seq)] : [])];
}

export function createEntriesStore(db: Database): EntriesStore {
  async function list(
    selector: { prefix: Prefix<EntryRecord>; start?: Deno.KvKey },
    limit: number,
  ): Promise<RecordedEntry[]> {
    const entries = await db.list(selector, { limit });
    return entries.map(({ key: [, room, seq, kind, user, by, emoji], value: record }) => ({
      subject: {
        kind: String(kind),
        room: String(room),
        ...(seq !== 0 && { seq: Number(seq) }),
        ...(user !== "" && { user: String(user) }),
        ...(by !== "" && { by: String(by) }),
        ...(emoji !== "" && { emoji: String(emoji) }),
      },
      record,
    }));
  }

  async function newest(
    selector: { prefix: Prefix<EntryDocument>; end: Deno.KvKey } | {
      start: Key<EntryDocument>;
      end: Key<EntryDocument>;
    },
    limit: number,
  ): Promise<ListedEntry[]> {
    const entries = await db.list(selector, { limit, reverse: true });
    return entries.map(({ key, value }) => ({ seq: Number(key.at(-1)), ...value }));
  }

  return {
    listBefore: (stream, seq, limit, room) =>
      newest(
        room === undefined
          ? { prefix: keys.entries(stream), end: keys.entry(stream, seq + 1) }
          : { prefix: keys.roomEntries(stream, room), end: keys.roomEntry(stream, room, seq + 1) },
        limit,
      ),
    listBetween: (stream, after, seq, limit) =>
      newest({ start: keys.entry(stream, after + 1), end: keys.entry(stream, seq + 1) }, limit),
    async count(stream, after, last, limit) {
      const selector = { start: keys.entry(stream, after + 1), end: keys.entry(stream, last + 1) };
      return (await db.list(selector, { limit })).length;
    },
    async seenUpTo(user, view) {
      const { key, value, versionstamp } = await db.get(keys.seenUpTo(user, view));
      return { position: value ?? undefined, check: { key, versionstamp } };
    },
    async findRecords(subjects) {
      return (await db.getMany(subjects.map(recordKey))).map(({ value }) => value ?? undefined);
    },
    listAbout: (kind, room, seq, limit) => list({ prefix: keys.entryRecordsAbout(room, seq, kind) }, limit),
    async listInvites(user, room) {
      const prefix = keys.entryRecordsOf(room, 0, "invited", user);
      const standing: RecordedEntry[] = [];
      for (let last = "";;) {
        const some = await list({ prefix, start: [...prefix, `${last}\0`] }, INVITES_PAGE);
        standing.push(...some.filter(({ record }) => !record.off));
        if (some.length < INVITES_PAGE) return standing;
        last = some.at(-1)?.subject.by ?? "";
      }
    },
    sets(stream, { seq, tag }, entry, age = 0) {
      const expireIn = Math.max(1, ENTRY_KEPT_MS - age);
      return entryKeys(stream, seq, entry.room).map((key) => setAt(key, { tag, entry }, { expireIn }));
    },
    deletes: entryKeys,
    setRecord: (subject, record) => setAt(recordKey(subject), record, { expireIn: ENTRY_KEPT_MS }),
    setSeenUpTo: (user, view, at) => setAt(keys.seenUpTo(user, view), at),
  };
}

export type { EntryRecord as Known, Position, StoredEntry } from "../kv/documents.ts";
