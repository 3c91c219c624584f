/** The client's clock; injected, so that tests move it by hand. */
export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `run` once after `ms`, unless cancelled. */
  after(ms: number, run: () => void): Cancel;
}

/** How long ago `at` was, in ms. A time ahead counts as long ago, because somebody has put the clock back. */
export function since(at: number, clock: Clock): number {
  const age = clock.now() - at;
  return age < 0 ? Infinity : age;
}

export const browserClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
