/** When a job warms up, measures and ends, and what all kinds of jobs need besides. */
import process from "node:process";

const RUN_CHARS = 16;
const ERROR_WITHIN_BYTES = 64; // of a reply: {"t":"reply","id":7,"error":…

export interface Span {
  start(at: number): void;
  /** Messages may still be sent. */
  sending(at: number): boolean;
  /** Past the warm-up. */
  warm(at: number): boolean;
  /** Within the time that is measured. */
  holds(at: number): boolean;
  elapsedMs(at: number): number;
  readonly totalMs: number;
  /** The cores that this process has kept busy since the start, 1 being one whole core. */
  busy(): number;
}

/** A span of `seconds` behind a warm-up; times are `performance.now()`'s. */
export function createSpan(warmUpMs: number, seconds: number): Span {
  const totalMs = warmUpMs + seconds * 1_000;
  let from = Infinity;
  let usage = process.cpuUsage();
  return {
    totalMs,
    start(at) {
      from = at;
      usage = process.cpuUsage();
    },
    sending: (at) => at >= from && at < from + totalMs,
    warm: (at) => at >= from + warmUpMs,
    holds: (at) => at >= from + warmUpMs && at < from + totalMs,
    elapsedMs: (at) => at - from,
    busy() {
      const { user, system } = process.cpuUsage(usage);
      return (user + system) / 1_000 / (performance.now() - from);
    },
  };
}

/** A name that no other run has: keys that were used before would find their messages instead of making new ones. */
export function runName(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, RUN_CHARS);
}

const latin1 = new TextDecoder("latin1");

/** True for a reply that carries a problem. */
export function isRefusal(bytes: Uint8Array, start: number, end: number): boolean {
  return latin1.decode(bytes.subarray(start, Math.min(end, start + ERROR_WITHIN_BYTES))).includes('"error"');
}
