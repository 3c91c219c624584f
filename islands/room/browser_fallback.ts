/** What carries the chat where no WebSocket gets through; fetched only then. */
import "./room.tsx"; // The page that fetches this has it: all that is shared is one chunk, which compresses best.
export { createBrowserFallback } from "../shared/browser_poll.ts";
