/** The ping of a transport whose connection is one-way: a pull that waits for nothing. */
import type { PollAnswer } from "../../protocol/poll.ts";
import type { Clock } from "../connection/clock.ts";
import type { TransportEvents } from "../connection/transport.ts";
import { type Ask, pull } from "./ask.ts";
import type { ResumePoints } from "./resume_points.ts";

/** What a pull found must come on the connection within this, or it is dead: a browser hides the server's comments. */
const STALLED_MS = 5_000;

export interface PingDeps {
  ask: Ask;
  clock: Clock;
  points: Pick<ResumePoints, "streams" | "delivered">;
  give: TransportEvents["frame"];
  isOver(): boolean;
  /** The connection is open but dead: it does not deliver what is there. */
  stalled(): void;
}

/**
 * Asks what follows the offsets that the connection has delivered. Without an answer it reports nothing: the live
 * client gives up by itself. The connection is dead if it stays at an offset that the server has passed, or no longer
 * knows.
 */
export function createPing({ ask, clock, points, give, isOver, stalled }: PingDeps): (id: number) => Promise<void> {
  return async (id) => {
    const followed = points.streams();
    const at = Object.fromEntries(Object.entries(points.delivered()).filter(([stream]) => followed.includes(stream)));
    let heads: PollAnswer["streams"];
    try {
      heads = (await pull(ask, at)).streams;
    } catch {
      return;
    }
    if (isOver()) return;
    give({ t: "pong", id });
    const isShort = () =>
      Object.entries(at).some(([stream, from]) => heads[stream] !== from && points.delivered()[stream] === from);
    if (isShort()) clock.after(STALLED_MS, () => isShort() && stalled());
  };
}
