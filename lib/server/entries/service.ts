/**
 * Entries of the activity feed, written inside the commits of what they tell: an event on `feed` or on a person's
 * `user:`, and documents to list it by. Only references are stored; `lib/server/feed` completes them for who reads them.
 * What no longer holds is withdrawn by another event, and its documents go; where it holds again the same entry is back.
 */
import type { Database } from "../kv/database.ts";
import type { KvSet } from "../kv/key.ts";
import { isStored, type Join, type Log, type NewEvent } from "../log/log.ts";
import type { AppendSlot } from "../log/types.ts";
import type { EntryKind, EntryRef, inboxEvents, InboxKind } from "../../protocol/feed.ts";
import type { Room } from "../../protocol/rooms.ts";
import { FEED, userStream } from "../../protocol/streams.ts";
import type { User } from "../../protocol/users.ts";
import {
  type About,
  createEntriesStore,
  type EntriesStore,
  type Known,
  type StoredEntry,
  type Subject,
  toldKey,
} from "./store.ts";
import { titleOf } from "./title.ts";

const types = {
  mentioned: "inbox.mentioned",
  replied: "inbox.replied",
  reacted: "inbox.reacted",
  messaged: "inbox.messaged",
  invited: "inbox.invited",
} as const satisfies Record<InboxKind, keyof typeof inboxEvents>;
/** The events that carry an entry, and those that name one. */
const entryTypes = ["feed.posted", ...Object.values(types)] as const;
const refTypes = ["feed.withdrawn", "inbox.withdrawn", "inbox.restored"] as const;

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
  sets: KvSet[];
  deletes: Deno.KvKey[];
}

export const NOTHING_TOLD: Part = { events: [], sets: [], deletes: [] };

/** What is known of the entry about something, and whether what it tells holds now. */
export interface Change {
  known: Known | undefined;
  stands: boolean;
  /** They see the room no more: which entry is named, and nothing else. */
  isHidden?: boolean;
}

type Places = (stream: string) => AppendSlot;

export interface EntriesService
  extends Pick<EntriesStore, "before" | "count" | "seen" | "setSeen" | "known" | "about" | "invites"> {
  /**
   * Tells every member of the workspace: for what all of them may see, and nothing else. Like `tell`, to be put before
   * the commit's other events on its stream: an entry's offset is told by the place that the stream's next event gets.
   */
  post(place: Places, told: Told<Exclude<EntryKind, InboxKind>>): Part;
  /** Tells one person, on their own stream, what was never told to them. */
  tell(place: Places, who: string, told: Told<InboxKind>): Part;
  /** Tells it, withdraws it or restores it, as `stands` asks and as it was left; never a second entry. */
  settle(place: Places, who: string, told: Told<InboxKind>, change: Change): Part;
  /** Withdraws what a message that is no more told, all of one kind at once, and forgets that it did. */
  forget(all: About[], by: string): Part;
  /** Gives the entries of events their offsets. */
  join: Join;
}

/** What an entry tells of. */
export function subjectOf(who: string | undefined, { kind, by, room, message, emoji }: Told): Subject {
  const isOfOne = kind === "reacted" || kind === "invited"; // of the person who did it
  return {
    kind,
    room: room?.id ?? "",
    ...(who !== undefined && { user: who }),
    ...(message && { seq: message.seq }),
    ...(isOfOne && { by: by.id }),
    ...(emoji !== undefined && { emoji }),
  };
}

export function joinParts(parts: Part[]): Part {
  return {
    events: parts.flatMap(({ events }) => events),
    sets: parts.flatMap(({ sets }) => sets),
    deletes: parts.flatMap(({ deletes }) => deletes),
  };
}

export function createEntries({ db, log }: { db: Database; log: Log }): EntriesService {
  const store = createEntriesStore(db);

  function put(place: Places, who: string | undefined, type: (typeof entryTypes)[number], told: Told): Part {
    const stream = streamOf(who);
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
      sets: [
        ...store.sets(stream, { seq, tag }, entry),
        // That a room was made, or somebody came, is never withdrawn.
        ...(who !== undefined || told.message ? [store.setKnown(subjectOf(who, told), { seq, tag, at })] : []),
      ],
      deletes: [],
    };
  }

  /** An event that names an entry that was told. */
  function naming(
    stream: string,
    type: (typeof refTypes)[number],
    by: string,
    named: Omit<EntryRef, "offset">,
    known?: Known,
  ): NewEvent {
    const told = known && { told: { seq: known.seq, tag: known.tag } };
    return {
      stream,
      type,
      by,
      data: { ...named, ...told },
      live: { ...named, ...(known && { offset: log.offset(known) }) },
    };
  }

  const settle: EntriesService["settle"] = (place, who, told, { known: was, stands, isHidden }) => {
    const stream = userStream(who);
    const subject = subjectOf(who, told);
    const named = isHidden ? { kind: told.kind } : refOf(told);
    const type = stands ? "inbox.restored" : "inbox.withdrawn";
    // Who mentions themselves gets no entry; that it counts is told nevertheless.
    if (who === told.by.id) return { ...NOTHING_TOLD, events: [naming(stream, type, who, named)] };
    const written = place(stream).written(toldKey(subject));
    const known = written ? written.value : was;
    if (stands && !known) return put(place, who, types[told.kind], told);
    const isSettled = known ? stands === !known.off : told.kind !== "mentioned"; // Each mention was counted.
    if (isSettled) return NOTHING_TOLD;
    const events = [naming(stream, type, told.by.id, named, known)];
    if (!known) return { ...NOTHING_TOLD, events };
    const { off: _, ...on } = known;
    if (!stands) {
      const sets = [store.setKnown(subject, { ...on, off: true })];
      return { events, sets, deletes: store.deletes(stream, on.seq, subject.room) };
    }
    const age = place(stream).at - on.at;
    const sets = [...store.sets(stream, on, toEntry(told, on.at), age), store.setKnown(subject, on)];
    return { events, sets, deletes: [] };
  };

  return {
    before: store.before,
    count: store.count,
    seen: store.seen,
    setSeen: store.setSeen,
    known: store.known,
    about: store.about,
    invites: store.invites,
    post: (place, told) => put(place, undefined, "feed.posted", told),
    tell: (place, who, told) => put(place, who, types[told.kind], told),
    settle,
    forget(all, by) {
      const standing = all.filter(({ known }) => !known.off);
      const events = new Map(standing.map(({ subject: { kind, user, room, seq } }) => {
        const type = user === undefined ? "feed.withdrawn" : "inbox.withdrawn";
        return [`${kind} ${user}`, naming(streamOf(user), type, by, { kind, room, ...(seq && { seq }) })];
      }));
      const documents = standing.flatMap(({ subject: { user, room }, known }) =>
        store.deletes(streamOf(user), known.seq, room)
      );
      return {
        events: [...events.values()],
        sets: [],
        deletes: [...documents, ...all.map(({ subject }) => toldKey(subject))],
      };
    },
    join: (_, events) =>
      Promise.resolve(events.map((event) => {
        if (isStored(event, ...entryTypes)) {
          return { ...event, data: { entry: { ...event.data.entry, offset: log.offset(event) } } };
        }
        if (isStored(event, ...refTypes)) {
          const { told, ...named } = event.data;
          return { ...event, data: { ...named, ...(told && { offset: log.offset(told) }) } };
        }
        return event;
      })),
  };
}

const streamOf = (who: string | undefined) => who === undefined ? FEED : userStream(who);

function refOf({ kind, by, room, message, emoji }: Told): EntryRef {
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
export type { Known, ListedEntry, Position, StoredEntry, Subject } from "./store.ts";
