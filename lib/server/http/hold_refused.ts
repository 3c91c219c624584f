/**
 * Holds the answer to what is refused because it is too much (429), for up to a second: whoever comes back at once is
 * refused once a second on each connection, and no faster. `Retry-After` has whole seconds anyway. What was refused at
 * the same moment is answered a few a turn of the event loop. A server that goes down holds nothing.
 */
import { createPace, inOnePiece, TURN_POINTS } from "../limits/pace.ts";
import type { Problem } from "../../protocol/errors.ts";

const HELD_MS = 1_000;
export const HELD_MAX = 1_000; // answers at a time, fewer than a pace lets wait; more are given at once
const A_TURN = 4; // answers, of all people

/** Resolves when the problem may be answered; gives undefined where that is at once. */
export type Hold = (problem: Problem) => Promise<void> | undefined;

/** `later` runs its first argument after so many ms. */
export function createHold(later: (done: () => void, ms: number) => void, draining: AbortSignal): Hold {
  const pace = createPace();
  const held = new Set<() => void>();
  draining.addEventListener("abort", () => held.forEach((end) => end()));
  return ({ code, retryAfter = 0 }) => {
    if (code !== "rate_limited" || held.size >= HELD_MAX || draining.aborted) return undefined;
    return new Promise((resolve) => {
      const end = () => {
        held.delete(end);
        resolve();
      };
      held.add(end);
      later(() => void pace.take("", inOnePiece(TURN_POINTS / A_TURN, end)), Math.min(retryAfter, HELD_MS));
    });
  };
}
