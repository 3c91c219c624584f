/**
 * Entries of the activity feed. An entry is written inside the commit of what it reports: an event on `feed` or on a
 * person's own stream, and documents to list it by. It stores references only; `lib/server/feed` completes them for
 * each reader. When an entry no longer holds, another event withdraws it and its documents go; when it holds again, the
 * same entry comes back.
 */
import type { Database } from "../kv/database.ts";
import type { KvSet } from "../kv/key.ts";
import { type Addressed, isStored, type Join, type Log, type NewEvent } from "../log/log.ts";
import type { AppendSlot } from "../log/types.ts";
import type { EntryKind, EntryRef, inboxEvents, InboxKind } from "../../protocol/feed.ts";
import type { Room } from "../../protocol/rooms.ts";
import { FEED, userStream } from "../../protocol/streams.ts";
import type { User } from "../../protocol/users.ts";
import {
  createEntriesStore,
  type EntriesStore,
  type Known,
  type RecordedEntry,
  recordKey,
  type StoredEntry,
  type Subject,
} from "./store.ts";
import { titleOf } from "./title.ts";

const types = {
  mentioned: "inbox.mentioned",
  replied: "inbox.replied",
  reacted: "inbox.reacted",
  messaged: "inbox.messaged",
  invited: "inbox.invited",
} as const satisfies Record<InboxKind, keyof typeof inboxEvents>;
/** Events that carry an entry, and events that name one. */
const entryTypes = ["feed.posted", ...Object.values(types)] as const;
const refTypes = ["feed.withdrawn", "inbox.withdrawn", "inbox.restored"] as const;
type EntryAddress = Addressed<(typeof entryTypes)[number]>;

/** An entry before it has a position. */
export interface EntryDraft<K extends EntryKind = EntryKind> {
  kind: K;
  by: User;
  room?: Room;
  /** The message that it is about. */
  message?: { seq: number; n?: number | undefined };
  emoji?: string;
}

/** The writes of a commit that concern entries. */
export interface EntryWrites {
  events: NewEvent[];
  sets: KvSet[];
  deletes: Deno.KvKey[];
}

export const NO_WRITES: EntryWrites = { events: [], sets: [], deletes: [] };

/** The stored record of an entry, and whether the entry should stand now. */
export interface Change {
  record: Known | undefined;
  stands: boolean;
  /** The person cannot see the room any more: the event names the kind of entry, and nothing else. */
  isHidden?: boolean;
}

type SlotOf = (stream: string) => AppendSlot;

export interface EntriesService extends
  Pick<
    EntriesStore,
    "listBefore" | "listBetween" | "count" | "seenUpTo" | "setSeenUpTo" | "findRecords" | "listAbout" | "listInvites"
  > {
  /**
   * Posts an entry to every member of the workspace, about something that all of them may see. Put the writes before
   * the commit's other events on the stream, as with `notify`: the entry takes the position of the stream's next event.
   */
  post(slotOf: SlotOf, draft: EntryDraft<Exclude<EntryKind, InboxKind>>): EntryWrites;
  /** Notifies one person, on their own stream, of something new to them. */
  notify(slotOf: SlotOf, who: string, draft: EntryDraft<InboxKind>): EntryWrites;
  /** Posts, withdraws or restores an entry, so that it stands only if `stands`; never makes a second one. */
  settle(slotOf: SlotOf, who: string, draft: EntryDraft<InboxKind>, change: Change): EntryWrites;
  /** Withdraws these entries with one event for each kind and person, and deletes their records. */
  forget(all: RecordedEntry[], by: string): EntryWrites;
  /** Gives the entries of events their offsets. */
  join: Join;
}

/** The subject of an entry. */
export function subjectOf(who: string | undefined, { kind, by, room, message, emoji }: EntryDraft): Subject {
  const isOfOne = kind === "reacted" || kind === "invited"; // one entry for each person who did it
  return {
    kind,
    room: room?.id ?? "",
    ...(who !== undefined && { user: who }),
    ...(message && { seq: message.seq }),
    ...(isOfOne && { by: by.id }),
    ...(emoji !== undefined && { emoji }),
  };
}

export function joinWrites(parts: EntryWrites[]): EntryWrites {
  return {
    events: parts.flatMap(({ events }) => events),
    sets: parts.flatMap(({ sets }) => sets),
    deletes: parts.flatMap(({ deletes }) => deletes),
  };
}

export function createEntries({ db, log }: { db: Database; log: Log }): EntriesService {
  const store = createEntriesStore(db);

  function put(
    slotOf: SlotOf,
    who: string | undefined,
    where: EntryAddress,
    draft: EntryDraft,
  ): EntryWrites {
    const { stream } = where;
    const { seq, tag, at } = slotOf(stream);
    const entry = toEntry(draft, at);
    return {
      events: [{
        ...where,
        by: draft.by.id,
        data: { entry },
        live: { entry: { ...entry, offset: log.offset({ seq, tag }) } },
      }],
      sets: [
        ...store.sets(stream, { seq, tag }, entry),
        // An entry about a new room or a new person is never withdrawn.
        ...(who !== undefined || draft.message ? [store.setRecord(subjectOf(who, draft), { seq, tag, at })] : []),
      ],
      deletes: [],
    };
  }

  /** Makes an event that names an earlier entry. */
  function naming(
    where: Addressed<(typeof refTypes)[number]>,
    by: string,
    named: Omit<EntryRef, "offset">,
    record?: Known,
  ): NewEvent {
    const position = record && { told: { seq: record.seq, tag: record.tag } };
    return {
      ...where,
      by,
      data: { ...named, ...position },
      live: { ...named, ...(record && { offset: log.offset(record) }) },
    };
  }

  const settle: EntriesService["settle"] = (slotOf, who, draft, { record: was, stands, isHidden }) => {
    const stream = userStream(who);
    const subject = subjectOf(who, draft);
    const named = isHidden ? { kind: draft.kind } : refOf(draft);
    const type = stands ? "inbox.restored" : "inbox.withdrawn";
    const written = slotOf(stream).written(recordKey(subject));
    const known = written ? written.value : was;
    if (isHidden && !known) return NO_WRITES; // An event could name nothing.
    // A person who mentions themselves gets no entry, but the event goes out, because the mention counts.
    if (who === draft.by.id) return { ...NO_WRITES, events: [naming({ stream, type }, who, named)] };
    if (stands && !known) return put(slotOf, who, { stream, type: types[draft.kind] }, draft);
    const isSettled = known ? stands === !known.off : draft.kind !== "mentioned"; // mentions count without one
    if (isSettled) return NO_WRITES;
    const events = [naming({ stream, type }, draft.by.id, named, known)];
    if (!known) return { ...NO_WRITES, events };
    const { off: _, ...on } = known;
    if (!stands) {
      const sets = [store.setRecord(subject, { ...on, off: true })];
      return { events, sets, deletes: store.deletes(stream, on.seq, subject.room) };
    }
    const age = slotOf(stream).at - on.at;
    const sets = [...store.sets(stream, on, toEntry(draft, on.at), age), store.setRecord(subject, on)];
    return { events, sets, deletes: [] };
  };

  return {
    listBefore: store.listBefore,
    listBetween: store.listBetween,
    count: store.count,
    seenUpTo: store.seenUpTo,
    setSeenUpTo: store.setSeenUpTo,
    findRecords: store.findRecords,
    listAbout: store.listAbout,
    listInvites: store.listInvites,
    post: (slotOf, draft) => put(slotOf, undefined, { stream: FEED, type: "feed.posted" }, draft),
    notify: (slotOf, who, draft) => put(slotOf, who, { stream: userStream(who), type: types[draft.kind] }, draft),
    settle,
    forget(all, by) {
      const standing = all.filter(({ record }) => !record.off);
      const events = new Map(standing.map(({ subject: { kind, user, room, seq } }) => {
        const where = user === undefined
          ? { stream: FEED, type: "feed.withdrawn" } as const
          : { stream: userStream(user), type: "inbox.withdrawn" } as const;
        return [`${kind} ${user}`, naming(where, by, { kind, room, ...(seq && { seq }) })];
      }));
      const documents = standing.flatMap(({ subject: { user, room }, record }) =>
        store.deletes(streamOf(user), record.seq, room)
      );
      return {
        events: [...events.values()],
        sets: [],
        deletes: [...documents, ...all.map(({ subject }) => recordKey(subject))],
      };
    },
    join: (_, events) =>
      Promise.resolve(events.map((event) => {
        if (isStored(event, ...entryTypes)) {
          return { ...event, data: { entry: { ...event.data.entry, offset: log.offset(event) } } };
        }
        if (isStored(event, ...refTypes)) {
          const { told: position, ...named } = event.data;
          return { ...event, data: { ...named, ...(position && { offset: log.offset(position) }) } };
        }
        return event;
      })),
  };
}

const streamOf = (who: string | undefined) => who === undefined ? FEED : userStream(who);

function refOf({ kind, by, room, message, emoji }: EntryDraft): EntryRef {
  const { seq, n } = message ?? {};
  return {
    kind,
    ...(room && { room: room.id }),
    ...(seq !== undefined && { seq }),
    ...(n !== undefined && { n }),
    by: by.id,
    ...(emoji !== undefined && { emoji }),
  };
}

function toEntry({ kind, by, room, message, emoji }: EntryDraft, at: number): StoredEntry {
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
export type { Known, ListedEntry, Position, StoredEntry, Subject } from "./store.ts";
