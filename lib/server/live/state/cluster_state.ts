/**
 * Cluster: what the instances over one database tell each other of latest state, which is in no log: who is connected
 * to each, and who types there. Each instance writes its own and reads the others', so that presence, typing and a
 * poll's `seen` are the same at all of them (lib/protocol/README.md §5). An instance with nobody has none, and writes
 * nothing.
 */
import type { Clock } from "../clock.ts";

/** What changes often, and says which lists of people did. */
export interface InstanceState {
  /** By part: how many times its list of people was written. */
  parts: number[];
  /** Room, person, and a number that is another one each time they typed. */
  typing: [room: string, user: string, count: number][];
}

export interface StoredState {
  instance: string;
  /** Another one each time it was written. */
  version: string;
  state: InstanceState;
}

/** Where boards are kept; every call may reject. */
export interface ClusterStore {
  /**
   * Writes a board with the parts that changed, and gives its version; undefined where it is not the `before` any more,
   * because it was removed, or never was. `before` undefined writes whatever there is.
   */
  write(
    instance: string,
    it: { board: InstanceState; people: Map<number, string[]>; before: string | undefined },
  ): Promise<string | undefined>;
  states(): Promise<StoredState[]>;
  /** The people of these parts, in their order. */
  people(instance: string, parts: number[]): Promise<string[][]>;
  remove(instance: string): Promise<void>;
  /** Says *look* after any write; may end or throw, and be late. */
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
  /** This instance goes: the others are told at once, or find out by its silence. */
  leave(): void;
  close(): void;
}
