/** The room's page in the browser: the screen that the server rendered, with its handlers. */
import { useEffect, useMemo } from "preact/hooks";
import { nextRoom } from "../../lib/model/room_list.ts";
import { RoomScreen } from "../../lib/ui/room/room_screen.tsx";
import { ChatOverlays } from "../shared/chat_overlays.tsx";
import { bindRoomSteps } from "../shared/room_steps.ts";
import { bindSingleKeys } from "../shared/single_keys.ts";
import { bindSwitcher } from "../shared/switcher_key.ts";
import { bindNearRoom } from "./near_room.ts";
import { RoomBanner } from "./room_banner.tsx";
import { createRoomHandlers } from "./room_handlers.ts";
import { RoomLog } from "./room_log.tsx";
import { createRoomState } from "./room_state.ts";
import type { RoomView } from "./room_view.ts";
import { ToEnd, Writer } from "./room_writer.tsx";

export function RoomApp({ view }: { view: RoomView }) {
  const room = view.chat.current.value?.room ?? "";
  const part = useMemo(() => ({ state: createRoomState(view), on: createRoomHandlers(view) }), []);
  useEffect(() => {
    view.hydrating = false;
    view.findZone();
    const open = (it: "palette" | "keys") => () => void (view.overlay.value = it);
    const ends = [
      bindNearRoom(view.near),
      bindSwitcher(document, open("palette")),
      bindSingleKeys(document, { help: open("keys"), jump: open("palette") }),
      bindRoomSteps(document, (step, unreadOnly) => {
        const { rooms, current } = view.chat;
        const next = nextRoom(rooms.summaries.peek(), current.peek()?.room, step, unreadOnly);
        if (next !== undefined) view.go(next);
      }),
    ];
    return () => ends.forEach((end) => end());
  }, []);
  return (
    <RoomScreen
      {...part}
      banner={<RoomBanner view={view} />}
      log={<RoomLog key={room} view={view} {...part} />}
      pill={<ToEnd view={view} />}
      writer={<Writer key={room} view={view} room={room} />}
    >
      <ChatOverlays view={view} />
      <DeferredOverlays view={view} />
    </RoomScreen>
  );
}

function DeferredOverlays({ view }: { view: RoomView }) {
  const Overlays = view.deferred.value?.Overlays;
  return Overlays ? <Overlays /> : null;
}
