/** The quick switcher of the room's page. */
import "./room.tsx"; // The page that fetches this has it: all that is shared is one chunk, which compresses best.
export { Palette } from "../shared/palette.tsx";
