/** Randomness that a printed seed brings back. */

export interface Random {
  /** 0 to below 1. */
  next(): number;
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  /** A source of its own, so that what one client draws doesn't depend on when the others do. */
  fork(): Random;
}

/** SEED of the environment, or one by chance; printed, so that a failure can be run again. */
export function chosenSeed(what: string): number {
  const seed = Number(Deno.env.get("SEED")) || Math.floor(Math.random() * 0xffff_ffff);
  console.log(`${what}: SEED=${seed}`);
  return seed;
}

/** mulberry32: small, and good enough to choose moments by. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const random: Random = {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
    },
    between: (from, to) => from + Math.floor(random.next() * (to - from + 1)),
    fork: () => createRandom(Math.floor(random.next() * 0xffff_ffff)),
  };
  return random;
}
