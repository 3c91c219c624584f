import { FEED } from "../../lib/protocol/streams.ts";
import type { FeedView } from "./feed_view.ts";
import type { Inspected } from "../inspector/inspected.ts";
import { howLive, syncWords } from "../inspector/words.ts";

/** The feed's connection: it prefers the event stream, and sends nothing. */
export function inspectFeed({ live, zone }: FeedView, closed: () => void): Inspected {
  return {
    live,
    zone,
    transports: ["sse", "poll"],
    streams: () =>
      [...live.sync.value].map(([stream, { seq, isLive }]) => {
        const value = syncWords(howLive(live.status.value, isLive), seq);
        return { name: stream === FEED ? "Workspace" : "You", value };
      }),
    closed,
  };
}
