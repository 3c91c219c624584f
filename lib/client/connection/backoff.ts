/** How long to wait before trying again: full jitter, so that all clients of one restart come back spread out. */
const FIRST_MS = 500;
export const BACKOFF_MAX_MS = 15_000;
/** The longest wait that a server is granted: a timer of more than 24 days would run at once. */
export const ASKED_MAX_MS = 60_000;
const DOUBLINGS_MAX = 10;

/**
 * The wait before try number `tries` (0 is the first), in ms: uniform below min(cap, first × 2^tries). `random` gives a
 * number from 0 to below 1. Source: "Exponential Backoff And Jitter", AWS Architecture Blog, full jitter.
 */
export function backoff(tries: number, random: () => number): number {
  return Math.floor(random() * backoffCap(tries));
}

/** What `backoff` stays below, in ms. */
export function backoffCap(tries: number): number {
  return Math.min(BACKOFF_MAX_MS, FIRST_MS * 2 ** Math.min(tries, DOUBLINGS_MAX));
}
