/** The feed's event stream, shared by the tabs of a person; fetched behind the page's first scripts. */
import type { Transport } from "../../lib/client/connection/transport.ts";
import { createSseTransport, type SseTransportDeps } from "../../lib/client/transports/sse.ts";
import { createTabsTransport } from "../shared/browser_tabs.ts";

export function createFeedConnection(deps: Omit<SseTransportDeps, "open">): Transport {
  return createTabsTransport(deps, createSseTransport({ ...deps, open: (path) => new EventSource(path) }));
}
