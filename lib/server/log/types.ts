/** Types of the log: what it stores and what callers give it (lib/server/log/README.md, The log). */
import type { Head, StoredEvent } from "../kv/documents.ts";
import type { KvSet, ValueAt } from "../kv/key.ts";
import type { AnyEvent, NewEvent, WireEvent } from "./events.ts";

export const EMPTY_TAG = "0000";
export const EMPTY: Head = { seq: 0, tag: EMPTY_TAG, first: 1, n: 0, lastAt: 0, authority: 0, tail: [] };

/** Completes events by reference with the documents as they are now. Given by the feature that owns the documents. */
export type Join = (stream: string, events: StoredEvent[]) => Promise<WireEvent[]>;

/** The position that an append gets in a stream, known when the batch is built and each time it is rebuilt. */
export interface AppendSlot {
  /** The seq that the stream's next event gets. */
  seq: number;
  /** The tag that the stream's next event gets: with `seq`, its offset. */
  tag: string;
  /** The number that the stream's next numbered event gets. */
  n: number;
  /** The server's time. */
  at: number;
  /** The data of the latest event with that compaction key, if it is newer than what `Log.latest` can have read. */
  latest(name: string): unknown;
  /** What an earlier append of the same atomic writes at a key; its value is undefined where it deletes the key. */
  written<K extends Deno.KvKey>(key: K): { value: ValueAt<K> | undefined } | undefined;
}

export interface Written<T, E extends AnyEvent = NewEvent> {
  /** The events of each stream get consecutive seqs from its `AppendSlot.seq` on, in this order. */
  events: E[];
  sets?: KvSet[];
  deletes?: Deno.KvKey[];
  /** Forgets the events before `first` (keeping the one just before it, whose tag proves an offset there). */
  trim?: { stream: string; first: number };
  result: T;
}

/** Bytes of keys and values, and how many are set or deleted; an event counts as one, and so may its document. */
export interface Size {
  bytes: number;
  mutations: number;
}

export interface Append<T, E extends AnyEvent = NewEvent> {
  /** Streams that `write` may append to beside those of the call: at most `Log.appendStreams` in all. */
  streams?: string[];
  /** Keys that the plan has read and relies on. If one has changed, the plan runs again. */
  checks?: Deno.AtomicCheck[];
  /**
   * If an earlier append of the same atomic writes a key that this one checks, this one is not planned again: `write`
   * reads the new value from `AppendSlot.written`. So appends that change the same thing can share an atomic.
   */
  rebases?: true;
  /** At most what `write` gives to store. Without it `write` is run once more, to be measured. */
  size?: Size;
  /** By stream, the head's seq as of the plan's authorisation. If authority changed since, the plan runs again. */
  asOf?: Record<string, number>;
  /**
   * Must be pure and quick: it may run several times, and the last run counts. `slotOf` throws for a stream that was
   * not named. Returns undefined only if it cannot build on what is written before it in the atomic; then the plan runs
   * again.
   */
  write(slotOf: (stream: string) => AppendSlot): Written<T, E> | undefined;
}

/** The result of a plan that has nothing to write. */
export interface Settled<T> {
  result: T;
}

/** `attempt` starts at 0 and counts up. What a plan took from a cache at 0, it must read from storage from 1 on. */
export type Plan<T, E extends AnyEvent = NewEvent> = (attempt: number) => Promise<Append<T, E> | Settled<T>>;

/** What a commit of this process appended to a stream. */
export interface Appended {
  stream: string;
  head: Head;
  events: WireEvent[];
}

/** The latest event with a compaction key. A plan that relies on it passes `check` on, and asks its `AppendSlot`. */
export interface Latest {
  data: unknown;
  check: Deno.AtomicCheck;
}

/** The position that an offset names, or why there is none. */
export type Located =
  | { seq: number; tag: string; head: Head }
  | { gone: "trimmed" | "epoch"; head: Head };

/** A log that takes events `E`. (`append` is a property, since TypeScript compares methods less strictly.) */
export interface Log<E extends AnyEvent = NewEvent> {
  /** The database's epoch: the first part of every offset. */
  readonly epoch: string;
  /** How many streams one append may take at most, beside two checks of its own: 20, or 8 in a remote database. */
  readonly appendStreams: number;
  /**
   * Runs a plan and commits it: head, events and documents in one atomic. Appends to one stream are committed in the
   * order in which `append` was called; `streams` names those whose order counts. Resolves with the result of the plan
   * once it is on disk. Throws what the plan throws; `StorageUnavailable` after the deadline (the commit may still
   * land, and followers get it then: plans are idempotent by key); `StorageFull`; `Refusal("too_large")` for a value
   * over 60 KiB (then nothing of this plan is written).
   */
  readonly append: <T>(streams: string[], plan: Plan<T, E>) => Promise<T>;
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
  /** The data of the latest event of each name that begins with `prefix`, as of `head` or later, by (ASCII) name. */
  latestIn(stream: string, head: Head, prefix: string): Promise<Map<string, unknown>>;
  /** The documents that are not at their keys yet, oldest first. Read them before the keys. */
  documents(stream: string): Promise<unknown[]>;
  /** Finds the position that an offset, `-1` or `now` names, by strong reads. */
  locate(stream: string, offset: string): Promise<Located>;
  /** `<epoch>_<seq, 16 digits>_<tag>` */
  offset(at: { seq: number; tag: string }): string;
  /** Streams' head versionstamps (null without events), then those after changes. It may coalesce, end or throw. */
  watch(streams: string[]): ReadableStream<(string | null)[]>;
  /** Calls the listener with the events of each commit of this process, in order, right after it. */
  onAppended(listener: (appended: Appended) => void): void;
  /** Takes the entry of a head that was read elsewhere, since it may be newer. Returns the head. */
  noteHead(stream: string, entry: { value: Head | null; versionstamp: string | null }): Head;
  /** Calls the listener with each head that is read from storage, since it may be newer than the known one. */
  onHead(listener: (stream: string, head: Head) => void): void;
  /** Stops looking for the outcome of commits that storage has not answered. Call it before closing storage. */
  close(): void;
}

export type { Head, StoredEvent } from "../kv/documents.ts";
