/** The quick switcher of the feed's page. */
import "./feed.tsx"; // As the room's: all that is shared is one chunk.
export { Palette } from "../shared/palette.tsx";
