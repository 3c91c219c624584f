/**
 * Names a creating command (lib/protocol/README.md §3): the time, then 120 random bits. The time makes the keys of all
 * clients grow, so that storage puts each beside the last; nothing relies on the time being right.
 */
const TIME_LENGTH = 9; // milliseconds in base 36, until the year 5188
const RANDOM_BYTES = 15;

/** A fresh key. `randomUUID` does not exist on plain http, nor `toBase64` in all browsers that we serve. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  const random = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
  return Date.now().toString(36).padStart(TIME_LENGTH, "0") + random;
}
