/** The feed's live session: `lib/client` given the browser's event stream, clock, chance and storage. */
import { browserClock } from "../../lib/client/connection/clock.ts";
import { createHistory } from "../../lib/client/connection/history.ts";
import { createLiveClient, type LiveClient } from "../../lib/client/connection/live_client.ts";
import { createPost, createProbe } from "../../lib/client/connection/post.ts";
import { createTransportChoice, FIRST_EVENT_MS } from "../../lib/client/connection/transport_choice.ts";
import { createTransportMemory } from "../../lib/client/connection/transport_memory.ts";
import { createFetchedTransport } from "../../lib/client/transports/fetched.ts";
import { onWake } from "../../lib/client/connection/wake.ts";
import { FEED, userStream } from "../../lib/protocol/streams.ts";
import { importAgain } from "../shared/import_again.ts";

const MEMORY = "rivulet:feed-fallback";

/**
 * Can follow `feed` and my own stream; `me` is my id, and `users` those of whom it tells who is online. It prefers the
 * event stream, and falls back to long-poll.
 */
export function createBrowserFeed(me: string, users: string[]): LiveClient {
  const web = { me, fetch: (path: string, init: RequestInit) => fetch(path, init) };
  const probe = createProbe(web);
  const history = createHistory(browserClock);
  const preferred = createFetchedTransport("sse", async () => {
    const { createFeedLine } = await importAgain(() => import("./browser_feed_connection.ts"));
    return createFeedLine({ ...web, clock: browserClock, streams: [FEED, userStream(me)], users });
  });
  const live = createLiveClient({
    transport: createTransportChoice({
      preferred,
      probe,
      clock: browserClock,
      random: Math.random,
      silence: FIRST_EVENT_MS,
      memory: createTransportMemory(() => localStorage, Date.now, MEMORY),
      load: async () => {
        const { createBrowserFallback } = await importAgain(() => import("../shared/browser_poll.ts"));
        return createBrowserFallback(web, preferred, history);
      },
      history,
    }),
    probe,
    history,
    post: createPost(web),
    clock: browserClock,
    random: Math.random,
  });
  live.watch(users); // For the long-poll; an event stream was opened with them.
  onWake(browserClock, window, () => void live.wake());
  return live;
}
