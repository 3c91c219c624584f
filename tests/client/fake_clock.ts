import type { Clock } from "../../lib/client/connection/clock.ts";

/** Timers set by so long a chain of timers wait in a hidden page. */
const CHAIN_MAX = 5;
const MINUTE_MS = 60_000;

export interface FakeClock extends Clock {
  /** Moves time, running what falls due in its order. */
  advance(ms: number): void;
  /** As Chromium does in a page hidden for 5 min: a timer of a chain runs on the whole minute, any other in time. */
  hide(): void;
  /** The machine sleeps: time goes by, and nothing runs. */
  sleep(ms: number): void;
  /** Somebody puts the clock back; timers don't mind. */
  putBack(ms: number): void;
}

export function createFakeClock(start = 1_000_000): FakeClock {
  let now = start;
  let last = 0;
  let skew = 0;
  let isHidden = false;
  /** Timers whose turn this is in, each set by the one before. */
  let chain = 0;
  const timers = new Map<number, { at: number; chain: number; run: () => void }>();
  return {
    now: () => now - skew,
    after(ms, run) {
      const id = ++last;
      const isLate = isHidden && chain + 1 >= CHAIN_MAX;
      const at = isLate ? Math.ceil((now + ms) / MINUTE_MS) * MINUTE_MS : now + ms;
      timers.set(id, { at, chain: chain + 1, run });
      return () => timers.delete(id);
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const due = [...timers].filter(([, it]) => it.at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
        if (!due) break;
        timers.delete(due[0]);
        now = Math.max(now, due[1].at);
        chain = due[1].chain;
        due[1].run();
        chain = 0;
      }
      now = end;
    },
    hide: () => void (isHidden = true),
    sleep: (ms) => void (now += ms),
    putBack: (ms) => void (skew += ms),
  };
}

/** Lets every promise that can settle do so. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}
