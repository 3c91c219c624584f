/** What the feed's page fetches when it is first wanted: the inspector, and the list of keys. */
import "./feed.tsx"; // The page that fetches this has it: all that is shared is one chunk, which compresses best.
export { inspectFeed } from "../inspector/feed_inspected.ts";
export { Inspector } from "../inspector/inspector.tsx";
export { Keys } from "../shared/keys.tsx";
