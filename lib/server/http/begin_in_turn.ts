/** Lets few requests of an address, then of a person, begin in a turn of the event loop: hundreds may come at once. */
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { createPace, inOnePiece, type Pace, TURN_POINTS } from "../limits/pace.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { Env } from "./env.ts";

const OF_ADDRESS = 8; // in a turn: up to the look-up of the sign-in
const OF_PERSON = 4; // in a turn: those that share a look-up go on at the same moment
const RETRY_MS = 1_000;

/** `limits: false` lets all begin at once. */
export function beginInTurn({ limits }: { limits: boolean }) {
  return inTurn(limits, OF_ADDRESS, createPace(), (c) => c.get("address"));
}

/** The same for those who are signed in, by the pace of what else they do. Mount it behind `signedIn`. */
export function goOnInTurn({ limits }: { limits: boolean }, pace: Pace, count = OF_PERSON) {
  return inTurn(limits, count, pace, (c) => c.get("signedIn")?.user.id);
}

function inTurn(limits: boolean, count: number, pace: Pace, whose: (c: Context<Env>) => string | undefined) {
  return createMiddleware<Env>(async (c, next) => {
    const who = whose(c);
    if (limits && who !== undefined) {
      await new Promise<void>((resolve, reject) => {
        if (pace.take(who, inOnePiece(TURN_POINTS / count, resolve))) return;
        reject(new Refusal("rate_limited", "Cannot answer: too much is under way", { retryAfter: RETRY_MS }));
      });
    }
    await next();
  });
}
