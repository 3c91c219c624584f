/** What the log stores and what it is given (lib/server/log/README.md, The log). */
import type { Head, StoredEvent } from "../kv/documents.ts";
import type { KvSet, ValueAt } from "../kv/key.ts";
import type { AnyEvent, NewEvent, WireEvent } from "./events.ts";

export const EMPTY_TAG = "0000";
export const EMPTY: Head = { seq: 0, tag: EMPTY_TAG, first: 1, n: 0, lastAt: 0, authority: 0, tail: [] };

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
  written<K extends Deno.KvKey>(key: K): { value: ValueAt<K> | undefined } | undefined;
}

export interface Written<T, E extends AnyEvent = NewEvent> {
  /** In each stream, the events get consecutive seqs from its `place.seq` on, in this order. */
  events: E[];
  sets?: KvSet[];
  deletes?: Deno.KvKey[];
  /** Forgets the events before `first` (keeping the one just before it, whose tag proves an offset there). */
  trim?: { stream: string; first: number };
  result: T;
}

export interface Append<T, E extends AnyEvent = NewEvent> {
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
  write(slotOf: (stream: string) => AppendSlot): Written<T, E> | undefined;
}

/** A plan that finds nothing to write. */
export interface Settled<T> {
  result: T;
}

/** `attempt` is 0, then counts: what a plan took from a cache before, it must read afresh from 1 on. */
export type Plan<T, E extends AnyEvent = NewEvent> = (attempt: number) => Promise<Append<T, E> | Settled<T>>;

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

/** A log that takes events `E`. (`append` is a property, since TypeScript compares methods less strictly.) */
export interface Log<E extends AnyEvent = NewEvent> {
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
  /** The documents that are not at their keys yet, oldest first. To be read before the keys are. */
  documents(stream: string): Promise<unknown[]>;
  /** Finds the position that an offset, `-1` or `now` names, by strong reads. */
  locate(stream: string, offset: string): Promise<Located>;
  /** `<epoch>_<seq, 16 digits>_<tag>` */
  offset(at: { seq: number; tag: string }): string;
  /**
   * The versionstamps of streams' heads, null for one without events: those of now, then those after each change. It may
   * coalesce, and ends or throws when it pleases: it only says *look*.
   */
  watch(streams: string[]): ReadableStream<(string | null)[]>;
  /** Told of each local commit's events, in order, right after it. */
  onAppended(listener: (appended: Appended) => void): void;
  /** Somebody has read a head's entry by themselves: it may be newer than what is known here. Gives the head. */
  noteHead(stream: string, entry: { value: Head | null; versionstamp: string | null }): Head;
  /** Told of each head that is read from storage, whoever reads it may be newer than what the listener knows. */
  onHead(listener: (stream: string, head: Head) => void): void;
  /** Looks no longer for the outcome of commits that storage has not answered. To be called before storage is closed. */
  close(): void;
}

export type { Head, StoredEvent } from "../kv/documents.ts";
