/** The state of the room's screen in the browser: each field reads the signals that it is made of, when it is read. */
import { isCalling } from "../../lib/model/room_list.ts";
import { personName } from "../../lib/ui/shell/names.ts";
import type { RoomState } from "../../lib/ui/room/room_state.ts";
import { countBelow, toRows } from "../../lib/ui/room/rows.ts";
import type { RoomView } from "./room_view.ts";

export function createRoomState(view: RoomView): RoomState {
  const { chat } = view;
  const { rooms, people, members, current } = chat;
  const all = () => members.members.value.get(current.value?.room ?? "");
  const some = () => all() ? undefined : view.someMembers(current.value?.room ?? "");
  return fromGetters<RoomState>({
    workspace: () => view.workspace,
    me: () => chat.me,
    rooms: () => rooms.summaries.value,
    moreRooms: () => rooms.more.value,
    summary: () => view.summary.value,
    name: () => view.name.value,
    title: () => view.ref.value,
    users: () => people.users.value,
    members: () => members.members.value,
    inside: () => all() ?? some()?.members ?? [],
    insidePage: some,
    presence: () => view.presence.value,
    connection: () => chat.live.status.value,
    isAway: () => view.notice.value === "offline" || view.notice.value === "reconnecting",
    unseen: () => chat.unseen.count.value,
    unreadElsewhere() {
      const here = view.summary.value;
      return rooms.unreadRooms.value - (here && isCalling(here) ? 1 : 0);
    },
    isMenuOpen: () => view.overlay.value === "room_menu",
    isInspecting: () => view.overlay.value === "inspector",
    isPaneOpen: () => view.isPaneOpen.value,
    memberWord: () => view.memberWord.value,
    memberParts: () => view.deferred.value?.members,
    rows() {
      const timeline = current.value;
      if (!timeline) return [];
      const { messages, newer } = timeline.window.value;
      return toRows({
        messages: view.deferred.value?.changes.shown(messages) ?? messages,
        pending: chat.outgoing.value,
        me: chat.me.id,
        zone: view.zone.value,
        firstUnread: timeline.firstUnread.value,
        below: countBelow(messages, view.summary.value?.n ?? 0, newer),
      });
    },
    isStart: () => current.value?.window.value.older === false,
    isEnd: () => current.value?.window.value.newer === false,
    landing: () => view.landing(current.value?.room ?? ""),
    actions: () => view.deferred.value?.state.value,
    zone: () => view.zone.value,
    now: () => view.now.value,
    typing() {
      const typing = chat.typing.users.value.get(current.value?.room ?? "") ?? [];
      return typing.map((id) => personName(people.users.value.get(id)));
    },
    isLost: () => chat.lost.value !== undefined,
    unsent() {
      const summary = view.summary.value;
      return summary ? view.drafts.get(summary.room.id) : "";
    },
  });
}

/** An object whose fields call these functions each time that they are read. */
function fromGetters<T extends object>(getters: { [K in keyof T]: () => T[K] }): T {
  return Object.create(
    null,
    Object.fromEntries(Object.entries<() => unknown>(getters).map(([name, get]) => [name, { get, enumerable: true }])),
  );
}
