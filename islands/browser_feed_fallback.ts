/** What carries the feed where no event stream gets through; fetched only then. */
import "./feed.tsx"; // As in the room's: all that is shared is one chunk.
import { browserClock } from "../lib/client/clock.ts";
import { createFallback } from "../lib/client/fallback.ts";
import type { Transport } from "../lib/client/transport.ts";
import type { Fallback } from "../lib/client/transport_choice.ts";
import { createPollTransport, type PollTransportDeps } from "../lib/client/transports/poll.ts";

export function createBrowserFallback(web: Pick<PollTransportDeps, "me" | "fetch">, preferred: Transport): Fallback {
  const shared = { clock: browserClock, random: Math.random };
  return createFallback({ ...shared, preferred, transport: createPollTransport({ ...shared, ...web }) });
}
