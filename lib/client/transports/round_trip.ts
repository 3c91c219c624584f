/** The ping of a transport whose line only brings: a pull that waits for nothing. */
import type { PollAnswer } from "../../protocol/poll.ts";
import type { Clock } from "../connection/clock.ts";
import { type Ask, pull } from "./ask.ts";

/** What a pull found must come on the line within this, or the line is dead: a browser hides the server's comments. */
const STALLED_MS = 5_000;

export interface RoundTripDeps {
  ask: Ask;
  clock: Clock;
  /** By stream, the offset up to which the line has brought everything. */
  line(): Record<string, string>;
  isOver(): boolean;
  answered(): void;
  /** The line is open and dead: it does not bring what is there. */
  stalled(): void;
}

/**
 * Asks what is behind the offsets `at`. Without an answer nothing is told: the live client gives up by itself. A line that
 * stays at an offset of which the server knows more, or which it does not know any more, is dead.
 */
export async function roundTrip(deps: RoundTripDeps, at: Record<string, string>): Promise<void> {
  const { ask, clock, line, isOver, answered, stalled } = deps;
  let heads: PollAnswer["streams"];
  try {
    heads = (await pull(ask, at)).streams;
  } catch {
    return;
  }
  if (isOver()) return;
  answered();
  const isShort = () => Object.entries(at).some(([stream, from]) => heads[stream] !== from && line()[stream] === from);
  if (isShort()) clock.after(STALLED_MS, () => isShort() && stalled());
}
