/** The long-poll that carries where a page's own transport is blocked, shared by a person's tabs; and the way back. */
import { browserClock } from "../../lib/client/connection/clock.ts";
import { createFallback } from "../../lib/client/connection/fallback.ts";
import type { History } from "../../lib/client/connection/history.ts";
import type { Transport } from "../../lib/client/connection/transport.ts";
import type { Fallback } from "../../lib/client/connection/transport_choice.ts";
import { createPollTransport, type PollTransportDeps } from "../../lib/client/transports/poll.ts";
import { createTabsTransport } from "./browser_tabs.ts";

export function createBrowserFallback(
  web: Pick<PollTransportDeps, "me" | "fetch">,
  preferred: Transport,
  history: History,
): Fallback {
  const shared = { clock: browserClock, random: Math.random, history };
  const transport = createTabsTransport({ ...web, ...shared }, createPollTransport({ ...shared, ...web }));
  return createFallback({ ...shared, preferred, transport });
}
