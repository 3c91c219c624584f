/** What the room page fetches once it is live, in one chunk: acting on messages, and what calls me elsewhere. */
import "./room.tsx"; // The page that fetches this has it: all that is shared is one chunk, which compresses best.
import type { FunctionComponent } from "preact";
import { CallNotice } from "./call_notice.tsx";
import { keepFavicon } from "./favicon.ts";
import { type Acting, createActing } from "./messages/acting.tsx";
import type { RoomView } from "./room_view.ts";

export interface Later extends Acting {
  /** What floats over the page. */
  Floats: FunctionComponent;
}

export function createLater(view: RoomView): Later {
  const acting = createActing(view);
  const { Asks } = acting;
  keepFavicon(view.chat.rooms.forMe);
  return {
    ...acting,
    Floats: () => (
      <>
        <CallNotice view={view} />
        <Asks />
      </>
    ),
  };
}
