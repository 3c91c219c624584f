/** The room's header: its name, topic and members. */
import type { Room } from "../../protocol/rooms.ts";
import { Avatar } from "../shell/avatar.tsx";
import { Icon } from "../shell/icon.tsx";
import { participants, type Users } from "../shell/names.ts";
import { isPlain } from "../shell/room_list.tsx";
import { SidebarOpener } from "../shell/sidebar_buttons.tsx";

const STACK_MAX = 3;

export interface RoomBarProps {
  room: Room;
  /** As `roomName` gives it. */
  name: string;
  me: string;
  members: readonly string[];
  /** How many there are in all, where `members` are only some; undefined where all are here. */
  count?: number | undefined;
  users: Users;
  /** How many other rooms have something unread. */
  unreadElsewhere: number;
  /** Whether the room's menu is open. */
  isMenuOpen?: boolean;
  onToggleMenu?(): void;
  /** Whether the members pane is open. */
  isPaneOpen: boolean;
  /** A plain click on the members; without it the link is followed. */
  onTogglePane?(event: MouseEvent): void;
}

export function RoomBar(props: RoomBarProps) {
  const { room, name, me, members, count = members.length, users, unreadElsewhere, isPaneOpen, onTogglePane } = props;
  const isDirect = room.visibility === "direct";
  const [other = me] = participants(members, me);
  const shown = (isDirect ? participants(members, me) : members).slice(0, STACK_MAX);
  return (
    <header class="bar">
      <SidebarOpener unread={unreadElsewhere} />
      <h1 class="row title">
        {isDirect
          ? <Avatar user={users.get(other)} size="s" />
          : <Icon name={room.visibility === "private" ? "lock" : "hash"} />}
        <span class="cut">
          {name}
          {room.visibility === "private" && <span class="vh">, private room</span>}
        </span>
        {room.archivedAt !== undefined && <span class="tag">archived</span>}
        {isDirect && members.length <= 2 && users.get(other)?.deactivatedAt !== undefined && (
          <span class="tag">deactivated</span>
        )}
      </h1>
      <button
        class="ib scripted"
        type="button"
        aria-label="Room menu"
        aria-haspopup="dialog"
        aria-expanded={props.isMenuOpen ?? false}
        onClick={props.onToggleMenu}
      >
        <Icon name="chev" small />
      </button>
      <p class="cut mid grow wide-only">{room.topic}</p>
      <a
        class="row members"
        href={`/rooms/${room.id}${isPaneOpen ? "" : "?pane=members"}`}
        onClick={(event) => isPlain(event) && onTogglePane?.(event)}
      >
        <span class="stack wide-only">
          {shown.map((id) => <Avatar key={id} user={users.get(id)} size="s" />)}
        </span>
        <Icon name="users" class="narrow-only" />
        <span class="mid num">
          {count}
          <span class="vh">
            {count === 1 ? "member" : "members"}, {isPaneOpen ? "hide" : "show"} them
          </span>
        </span>
      </a>
    </header>
  );
}
