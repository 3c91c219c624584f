/** The state of the room's screen in the browser: each field reads the signals that it is made of, when it is read. */
import { personName } from "../../lib/ui/shell/names.ts";
import type { RoomState } from "../../lib/ui/room/room_state.ts";
import { countBelow, toRows } from "../../lib/ui/room/rows.ts";
import type { RoomView } from "./room_view.ts";

export function createRoomState(view: RoomView): RoomState {
  const { chat } = view;
  const { me, rooms, people, members, current } = chat;
  const all = () => members.members.value.get(current.value?.room ?? "");
  const some = () => all() ? undefined : view.someMembers(current.value?.room ?? "");
  return {
    workspace: view.workspace,
    me,
    get rooms() {
      return rooms.summaries.value;
    },
    get summary() {
      return view.summary.value;
    },
    get name() {
      return view.name.value;
    },
    get title() {
      return view.ref.value;
    },
    get users() {
      return people.users.value;
    },
    get members() {
      return members.members.value;
    },
    get inside() {
      return all() ?? some()?.members ?? [];
    },
    get insidePage() {
      return some();
    },
    get presence() {
      return people.presence.value;
    },
    get connection() {
      return chat.live.status.value;
    },
    get unseen() {
      return chat.unseen.count.value;
    },
    get unreadElsewhere() {
      return rooms.unreadRooms.value - ((view.summary.value?.unread ?? 0) > 0 ? 1 : 0);
    },
    get isMenuOpen() {
      return view.overlay.value === "room_menu";
    },
    get isInspecting() {
      return view.overlay.value === "inspector";
    },
    get isPaneOpen() {
      return view.isPaneOpen.value;
    },
    get rows() {
      const timeline = current.value;
      if (!timeline) return [];
      const { messages, newer } = timeline.window.value;
      return toRows({
        messages: view.deferred.value?.changes.shown(messages) ?? messages,
        pending: chat.outgoing.value,
        me: me.id,
        zone: view.zone.value,
        firstUnread: timeline.firstUnread.value,
        below: countBelow(messages, view.summary.value?.n ?? 0, newer),
      });
    },
    get isStart() {
      return current.value?.window.value.older === false;
    },
    get isEnd() {
      return current.value?.window.value.newer === false;
    },
    get landing() {
      return view.landing(current.value?.room ?? "");
    },
    get actions() {
      return view.deferred.value?.state.value;
    },
    get zone() {
      return view.zone.value;
    },
    get now() {
      return Date.now();
    },
    get typing() {
      const typing = chat.typing.users.value.get(current.value?.room ?? "") ?? [];
      return typing.map((id) => personName(people.users.value.get(id)));
    },
    get isLost() {
      return chat.lost.value !== undefined;
    },
    get unsent() {
      const summary = view.summary.value;
      return summary ? view.drafts.get(summary.room.id) : "";
    },
  };
}
