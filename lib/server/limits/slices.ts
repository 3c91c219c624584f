/** Cuts long work into slices, so that others who wait for the event loop get a turn between two of them. */
import { setImmediate } from "node:timers";
import { later as laterTurn } from "./turns.ts";

export const SLICE_MS = 1; // of such work in a row; then others get a turn
const SHORT_MS = 0.5; // of work; a shorter one lets nobody wait
const REST_MS = 3; // from the end of a slice; by then others have had their turn

/** Calls `make` for each item in order; in between others may get a turn, and other such work an item. */
export type InSlices = <T, R>(items: readonly T[], make: (item: T) => R) => Promise<R[]>;

export interface Slices {
  inSlices: InSlices;
  /** For work that stops by itself: undefined while the slice lasts, then a promise that resolves when it may go on. */
  next(): Promise<void> | undefined;
}

/** `now` is a monotonic clock, ms; `later` runs its argument once others have had a turn. */
export function createSlices(now: () => number = () => performance.now(), later = laterTurn): Slices {
  let begunAt: number | undefined; // when this slice began
  let overAt: number | undefined; // when it was over, until others have had a turn
  let isScheduled = false;
  /** Work goes on in this order, so that one person's short piece never waits for another's long list. */
  const waiting: (() => void)[] = []; // at most one of each work under way

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

  /** Others are waited for only where work waits as well. */
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

  /** Runs the item when its turn comes. */
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

/** The slices of this process, which has one event loop. */
export const slices: Slices = createSlices();
