/**
 * Marks: `##<nanoseconds>## xxx…` in a message's text says when it was sent, so that no frame needs parsing. The run of
 * x behind it makes them cheap to find: whoever looks at one byte in so many meets every run.
 */

const MARK = 0x23; // "#": no mention, and no heading without a space behind it
const SPACE = 0x20;
const X = 0x78;
const ZERO = 0x30;
const RUN = 100; // x behind a mark
const STRIDE = 50; // bytes between two looks: a run is met twice, which shortens the way back to its start

/** Now, in ns of this process's clock: whole, and never the same twice. */
export function createClock(): () => number {
  let last = 0;
  return () => last = Math.max(last + 1, Math.round(performance.now() * 1e6));
}

/** The text of a message sent at `ns`. */
export function markedText(ns: number): string {
  return `##${ns}## ${"x".repeat(RUN)}`;
}

/**
 * Calls `found` for every mark between `start` and `end`, once where it comes twice in a row (a message carries its text
 * and its parsed text).
 */
export function scan(bytes: Uint8Array, start: number, end: number, found: (ns: number) => void): void {
  let previous = -1;
  let floor = start; // nothing before it is looked at again
  for (let at = start; at < end; at += STRIDE) {
    if (bytes[at] !== X) continue;
    let run = at;
    while (run > floor && bytes[run - 1] === X) run--;
    const ns = markBefore(bytes, run, floor);
    floor = at + 1;
    if (ns === undefined) continue;
    floor = run + RUN;
    at = floor - STRIDE;
    if (ns === previous) continue;
    previous = ns;
    found(ns);
  }
}

/** The mark that ends, with its space, just before `run`. */
function markBefore(bytes: Uint8Array, run: number, floor: number): number | undefined {
  if (bytes[run - 1] !== SPACE || bytes[run - 2] !== MARK || bytes[run - 3] !== MARK) return undefined;
  let ns = 0;
  let unit = 1;
  let at = run - 4;
  for (; at > floor; at--) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    ns += digit * unit;
    unit *= 10;
  }
  return unit > 1 && bytes[at] === MARK && bytes[at - 1] === MARK ? ns : undefined;
}
