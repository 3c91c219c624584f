/** The room page's parts, each reading only the signals it shows, so that a message renders the list and nothing else. */
import { useEffect } from "preact/hooks";
import { RoomBar } from "../../lib/ui/room/room_bar.tsx";
import { RoomLayout } from "../../lib/ui/room/room_layout.tsx";
import { Sidebar } from "../../lib/ui/shell/sidebar.tsx";
import { RoomOverlays } from "./room_overlays.tsx";
import { RoomBanner } from "./room_banner.tsx";
import { RoomDock } from "./room_dock.tsx";
import { RoomLog } from "./room_log.tsx";
import type { RoomView } from "./room_view.ts";
import { bindSwitcher } from "../shared/switcher_key.ts";

export function RoomApp({ view }: { view: RoomView }) {
  const room = view.chat.current.value?.room ?? "";
  useEffect(() => {
    view.hydrating = false;
    view.findZone();
    return bindSwitcher(document, () => void (view.overlay.value = "palette"));
  }, []);
  const Pane = view.deferred.value?.Pane;
  return (
    <RoomLayout
      side={<Side view={view} />}
      bar={<Bar view={view} />}
      banner={<RoomBanner view={view} />}
      log={<RoomLog key={room} view={view} />}
      dock={<RoomDock key={room} view={view} />}
      pane={Pane && view.isPaneOpen.value ? <Pane /> : undefined}
    >
      <RoomOverlays view={view} />
      <Floats view={view} />
    </RoomLayout>
  );
}

function Floats({ view }: { view: RoomView }) {
  const Later = view.deferred.value?.Floats;
  return Later ? <Later /> : null;
}

function Side({ view }: { view: RoomView }) {
  const { me, rooms, people, members, live, current, unseen } = view.chat;
  return (
    <Sidebar
      workspace={view.workspace}
      me={people.users.value.get(me.id) ?? me}
      lines={rooms.lines.value}
      current={current.value?.room}
      users={people.users.value}
      members={members.members.value}
      presence={people.presence.value}
      connection={live.status.value}
      unseen={unseen.count.value}
      isInspecting={view.overlay.value === "inspector"}
      onInspect={view.inspect}
      onOpenRoom={(room, event) => {
        event.preventDefault();
        view.go(room);
      }}
      onAction={(action, event) => {
        event.preventDefault();
        view.overlay.value = action;
      }}
    />
  );
}

function Bar({ view }: { view: RoomView }) {
  const { me, rooms, people, members } = view.chat;
  const line = view.line.value;
  if (!line) return null;
  const all = members.members.value.get(line.room.id);
  const some = view.someMembers(line.room.id);
  return (
    <RoomBar
      room={line.room}
      name={view.nameOf(line.room.id)}
      me={me.id}
      members={all ?? some ?? []}
      isSome={all === undefined && some !== undefined}
      users={people.users.value}
      unreadElsewhere={rooms.unreadRooms.value - (line.unread > 0 ? 1 : 0)}
      isMenuOpen={view.overlay.value === "room_menu"}
      onToggleMenu={() => view.overlay.value = view.overlay.peek() === "room_menu" ? undefined : "room_menu"}
      isPaneOpen={view.isPaneOpen.value}
      onTogglePane={(event) => {
        event.preventDefault();
        view.togglePane();
      }}
    />
  );
}
