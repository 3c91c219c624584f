/** The long-poll that carries where a page's own transport is blocked, shared by a person's tabs; and the way back. */
import { browserClock } from "../../lib/client/connection/clock.ts";
import { createFallback } from "../../lib/client/connection/fallback.ts";
import type { History } from "../../lib/client/connection/history.ts";
import type { Because, Transport } from "../../lib/client/connection/transport.ts";
import type { Fallback } from "../../lib/client/connection/transport_choice.ts";
import { createPollTransport, type PollTransportDeps } from "../../lib/client/transports/poll.ts";
import { createTabsTransport } from "./browser_tabs.ts";

export function createBrowserFallback(
  web: Pick<PollTransportDeps, "me" | "fetch">,
  preferred: Transport,
  history: History,
  because: () => Because | undefined,
): Fallback {
  const shared = { clock: browserClock, random: Math.random, history };
  const instead = () => {
    const [from, why] = [preferred.name, because()];
    return why === undefined || from === "poll" ? undefined : { from, because: why };
  };
  const transport = createTabsTransport({ ...web, ...shared }, createPollTransport({ ...shared, ...web, instead }));
  return createFallback({ ...shared, preferred, transport });
}
