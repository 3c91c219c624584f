/** Long work in slices, so that whoever else waits for the event loop gets a turn between two of them. */
import { setImmediate } from "node:timers/promises";

export const SLICE_MS = 5; // of all such work together; then everybody else has a turn

/** Does `make` for each item in order; between two of them others may have a turn. */
export type InSlices = <T, R>(items: readonly T[], make: (item: T) => R) => Promise<R[]>;

export interface Slices {
  inSlices: InSlices;
  /** For work that stops by itself: undefined while the slice lasts, then what resolves when others have had a turn. */
  next(): Promise<void> | undefined;
}

/** `now` is a monotonic clock, ms. */
export function createSlices(now: () => number = () => performance.now()): Slices {
  let spent = 0; // ms since others had a turn, on what is measured here
  let begunAt = -Infinity; // when they had it
  let turn: Promise<void> | undefined;

  function others(): Promise<void> {
    turn ??= setImmediate().then(() => {
      spent = 0;
      begunAt = now();
      turn = undefined;
    });
    return turn;
  }

  return {
    async inSlices(items, make) {
      const made = [];
      for (const item of items) {
        while (spent >= SLICE_MS) await others(); // whoever waited too may have used up the next slice
        const began = now();
        try {
          made.push(make(item));
        } finally {
          spent += now() - began;
        }
      }
      return made;
    },
    next: () => spent >= SLICE_MS || now() - begunAt >= SLICE_MS ? others() : undefined,
  };
}

/** Those of this process: there is one event loop. */
export const slices: Slices = createSlices();
