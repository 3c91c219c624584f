/** The handlers of the room's screen. */
import type { RoomHandlers } from "../../lib/ui/room/room_screen.tsx";
import type { RoomView } from "./room_view.ts";

export function createRoomHandlers(view: RoomView): RoomHandlers {
  const { chat } = view;
  const { call } = chat.live;
  /** In place; where that is refused the form goes out, since the page that answers has the reason. */
  const instead = (run: (room: string) => Promise<void>) => (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget;
    void run(chat.current.peek()?.room ?? "").catch(() => form instanceof HTMLFormElement && form.submit());
  };

  return {
    openRoom(room, event) {
      event.preventDefault();
      view.go(room);
    },
    action(action, event) {
      event.preventDefault();
      view.overlay.value = action;
    },
    inspect: view.inspect,
    toggleMenu: () => void (view.overlay.value = view.overlay.peek() === "room_menu" ? undefined : "room_menu"),
    togglePane(event) {
      event.preventDefault();
      view.togglePane();
    },
    findMember: (word) => void (view.memberWord.value = word),
    message: (user) => void talk(view, user).catch(() => view.overlay.value = "direct"),
    begin: (what) => what === "people" ? view.showMembers() : void (view.overlay.value = "room_topic"),
    react: (message, emoji) => void view.act((it) => it.react(message, emoji)),
    reply: (message) => view.act((it) => it.reply(message)),
    retry: chat.outbox.retry,
    discard: chat.outbox.discard,
    join: instead(async (room) => chat.rooms.joined((await call("rooms.join", { room })).room)),
    unarchive: instead(async (room) => chat.rooms.update((await call("rooms.unarchive", { room })).room)),
  };
}

/** Opens the conversation with one person. */
async function talk({ chat, go }: RoomView, user: string): Promise<void> {
  const { room } = await chat.live.call("rooms.direct", { users: [user] });
  await chat.members.load(room.id); // The room is fetched again, now that all are inside.
  chat.rooms.joined(room);
  go(room.id);
}
