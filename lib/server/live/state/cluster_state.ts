/**
 * Cluster: instances over one database exchange latest state, which is in no log: who is connected to each, and who
 * types there. Each writes its own state and reads those of the others, so that presence, typing and a poll's state
 * hash are the same at all of them (lib/protocol/README.md §5). An instance without connections has no state, and
 * writes nothing.
 */
import type { Clock } from "../clock.ts";

/** The part of an instance's state that changes often; it shows which lists of people have changed. */
export interface InstanceState {
  /** By part: how many times its list of people was written. */
  parts: number[];
  /** Room, person, and a number that changes each time they typed. */
  typing: [room: string, user: string, count: number][];
}

export interface StoredState {
  instance: string;
  /** Changes with each write. */
  version: string;
  state: InstanceState;
}

/** Stores the states of instances; every call may reject. */
export interface ClusterStore {
  /**
   * Writes a state with the parts that changed, and returns its version; undefined if the stored version is not
   * `before` any more. `before` undefined writes in any case.
   */
  write(
    instance: string,
    it: { board: InstanceState; people: Map<number, string[]>; before: string | undefined },
  ): Promise<string | undefined>;
  states(): Promise<StoredState[]>;
  /** The people of these parts, in their order. */
  people(instance: string, parts: number[]): Promise<string[][]>;
  remove(instance: string): Promise<void>;
  /** Yields after any write; may be late, end or throw. */
  watch(): ReadableStream<unknown>;
}

export interface ClusterOptions {
  clock: Clock;
  store: ClusterStore;
  /** A person is connected to one more instance, or to one less. */
  came(user: string): void;
  went(user: string): void;
  /** A person types at another instance, or does no longer. */
  typed(room: string, user: string): void;
  stopped(room: string, user: string): void;
  failed(error: unknown): void;
}

export interface Cluster {
  /** The first connection of a person to this instance, or the end of the last. */
  came(user: string): void;
  went(user: string): void;
  typed(room: string, user: string): void;
  stopped(room: string, user: string): void;
  /** Ends this instance's part: the others learn it at once, or notice its silence. */
  leave(): void;
  close(): void;
}
