/** What the feed's page fetches when it is first wanted: the inspector, and the list of keys. */
export { inspectFeed } from "./feed_inspected.ts";
export { Inspector } from "../inspector/inspector.tsx";
export { Keys } from "../shared/keys.tsx";
