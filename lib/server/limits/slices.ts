/** Long work in slices, so that whoever else waits for the event loop gets a turn between two of them. */
import { setImmediate } from "node:timers";

export const SLICE_MS = 5; // from the first such work in a turn of the loop; then everybody else has one

/** Does `make` for each item in order; between two of them others may have a turn, and other such work its item. */
export type InSlices = <T, R>(items: readonly T[], make: (item: T) => R) => Promise<R[]>;

export interface Slices {
  inSlices: InSlices;
  /** For work that stops by itself: undefined while the slice lasts, then what resolves when it may go on. */
  next(): Promise<void> | undefined;
}

/** `now` is a monotonic clock, ms. */
export function createSlices(now: () => number = () => performance.now()): Slices {
  let begunAt: number | undefined; // when the slice of this turn began
  /** Goes on in this order, so that a short piece of one person's never waits for a long list of another's. */
  const waiting: (() => boolean)[] = []; // each gives whether it goes on by itself; one at most of each work under way

  function isOver(): boolean {
    if (begunAt !== undefined) return now() - begunAt >= SLICE_MS;
    begunAt = now();
    setImmediate(turn);
    return false;
  }

  function turn(): void {
    begunAt = undefined;
    while (waiting.length > 0 && !isOver()) if (waiting.shift()?.()) break; // the slice is that work's
  }

  const mayGoOn = () => waiting.length === 0 && !isOver();

  /** Does it when its turn comes. */
  function later<R>(make: () => R): Promise<R> {
    return new Promise((resolve, reject) => {
      waiting.push(() => {
        try {
          resolve(make());
        } catch (error) {
          reject(error);
        }
        return false;
      });
    });
  }

  return {
    async inSlices(items, make) {
      const made = [];
      for (const item of items) made.push(mayGoOn() ? make(item) : await later(() => make(item)));
      return made;
    },
    next: () =>
      !isOver() ? undefined : new Promise((resolve) => {
        waiting.push(() => {
          resolve();
          return true;
        });
      }),
  };
}

/** Those of this process: there is one event loop. */
export const slices: Slices = createSlices();
