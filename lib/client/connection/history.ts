/** Records what happened to the connection, within bounds, for the inspector and the report that people send. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Clock } from "./clock.ts";
import type { Probe } from "./post.ts";
import type { TransportName } from "./transport.ts";

export const NOTES_MAX = 50;
export const ROUND_TRIPS_MAX = 150;

/**
 * `live`: it carries the session. `refused`: it never opened. `cut`: it opened, and closed before anything was said.
 * `silent`: nothing was heard in time. `broke`: a session ended. `away`: nothing can be reached.
 */
export type NoteKind = "live" | "refused" | "cut" | "silent" | "broke" | "away";

export interface Note {
  /** Ms since 1970. */
  at: number;
  transport: TransportName;
  kind: NoteKind;
  /** A close code like a WebSocket's. */
  code?: number;
  /** What the server answered over HTTP meanwhile. */
  probe?: Probe;
  why?: string;
}

export interface RoundTrip {
  at: number;
  ms: number;
}

export interface History {
  /** The oldest first. */
  notes: ReadonlySignal<readonly Note[]>;
  roundTrips: ReadonlySignal<readonly RoundTrip[]>;
  /** When the preferred transport is tried again, ms since 1970, while another carries. */
  nextTry: Signal<number | undefined>;
  note(note: Omit<Note, "at">): void;
  roundTrip(ms: number): void;
}

export function createHistory(clock: Clock): History {
  const notes = signal<readonly Note[]>([]);
  const roundTrips = signal<readonly RoundTrip[]>([]);
  return {
    notes,
    roundTrips,
    nextTry: signal<number | undefined>(undefined),
    note: (note) => void (notes.value = [...notes.peek(), { at: clock.now(), ...note }].slice(-NOTES_MAX)),
    roundTrip: (ms) =>
      void (roundTrips.value = [...roundTrips.peek(), { at: clock.now(), ms }].slice(-ROUND_TRIPS_MAX)),
  };
}
