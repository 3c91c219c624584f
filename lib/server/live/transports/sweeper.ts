/** Checks all connections by one timer: ten thousand timers would cost more than the connections. */
import { type Clock, every } from "../clock.ts";

export const PING_MS = 25_000; // a client that can send, and has sent nothing for this long, sends a ping
const SWEEP_MS = 2_500; // so that a silence of twice PING_MS is noticed about then

export interface Swept {
  /** Checks itself; `now` is monotonic, in ms. */
  sweep(now: number): void;
}

export interface Sweeper {
  /** How many connections it has. */
  count(): number;
  add(it: Swept): void;
  delete(it: Swept): void;
  /** Checks all of them. */
  sweep(now: number): void;
  close(): void;
}

export function createSweeper(clock: Clock): Sweeper {
  const all = new Set<Swept>();
  const sweep = (now: number) => {
    for (const it of all) it.sweep(now);
  };
  return {
    count: () => all.size,
    add: (it) => all.add(it),
    delete: (it) => all.delete(it),
    sweep,
    close: every(SWEEP_MS, () => sweep(clock.now()), clock),
  };
}
