/**
 * What the room page fetches once it is live, in one chunk: acting on messages, what calls me elsewhere, what is read
 * out, the inspector, who is in the room and what people are called now, and keys but that of the switcher.
 */
import "./room.tsx"; // The page that fetches this has it: all that is shared is one chunk, which compresses best.
import type { FunctionComponent } from "preact";
import { Announcer } from "./announcer.tsx";
import { CallNotice } from "./call_notice.tsx";
import { keepFavicon } from "./favicon.ts";
import { Inspector } from "./inspector/inspector.tsx";
import { inspectRoom } from "./inspector/room_inspected.ts";
import { type Acting, createActing } from "./messages/acting.tsx";
import { RoomPane } from "./room_pane.tsx";
import { followPeople } from "./people_following.ts";
import { bindRoomSteps } from "./room_steps.ts";
import type { RoomView } from "./room_view.ts";
import { nextRoom } from "./rooms_order.ts";
import { bindSingleKeys } from "./single_keys.ts";

export interface Later extends Acting {
  /** What floats over the page. */
  Floats: FunctionComponent;
  /** The third pane. */
  Pane: FunctionComponent;
}

export function createLater(view: RoomView): Later {
  const acting = createActing(view);
  const { Asks } = acting;
  const inspected = inspectRoom(view);
  followPeople(view.chat);
  keepFavicon(view.chat.rooms.forMe);
  bindRoomSteps(document, (step, unreadOnly) => {
    const { rooms, current } = view.chat;
    const next = nextRoom(rooms.lines.peek(), current.peek()?.room, step, unreadOnly);
    if (next !== undefined) view.go(next);
  });
  bindSingleKeys(document, {
    help: () => void (view.floating.value = "keys"),
    jump: () => void (view.floating.value = "palette"),
  });
  return {
    ...acting,
    Pane: () => <RoomPane view={view} />,
    Floats: () => (
      <>
        <Announcer chat={view.chat} />
        <CallNotice view={view} />
        <Asks />
        {view.floating.value === "inspector" && <Inspector inspected={inspected} />}
      </>
    ),
  };
}
