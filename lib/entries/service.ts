/**
 * Entries of the activity feed, written inside the commits of what they tell: an event on `feed` or on a person's
 * `user:`, and a document to list it by. Only references are stored; `lib/feed` completes them for who reads them.
 */
import type { Database } from "../kv/database.ts";
import type { Join, Log, NewEvent } from "../log/log.ts";
import type { Place } from "../log/types.ts";
import type { EntryKind, feedEvents } from "../protocol/feed.ts";
import type { Room } from "../protocol/rooms.ts";
import { FEED, userStream } from "../protocol/streams.ts";
import type { User } from "../protocol/users.ts";
import { createEntriesStore, type EntriesStore, type StoredEntry } from "./store.ts";
import { titleOf } from "./title.ts";

const types = {
  mentioned: "inbox.mentioned",
  replied: "inbox.replied",
  reacted: "inbox.reacted",
  messaged: "inbox.messaged",
  invited: "inbox.invited",
} as const satisfies Partial<Record<EntryKind, keyof typeof feedEvents>>;
export type InboxKind = keyof typeof types;

/** Something to tell, before it has its place. */
export interface Told<K extends EntryKind = EntryKind> {
  kind: K;
  by: User;
  room?: Room;
  /** The message that it is about. */
  message?: { seq: number; n?: number | undefined };
  emoji?: string;
}

/** What a commit writes for entries. */
export interface Part {
  events: NewEvent[];
  sets: { key: Deno.KvKey; value: unknown; expireIn?: number }[];
}

export interface EntriesService extends Pick<EntriesStore, "before" | "count" | "seen" | "setSeen"> {
  /**
   * Tells every member of the workspace: for what all of them may see, and nothing else. Like `tell`, to be put before
   * the commit's other events on its stream: an entry's offset is told by the place that the stream's next event gets.
   */
  post(place: (stream: string) => Place, told: Told<Exclude<EntryKind, InboxKind>>): Part;
  /** Tells one person, on their own stream. */
  tell(place: (stream: string) => Place, who: string, told: Told<InboxKind>): Part;
  /** Gives the entries of events their offsets. */
  join: Join;
}

export function createEntries({ db, log }: { db: Database; log: Log }): EntriesService {
  const store = createEntriesStore(db);

  function put(place: (stream: string) => Place, stream: string, type: string, told: Told): Part {
    const { seq, tag, at } = place(stream);
    const entry = toEntry(told, at);
    return {
      events: [{
        stream,
        type,
        by: told.by.id,
        data: { entry },
        live: { entry: { ...entry, offset: log.offset({ seq, tag }) } },
      }],
      sets: [store.set(stream, { seq, tag }, entry)],
    };
  }

  return {
    before: store.before,
    count: store.count,
    seen: store.seen,
    setSeen: store.setSeen,
    post: (place, told) => put(place, FEED, "feed.posted", told),
    tell: (place, who, told) => put(place, userStream(who), types[told.kind], told),
    join: (_, events) =>
      Promise.resolve(events.map((event) => {
        const { data } = event;
        if (typeof data !== "object" || data === null || !("entry" in data)) return event;
        return { ...event, data: { entry: { ...Object(data.entry), offset: log.offset(event) } } };
      })),
  };
}

function toEntry({ kind, by, room, message, emoji }: Told, at: number): StoredEntry {
  return {
    kind,
    ...(room && { room: room.id }),
    ...(message && { seq: message.seq }),
    ...(message?.n !== undefined && { n: message.n }),
    by: by.id,
    at,
    title: titleOf({ kind, name: by.name, room, emoji }),
    ...(emoji !== undefined && { emoji }),
    ...(room && { url: `/rooms/${room.id}${message ? `/${message.seq}` : ""}` }),
  };
}

export { titleOf } from "./title.ts";
export type { ListedEntry, Position, StoredEntry } from "./store.ts";
