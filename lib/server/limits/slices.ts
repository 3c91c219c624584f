/** Long work in slices, so that whoever else waits for the event loop gets a turn between two of them. */
import { setImmediate } from "node:timers";
import { later as laterTurn } from "./turns.ts";

export const SLICE_MS = 4; // of such work in a row; then everybody else has a turn
const SHORT_MS = 1; // of work, after which nobody needs one
const REST_MS = 3; // from a slice's end, after which others have had theirs

/** Does `make` for each item in order; between two of them others may have a turn, and other such work its item. */
export type InSlices = <T, R>(items: readonly T[], make: (item: T) => R) => Promise<R[]>;

export interface Slices {
  inSlices: InSlices;
  /** For work that stops by itself: undefined while the slice lasts, then what resolves when it may go on. */
  next(): Promise<void> | undefined;
}

/** `now` is a monotonic clock, ms; `later` runs what it is given when others have had a turn. */
export function createSlices(now: () => number = () => performance.now(), later = laterTurn): Slices {
  let begunAt: number | undefined; // when this slice began
  let overAt: number | undefined; // when it was over, until others have had a turn
  let isScheduled = false;
  /** Goes on in this order, so that a short piece of one person's never waits for a long list of another's. */
  const waiting: (() => void)[] = []; // one at most of each work under way

  function isOver(): boolean {
    if (overAt !== undefined && now() - overAt >= REST_MS) begunAt = overAt = undefined;
    if (begunAt === undefined) {
      begunAt = now();
      schedule();
    } else if (now() - begunAt >= SLICE_MS) overAt ??= now();
    return overAt !== undefined;
  }

  function wait(goesOn: () => void): void {
    waiting.push(goesOn);
    schedule();
  }

  /** A timer runs only where somebody waits for others to have their turn. */
  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    if (overAt === undefined) return void setImmediate(turn);
    later(() => {
      begunAt = overAt = undefined;
      turn();
    });
  }

  function turn(): void {
    isScheduled = false;
    if (waiting.length === 0) return endTurn();
    if (!isOver()) waiting.shift()?.();
    if (waiting.length > 0 || overAt === undefined) schedule(); // when that work has gone on
  }

  function endTurn(): void {
    if (begunAt === undefined || overAt !== undefined) return;
    if (now() - begunAt < SHORT_MS) begunAt = undefined;
    else overAt = now();
  }

  const mayGoOn = () => waiting.length === 0 && !isOver();

  /** Does it when its turn comes. */
  function inTurn<R>(make: () => R): Promise<R> {
    return new Promise((resolve, reject) => {
      wait(() => {
        try {
          resolve(make());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  return {
    async inSlices(items, make) {
      const made = [];
      for (const item of items) made.push(mayGoOn() ? make(item) : await inTurn(() => make(item)));
      return made;
    },
    next: () => isOver() ? new Promise(wait) : undefined,
  };
}

/** Those of this process: there is one event loop. */
export const slices: Slices = createSlices();
