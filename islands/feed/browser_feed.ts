/** The feed's live session: `lib/client` given the browser's event stream, clock, chance and storage. */
import { browserClock } from "../../lib/client/connection/clock.ts";
import { createLiveClient, type LiveClient } from "../../lib/client/connection/live_client.ts";
import { FIRST_EVENT_MS } from "../../lib/client/connection/transport_choice.ts";
import { onWake } from "../../lib/client/connection/wake.ts";
import { createFetchedTransport } from "../../lib/client/transports/fetched.ts";
import { FEED, userStream } from "../../lib/protocol/streams.ts";
import { browserWeb, createBrowserLive } from "../shared/browser_live.ts";
import { importAgain } from "../shared/import_again.ts";

const MEMORY = "rivulet:feed-fallback";

/**
 * Can follow `feed` and my own stream; `me` is my id, and `users` those whose presence it shows. It prefers the
 * event stream, and falls back to long-poll.
 */
export function createBrowserFeed(me: string, users: string[]): LiveClient {
  const preferred = createFetchedTransport("sse", async () => {
    const { createFeedConnection } = await importAgain(
      "browser_feed_connection",
      () => import("./browser_feed_connection.ts"),
    );
    return createFeedConnection({ ...browserWeb(me), clock: browserClock, streams: [FEED, userStream(me)], users });
  });
  const live = createLiveClient(createBrowserLive({ me, preferred, memory: MEMORY, silence: FIRST_EVENT_MS }));
  live.watch(users); // For the long-poll; an event stream was opened with them.
  onWake(browserClock, window, () => void live.wake());
  return live;
}
