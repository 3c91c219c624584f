/** What carries the feed where no event stream gets through; fetched only then. */
import "./feed.tsx"; // As in the room's: all that is shared is one chunk.
export { createBrowserFallback } from "../shared/browser_poll.ts";
