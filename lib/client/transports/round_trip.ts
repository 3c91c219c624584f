/** The ping of a transport whose connection is one-way: a pull that waits for nothing. */
import type { PollAnswer } from "../../protocol/poll.ts";
import type { Clock } from "../connection/clock.ts";
import { type Ask, pull } from "./ask.ts";

/** What a pull found must come on the connection within this, or it is dead: a browser hides the server's comments. */
const STALLED_MS = 5_000;

export interface RoundTripDeps {
  ask: Ask;
  clock: Clock;
  /** By stream, the offset up to which the connection has delivered. */
  delivered(): Record<string, string>;
  isOver(): boolean;
  answered(): void;
  /** The connection is open but dead: it does not deliver what is there. */
  stalled(): void;
}

/**
 * Asks what follows the offsets `at`. Without an answer it reports nothing: the live client gives up by itself. The
 * connection is dead if it stays at an offset that the server has passed, or no longer knows.
 */
export async function roundTrip(deps: RoundTripDeps, at: Record<string, string>): Promise<void> {
  const { ask, clock, delivered, isOver, answered, stalled } = deps;
  let heads: PollAnswer["streams"];
  try {
    heads = (await pull(ask, at)).streams;
  } catch {
    return;
  }
  if (isOver()) return;
  answered();
  const isShort = () =>
    Object.entries(at).some(([stream, from]) => heads[stream] !== from && delivered()[stream] === from);
  if (isShort()) clock.after(STALLED_MS, () => isShort() && stalled());
}
