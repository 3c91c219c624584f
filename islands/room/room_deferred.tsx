/**
 * What the room page fetches once it is live, in one chunk: actions on messages, what calls me elsewhere, what is read
 * out, the inspector, what people are called now, and the keys that go from room to room.
 */
import { effect } from "@preact/signals";
import { Announcer } from "../shared/announcer.tsx";
import { CallNotice } from "./call_notice.tsx";
import { keepFavicon } from "../shared/favicon.ts";
import { closeLeft } from "../shared/close_left.ts";
import { keepFocus, writeOrRead } from "../shared/focus_keeper.ts";
import { Inspector } from "../inspector/inspector.tsx";
import { inspectChat } from "../inspector/chat_inspected.ts";
import { createMessageActions } from "./messages/actions.tsx";
import { createMemberParts } from "./members.tsx";
import { createRoomHandlers } from "./room_handlers.ts";
import { followPeople } from "../shared/people_following.ts";
import { keepRecent } from "../shared/recent_rooms.ts";
import type { Deferred, RoomView } from "./room_view.ts";

export function createDeferred(view: RoomView): Deferred {
  const actions = createMessageActions(view);
  const { Asks } = actions;
  const inspected = inspectChat(view);
  followPeople(view.chat);
  keepFavicon(view.chat.rooms.forMe);
  keepFocus(document, writeOrRead);
  closeLeft(document);
  effect(() => {
    if (view.chat.current.value) keepRecent(view.chat.me.id, view.chat.current.value.room);
  });
  return {
    ...actions,
    members: createMemberParts(view, createRoomHandlers(view)),
    Overlays: () => (
      <>
        <Announcer chat={view.chat} />
        <CallNotice view={view} />
        <Asks />
        {view.overlay.value === "inspector" && <Inspector inspected={inspected} />}
      </>
    ),
  };
}
