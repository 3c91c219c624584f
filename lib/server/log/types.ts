/** What the log stores and what it is given (ARCHITECTURE.md, the log). */

/** Where a stream ends. A stream that was never written has the head `EMPTY`. */
export interface Head {
  /** The seq of the last event; 0 in an empty stream. */
  seq: number;
  /** The tag of the last event. */
  tag: string;
  /** The seq of the oldest event that may be read. */
  first: number;
  /** How many numbered events (messages) there are: the room's `n`. */
  n: number;
  /** When the last numbered event came; before that, when the first event came; 0 in an empty stream. */
  lastAt: number;
  /** The seq of the last event that changed who may do what here. */
  authority: number;
  /** The newest events, oldest first: those that no segment holds yet (segments.ts). */
  tail: StoredEvent[];
}

export const EMPTY_TAG = "0000";
export const EMPTY: Head = { seq: 0, tag: EMPTY_TAG, first: 1, n: 0, lastAt: 0, authority: 0, tail: [] };

/** A value and its key. */
export interface Kept {
  key: Deno.KvKey;
  value: unknown;
}

export interface StoredEvent {
  seq: number;
  tag: string;
  type: string;
  at: number;
  by: string;
  /** The event's data, or a reference that `Join` completes. */
  data: unknown;
  /** The seq of the message that the event is about; its data is then that message as it is now. */
  about?: number;
  /** The name of what it tells the latest of. */
  latest?: string;
  /** In a head: the document that goes to its own key when the event leaves. */
  document?: Kept;
  /** Names the commit that wrote it (on its first event only), for telling whether a timed-out commit landed. */
  batch?: string;
}

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

/** Completes events by reference with the documents as they are now. Given by the feature that owns the documents. */
export type Join = (stream: string, events: StoredEvent[]) => Promise<WireEvent[]>;

/** Where an append will stand, told to it when its batch is built (and again when the batch is tried again). */
export interface AppendSlot {
  /** The seq that the stream's next event gets. */
  seq: number;
  /** The tag that the stream's next event gets: with `seq`, its offset. */
  tag: string;
  /** The number that the stream's next numbered event gets. */
  n: number;
  /** The server's time. */
  at: number;
  /** Data of the latest event of that name, where it is newer than what `Log.latest` can have read with its check. */
  latest(name: string): unknown;
  /** What an earlier one of the same atomic writes at a key, undefined as its value where that deletes it. */
  written(key: Deno.KvKey): { value: unknown } | undefined;
}

export interface NewEvent {
  stream: string;
  type: string;
  by: string;
  data: unknown;
  /** What followers get now, where `data` is only a reference. */
  live?: unknown;
  about?: number;
  /**
   * A new document that the event makes. It is stored at once, but reaches its key only when the event leaves the head:
   * until then `Log.documents` has it. A set of its key takes its place.
   */
  document?: Kept;
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

export interface Written<T> {
  /** In each stream, the events get consecutive seqs from its `place.seq` on, in this order. */
  events: NewEvent[];
  sets?: { key: Deno.KvKey; value: unknown; expireIn?: number }[];
  deletes?: Deno.KvKey[];
  /** Forgets the events before `first` (keeping the one just before it, whose tag proves an offset there). */
  trim?: { stream: string; first: number };
  result: T;
}

export interface Append<T> {
  /** Streams that `write` may append to beside those that the append was called with: `Log.appendStreams` in all at most. */
  streams?: string[];
  /** Keys that the plan has read and relies on; when one changed, the plan is made anew. */
  checks?: Deno.AtomicCheck[];
  /**
   * That an earlier one of the same atomic writes at a checked key is no reason to plan anew: `write` asks `Place.written`
   * and goes on from there. So what many change at once leaves together.
   */
  rebases?: true;
  /** By stream, the head's seq as of which the plan was authorised: made anew when authority changed since. */
  asOf?: Record<string, number>;
  /**
   * Pure and quick: it may run several times, the last one counts. `place` throws for a stream not named. Gives undefined
   * where it can't go on from what is written before it in the atomic, never otherwise: then it is planned anew.
   */
  write(place: (stream: string) => AppendSlot): Written<T> | undefined;
}

/** A plan that finds nothing to write. */
export interface Settled<T> {
  result: T;
}

/** `attempt` is 0, then counts: what a plan took from a cache before, it must read afresh from 1 on. */
export type Plan<T> = (attempt: number) => Promise<Append<T> | Settled<T>>;

/** What a commit of this process appended to a stream, told to the hub at once. */
export interface Appended {
  stream: string;
  head: Head;
  events: WireEvent[];
}

/** The latest event of one name. A plan that relies on it passes `check` on, and asks its `Place` for a newer one. */
export interface Latest {
  data: unknown;
  check: Deno.AtomicCheck;
}

/** Where a follower stands, or why it can't. */
export type Located =
  | { seq: number; tag: string; head: Head }
  | { gone: "trimmed" | "epoch"; head: Head };

export interface Log {
  /** The database's epoch: the first part of every offset. */
  readonly epoch: string;
  /** How many streams one append may take at most, beside two checks of its own: 20, or 8 in a remote database. */
  readonly appendStreams: number;
  /**
   * Makes a plan and commits it: head, events and documents in one atomic. Appends to one stream leave in the order in
   * which `append` was called; `streams` names those whose order counts. Gives the plan's result once it is on disk.
   * Throws what the plan throws; `StorageUnavailable` after the deadline (it may have been done, or be done still, and is
   * told to followers then: plans are idempotent by key); `StorageFull`; `Refusal("too_large")` for a value over 60 KiB (nothing of this plan is written then).
   */
  append<T>(streams: string[], plan: Plan<T>): Promise<T>;
  /**
   * Resolves once what this process now has on its way to a stream has landed, or has failed: storage may show a commit
   * before its answer is here, and until then heads and documents are those from before it. Throws `StorageUnavailable`
   * after the deadline.
   */
  settled(stream: string): Promise<void>;
  head(stream: string): Promise<Head>;
  heads(streams: string[]): Promise<Head[]>;
  /** Up to `limit` events after `seq`, dense from `seq` + 1, as stored; throws `Trimmed` where that one is gone. */
  read(stream: string, seq: number, limit: number): Promise<StoredEvent[]>;
  /** The latest event of each of these names, by strong reads; its data is undefined where there was none. */
  latest(stream: string, names: string[]): Promise<Latest[]>;
  /** The documents that are not at their keys yet, oldest first. To be read before the keys are. */
  documents(stream: string): Promise<unknown[]>;
  /** Finds the position that an offset, `-1` or `now` names, by strong reads. */
  locate(stream: string, offset: string): Promise<Located>;
  /** `<epoch>_<seq, 16 digits>_<tag>` */
  offset(at: { seq: number; tag: string }): string;
  /** Told of each local commit's events, in order, right after it. */
  onAppended(listener: (appended: Appended) => void): void;
  /** Somebody has read a head's entry by themselves: it may be newer than what is known here. Gives the head. */
  heard(stream: string, entry: { value: Head | null; versionstamp: string | null }): Head;
  /** Told of each head that is read from storage, whoever reads it: it may be newer than what the listener knows. */
  onHead(listener: (stream: string, head: Head) => void): void;
  /** Looks no longer for the outcome of commits that storage has not answered. To be called before storage is closed. */
  close(): void;
}
