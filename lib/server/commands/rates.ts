/** Bounds one person's calls: to twice the promise of lib/protocol/README.md §3, so that no busy client is refused. */
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { Command } from "../../protocol/command.ts";
import { type CommandName, commands } from "../../protocol/commands.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { Call, SignedInCall } from "./handlers.ts";

const WINDOW_S = 10;
const CALLS_MAX = 600; // a person, in the window
const SENDS_MAX = 120; // a person, in the window
const OPEN_CALLS_MAX = 600; // an address, in the window: many people may come from one

export interface Rates {
  /** Counts a call. Throws `Refusal("rate_limited")` for one too many. */
  count(name: CommandName, call: Call | SignedInCall): Promise<void>;
}

export function createRates({ limits }: { limits: boolean }): Rates {
  if (!limits) return { count: () => Promise.resolve() };
  const calls = new RateLimiterMemory({ points: CALLS_MAX, duration: WINDOW_S });
  const sends = new RateLimiterMemory({ points: SENDS_MAX, duration: WINDOW_S });
  const open = new RateLimiterMemory({ points: OPEN_CALLS_MAX, duration: WINDOW_S });

  return {
    async count(name, call) {
      const { verb, load }: Command = commands[name];
      if (!("user" in call)) return await consume(open, call.address, verb);
      await consume(calls, call.user.id, verb);
      if (load === "send") await consume(sends, call.user.id, verb);
    },
  };
}

async function consume(limiter: RateLimiterMemory, key: string, verb: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    throw new Refusal("rate_limited", `Cannot ${verb}: too many requests`, { retryAfter: error.msBeforeNext });
  }
}
