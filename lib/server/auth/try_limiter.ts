/**
 * Counts wrong passwords (lib/protocol/README.md §3): 10 for one handle from one address, or 100 from one address, and
 * further tries are refused, the right one too. Never by handle alone: that would let anybody lock people out.
 */
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { Refusal } from "../../protocol/errors.ts";
import { networkOf } from "./network.ts";

const WINDOW_S = 180;
const WRONG_MAX_PAIR = 10;
const WRONG_MAX_ADDRESS = 100;

export interface Who {
  handle: string;
  address: string;
  verb: string;
}

export interface TryLimiter {
  /** Throws `Refusal("rate_limited")` where no try is left. */
  assertLeft(who: Who): Promise<void>;
  /**
   * Counts a try as wrong before the password is checked, so that tries at once are bounded like tries in a row. Throws
   * `Refusal("rate_limited")`. Call the returned function to take the try back if the password was right.
   */
  begin(who: Who): Promise<() => Promise<void>>;
}

export function createTryLimiter({ limits }: { limits: boolean }): TryLimiter {
  if (!limits) return { assertLeft: () => Promise.resolve(), begin: () => Promise.resolve(() => Promise.resolve()) };
  const pairs = new RateLimiterMemory({ points: WRONG_MAX_PAIR, duration: WINDOW_S });
  const addresses = new RateLimiterMemory({ points: WRONG_MAX_ADDRESS, duration: WINDOW_S });

  return {
    async assertLeft(who) {
      const { address, pair } = keysOf(who);
      const [ofAddress, ofPair] = await Promise.all([addresses.get(address), pairs.get(pair)]);
      if (ofAddress && ofAddress.consumedPoints >= WRONG_MAX_ADDRESS) throw tooMany(who.verb, ofAddress);
      if (ofPair && ofPair.consumedPoints >= WRONG_MAX_PAIR) throw tooMany(who.verb, ofPair);
    },

    async begin(who) {
      const { address, pair } = keysOf(who);
      await count(addresses, address, who.verb); // first: an address that has none left makes no more pairs
      try {
        await count(pairs, pair, who.verb);
      } catch (error) {
        await addresses.reward(address);
        throw error;
      }
      return async () => {
        await Promise.all([addresses.reward(address), pairs.reward(pair)]);
      };
    },
  };
}

function keysOf({ handle, address: from }: Who): { address: string; pair: string } {
  const address = networkOf(from);
  return { address, pair: `${address} ${handle}` };
}

async function count(limiter: RateLimiterMemory, key: string, verb: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    await limiter.reward(key); // a refused request is no try
    throw tooMany(verb, error);
  }
}

function tooMany(verb: string, { msBeforeNext }: RateLimiterRes): Refusal {
  return new Refusal("rate_limited", `Cannot ${verb}: too many wrong passwords`, { retryAfter: msBeforeNext });
}
