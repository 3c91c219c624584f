/** Lets a few requests of one address begin in a turn of the event loop: hundreds may come at once. */
import { createMiddleware } from "hono/factory";
import { createPace, inOnePiece, TURN_POINTS } from "../limits/pace.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { Env } from "./env.ts";

const REQUEST_POINTS = TURN_POINTS / 8; // an address may make so many in a turn
const RETRY_MS = 1_000;

/** `limits: false` lets all begin at once. */
export function beginInTurn({ limits }: { limits: boolean }) {
  const pace = createPace();
  return createMiddleware<Env>(async (c, next) => {
    if (limits) {
      await new Promise<void>((resolve, reject) => {
        if (pace.take(c.get("address"), inOnePiece(REQUEST_POINTS, resolve))) return;
        reject(new Refusal("rate_limited", "Cannot answer: too much is under way", { retryAfter: RETRY_MS }));
      });
    }
    await next();
  });
}
