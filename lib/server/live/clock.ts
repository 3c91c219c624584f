/** The clock of `live`; injected, so that tests move it by hand. */
export type Cancel = () => void;

export interface Clock {
  /** Monotonic milliseconds: the clock on the wall may jump. */
  now(): number;
  /** Runs `run` once after `ms`, unless it is cancelled. */
  after(ms: number, run: () => void): Cancel;
}

export const processClock: Clock = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Runs `run` every `ms`, until it is cancelled. */
export function every(ms: number, run: () => void, clock: Clock): Cancel {
  let cancel = clock.after(ms, turn);
  function turn(): void {
    cancel = clock.after(ms, turn);
    run();
  }
  return () => cancel();
}
