/** Marks: `@@<nanoseconds>@@` in a message's text says when it was sent, so that no frame needs parsing. */

const AT = 0x40; // "@"
const ZERO = 0x30;

/** Now, in ns of this process's clock: whole, and never the same twice. */
export function createClock(): () => number {
  let last = 0;
  return () => last = Math.max(last + 1, Math.round(performance.now() * 1e6));
}

export function mark(ns: number): string {
  return `@@${ns}@@`;
}

/**
 * Calls `found` for every mark between `start` and `end`, once where it comes twice in a row (a message carries its text
 * and its parsed text). `skip` bytes behind a mark are known to hold no other.
 */
export function scan(bytes: Uint8Array, start: number, end: number, skip: number, found: (ns: number) => void): void {
  let previous = -1;
  for (let at = start; at < end - 1; at++) {
    if (bytes[at] !== AT || bytes[at + 1] !== AT) continue;
    let ns = 0;
    let next = at + 2;
    for (; next < end; next++) {
      const digit = (bytes[next] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      ns = ns * 10 + digit;
    }
    if (next === at + 2 || bytes[next] !== AT || bytes[next + 1] !== AT) continue;
    at = next + 1 + skip;
    if (ns === previous) continue;
    previous = ns;
    found(ns);
  }
}
