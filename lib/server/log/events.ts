/** The events of the log by type: what is written of each, what is stored, and what the wire carries. */
import type { StoredEntry, StoredEvent } from "../kv/documents.ts";
import type { KvSet } from "../kv/key.ts";
import type { Events, EventType, StreamOf } from "../../protocol/events.ts";
import type { EntryRef, InboxKind } from "../../protocol/feed.ts";
import type { messageEvents } from "../../protocol/messages.ts";

type MessageType = keyof typeof messageEvents;
type EntryType = "feed.posted" | `inbox.${InboxKind}`;
type EntryRefType = "feed.withdrawn" | "inbox.withdrawn" | "inbox.restored";

/** An entry that an event names. `told` is its position as the log stores it; `Join` turns it into an offset. */
export type StoredEntryRef = Omit<EntryRef, "offset"> & { told?: { seq: number; tag: string } };

/** The data of events that are stored as a reference, which `Join` completes when they are read. */
interface References
  extends
    Record<MessageType, Record<string, never>>,
    Record<EntryType, { entry: StoredEntry }>,
    Record<EntryRefType, StoredEntryRef> {}

/** The data of an event as stored. */
export type StoredData<T extends EventType> = T extends keyof References ? References[T] : Events[T];

interface Fields {
  by: string;
  /**
   * A new document that the event makes. The head holds it until the event moves to a segment, and only then it is
   * written to its key: until then `Log.documents` returns it. A set of the same key replaces it.
   */
  document?: KvSet;
  /** Takes a number: counts in the room's `n` and sets `lastAt`. */
  numbered?: true;
  /**
   * Several events with one compaction key in one atomic are written as one, the last: nobody can have read the state
   * between them. `Log.latest` returns the latest event of a key, however old it is.
   */
  compactionKey?: string;
  /** Changes who may do what in this stream: whatever was authorised before it must be authorised anew. */
  authority?: true;
  /** One person more is in what the stream is of, or one less: counts in the head's `members`. */
  member?: 1 | -1;
  /** Changes what the stream is of, so that the head's `rev` is this event. */
  revises?: true;
}

/** An event of any type: the log itself does not look at the data. */
export interface AnyEvent extends Fields {
  stream: string;
  type: string;
  data: unknown;
  /** The data that followers get, where `data` is only a reference. */
  live?: unknown;
  /** The seq of the message that the event is about. */
  about?: number;
}

/** One of these types, with a stream that carries it. */
export type Addressed<T extends EventType> = { [K in T]: { stream: StreamOf<K>; type: K } }[T];

/**
 * An event of one type as it is written, to a stream that carries it. Only an event about a message may have `about`,
 * because `Join` replaces its data by that message.
 */
type NewEventOf<T extends EventType> =
  & Fields
  & { stream: StreamOf<T>; type: T; data: StoredData<T> }
  & (T extends keyof References ? { live: Events[T] } : { live?: never })
  & (T extends MessageType ? { about: number } : { about?: never });

/** An event as it is written. */
export type NewEvent = { [T in EventType]: NewEventOf<T> }[EventType];

/** An event as the wire carries it. */
export type WireEvent = Pick<StoredEvent, "seq" | "tag" | "type" | "at" | "by" | "data" | "about">;

/** Whether a stored event is of one of these types. Its data are what `append` takes for them. */
export function isStored<T extends EventType>(
  event: StoredEvent,
  ...types: T[]
): event is StoredEvent & { type: T; data: StoredData<T> } {
  return types.some((type) => type === event.type);
}

/** Whether an event for the wire is of one of these types. Its data are what the protocol says. */
export function isWire<T extends EventType>(
  event: WireEvent,
  ...types: T[]
): event is WireEvent & { type: T; data: Events[T] } {
  return types.some((type) => type === event.type);
}
