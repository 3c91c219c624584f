import { MembersPane } from "../../lib/ui/room/members_pane.tsx";
import type { RoomView } from "./room_view.ts";

/** Who is in the room, beside its messages. */
export function RoomPane({ view }: { view: RoomView }) {
  const { me, people, members } = view.chat;
  const line = view.line.value;
  if (!line) return null;
  const { room } = line;
  const manage = () => void (view.overlay.value = "members");
  return (
    <MembersPane
      room={room.id}
      title={view.ref.value}
      members={members.members.value.get(room.id) ?? []}
      users={people.users.value}
      presence={people.presence.value}
      me={me.id}
      onClose={(event) => {
        event.preventDefault();
        view.togglePane();
      }}
      onManage={line.joined && room.visibility !== "direct" ? manage : undefined}
      onFind={manage}
      onMessage={(user) => void talk(view, user).catch(() => view.overlay.value = "direct")}
    />
  );
}

/** Opens the conversation with one person. */
async function talk({ chat, go }: RoomView, user: string): Promise<void> {
  const { room } = await chat.live.call("rooms.direct", { users: [user] });
  await chat.members.load(room.id); // As it is now that all are inside.
  chat.rooms.joined(room);
  go(room.id);
}
