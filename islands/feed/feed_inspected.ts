import { FEED } from "../../lib/protocol/streams.ts";
import type { FeedView } from "./feed_view.ts";
import type { Inspected } from "../inspector/inspected.ts";
import { howLive } from "../inspector/words.ts";

/** The feed's connection: it prefers the event stream, and sends nothing. */
export function inspectFeed({ live, zone }: FeedView, closed: () => void): Inspected {
  return {
    live,
    zone,
    transports: ["sse", "poll"],
    streams: () =>
      [...live.sync.value].map(([stream, { seq, isLive }]) => {
        const state = howLive(live.status.value, isLive);
        return {
          name: stream === FEED ? "Everything" : "For me",
          value: `${seq === undefined ? "in sync" : `in sync to #${seq}`}${state}`,
        };
      }),
    closed,
  };
}
