import { MembersPane } from "../lib/ui/members_pane.tsx";
import type { RoomView } from "./room_view.ts";

/** Who is in the room, beside its messages. */
export function RoomPane({ view }: { view: RoomView }) {
  const { me, people, members } = view.chat;
  const line = view.line.value;
  if (!line) return null;
  const { room } = line;
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
      onManage={line.joined && room.visibility !== "direct" ? () => view.floating.value = "members" : undefined}
      onMessage={(user) => void view.message(user).catch(() => view.floating.value = "direct")}
    />
  );
}
