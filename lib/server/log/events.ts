/** The events of the log by type: what is written of each, what is stored, and what the wire carries. */
import type { StoredEntry, StoredEvent } from "../kv/documents.ts";
import type { KvSet } from "../kv/key.ts";
import type { Events, EventType } from "../../protocol/events.ts";
import type { EntryRef, InboxKind } from "../../protocol/feed.ts";
import type { messageEvents } from "../../protocol/messages.ts";

type MessageType = keyof typeof messageEvents;
type EntryType = "feed.posted" | `inbox.${InboxKind}`;
type EntryRefType = "feed.withdrawn" | "inbox.withdrawn" | "inbox.restored";

/** An entry that an event names: `told` is the place at which it was told, of which the wire makes its offset. */
export type StoredEntryRef = Omit<EntryRef, "offset"> & { told?: { seq: number; tag: string } };

/** What is stored where that is not what the wire carries: a reference, which `Join` completes when it is read. */
interface References
  extends
    Record<MessageType, Record<string, never>>,
    Record<EntryType, { entry: StoredEntry }>,
    Record<EntryRefType, StoredEntryRef> {}

/** The data of an event as they are stored. */
export type StoredData<T extends EventType> = T extends keyof References ? References[T] : Events[T];

interface Fields {
  stream: string;
  by: string;
  /**
   * A new document that the event makes. It is stored at once, but reaches its key only when the event leaves the head:
   * until then `Log.documents` has it. A set of its key takes its place.
   */
  document?: KvSet;
  /** Takes a number: counts in the room's `n` and sets `lastAt`. */
  numbered?: true;
  /**
   * Names what the event tells the latest of: of several with one name in one atomic only the last is written, since
   * nobody can have seen the state between them. `Log.latest` gives it, however old.
   */
  compactionKey?: string;
  /** Changes who may do what in this stream: whatever was authorised before it must be authorised anew. */
  authority?: true;
}

/** An event of whatever type: inside, the log looks at no event's data. */
export interface AnyEvent extends Fields {
  type: string;
  data: unknown;
  /** What followers get now, where `data` is only a reference. */
  live?: unknown;
  /** The seq of the message that the event is about. */
  about?: number;
}

/** An event of one type as it is written. Only one about a message may say so: its data would become that message. */
type NewEventOf<T extends EventType> =
  & Fields
  & { type: T; data: StoredData<T> }
  & (T extends keyof References ? { live: Events[T] } : { live?: never })
  & (T extends MessageType ? { about: number } : { about?: never });

/** An event as it is written. */
export type NewEvent = { [T in EventType]: NewEventOf<T> }[EventType];

/** An event as the wire carries it. */
export interface WireEvent {
  seq: number;
  tag: string;
  type: string;
  at: number;
  by: string;
  data: unknown;
  about?: number;
}

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
