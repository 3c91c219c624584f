/** A page's client of one stream, that prefers the event stream; bundled for a browser as the global `tested`. */
import { browserClock } from "../../lib/client/connection/clock.ts";
import { createFallback } from "../../lib/client/connection/fallback.ts";
import { createLiveClient } from "../../lib/client/connection/live_client.ts";
import { createPost, createProbe } from "../../lib/client/connection/post.ts";
import { createTransportChoice, FIRST_EVENT_MS } from "../../lib/client/connection/transport_choice.ts";
import { createTransportMemory } from "../../lib/client/connection/transport_memory.ts";
import { createPollTransport } from "../../lib/client/transports/poll.ts";
import { createSseTransport } from "../../lib/client/transports/sse.ts";
import { onWake } from "../../lib/client/connection/wake.ts";

/** What has come so far, and how. */
export const seqs: number[] = [];
export let transport = () => "";

export function follow(me: string, stream: string) {
  const shared = {
    me,
    clock: browserClock,
    random: Math.random,
    fetch: (path: string, init: RequestInit) => fetch(path, init),
  };
  const preferred = createSseTransport({ ...shared, streams: [stream], open: (path) => new EventSource(path) });
  const probe = createProbe(shared);
  const live = createLiveClient({
    ...shared,
    probe,
    post: createPost(shared),
    transport: createTransportChoice({
      ...shared,
      preferred,
      probe,
      silence: FIRST_EVENT_MS,
      memory: createTransportMemory(() => undefined, Date.now),
      load: () => Promise.resolve(createFallback({ ...shared, preferred, transport: createPollTransport(shared) })),
    }),
  });
  transport = () => live.status.value.state === "live" ? live.status.value.transport : "";
  live.start();
  live.follow(stream, "-1", { events: (events) => void seqs.push(...events.map((it) => it.seq)), gone: () => {} });
  onWake(browserClock, window, () => void live.wake());
}
