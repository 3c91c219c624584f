/**
 * Counts wrong passwords (PROTOCOL.md §3): 10 for one handle from one address, or 100 from one address, and further
 * tries are refused, the right one too. Never by handle alone: that would let anybody lock people out.
 */
import { RateLimiterMemory } from "rate-limiter-flexible";
import { Refusal } from "../protocol/errors.ts";

const WINDOW_S = 180;
const WRONG_MAX_PAIR = 10;
const WRONG_MAX_ADDRESS = 100;
const IPV6_NETWORK_GROUPS = 4; // a /64 is one customer, who may use every address in it

export interface TryLimiter {
  /**
   * Runs one try; `fits` tells whether the password was right. Tries for one handle from one address run one after
   * another, so that a burst gets no more of them than a row. Throws `Refusal("rate_limited")`.
   */
  attempt(who: { handle: string; address: string; verb: string }, fits: () => Promise<boolean>): Promise<boolean>;
}

export function createTryLimiter({ limits }: { limits: boolean }): TryLimiter {
  if (!limits) return { attempt: (_who, fits) => fits() };
  const pairs = new RateLimiterMemory({ points: WRONG_MAX_PAIR, duration: WINDOW_S });
  const addresses = new RateLimiterMemory({ points: WRONG_MAX_ADDRESS, duration: WINDOW_S });
  const rows = new Map<string, Promise<unknown>>();

  async function tryNow(address: string, pair: string, verb: string, fits: () => Promise<boolean>): Promise<boolean> {
    await assertUnder(pairs, pair, WRONG_MAX_PAIR, verb);
    await assertUnder(addresses, address, WRONG_MAX_ADDRESS, verb);
    if (await fits()) return true;
    await Promise.all([pairs.penalty(pair), addresses.penalty(address)]);
    return false;
  }

  return {
    attempt({ handle, address: from, verb }, fits) {
      const address = toNetwork(from);
      const pair = `${address} ${handle}`;
      const before = rows.get(pair) ?? Promise.resolve();
      const run = () => tryNow(address, pair, verb, fits);
      const outcome = before.then(run, run);
      rows.set(pair, outcome);
      const forget = () => {
        if (rows.get(pair) === outcome) rows.delete(pair);
      };
      outcome.then(forget, forget);
      return outcome;
    },
  };
}

async function assertUnder(limiter: RateLimiterMemory, key: string, max: number, verb: string): Promise<void> {
  const state = await limiter.get(key);
  if (!state || state.consumedPoints < max) return;
  throw new Refusal("rate_limited", `Cannot ${verb}: too many wrong passwords`, { retryAfter: state.msBeforeNext });
}

/** The /64 of an IPv6 address; others as they are. */
function toNetwork(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail = ""] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === "" ? [] : tail.split(":");
  const zeros = address.includes("::") ? Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0") : [];
  return [...left, ...zeros, ...right].slice(0, IPV6_NETWORK_GROUPS).join(":");
}
