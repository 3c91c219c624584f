/** The sidebar's lists: rooms by name, and direct conversations with who is online. */
import type { ComponentChildren } from "preact";
import type { Presence } from "../../protocol/presence.ts";
import type { RoomSummary } from "../../protocol/rooms.ts";
import { Avatar } from "./avatar.tsx";
import { counted } from "./format.ts";
import { Icon } from "./icon.tsx";
import { InParts } from "./in_parts.tsx";
import { isQuiet } from "../../model/room_list.ts";
import { participants, roomName, type Users } from "./names.ts";

/** A higher count is shown as "99+". */
const SHOWN_MAX = 99;

export interface RoomListProps {
  /** The rooms in their order. Those not joined, and hidden ones, are left out here. */
  summaries: readonly RoomSummary[];
  /** How many rooms are left out; none by default. */
  moreRooms?: number;
  /** The room on screen. */
  current: string | undefined;
  me: string;
  users: Users;
  members: ReadonlyMap<string, readonly string[]>;
  presence: ReadonlyMap<string, Presence>;
  /** A plain click on a room; without it the link is followed. */
  onOpenRoom?(room: string, event: MouseEvent): void;
}

/** Rooms that are neither direct nor archived. */
export function RoomList(props: RoomListProps) {
  const { moreRooms = 0 } = props;
  const summaries = listed(props).filter(({ room }) => room.archivedAt === undefined);
  return (
    <>
      <Rooms of={summaries} list={props} labelledby="h-rooms" />
      {moreRooms > 0 && <a class="opt mid" href="/rooms#mine">{counted(moreRooms, "more room")}</a>}
    </>
  );
}

/** Archived rooms, folded; unfolded while one of them is on screen. */
export function ArchivedList(props: RoomListProps) {
  const summaries = listed(props).filter(({ room }) => room.archivedAt !== undefined);
  if (summaries.length === 0) return null;
  return (
    <details class="nav-fold" open={summaries.some(({ room }) => room.id === props.current)}>
      <summary>
        <Icon name="chev" small />
        <span class="grow" id="h-archived">Archived</span>
        <span class="num">
          {summaries.length}
          <span class="vh">{summaries.length === 1 ? "room" : "rooms"}</span>
        </span>
      </summary>
      <Rooms of={summaries} list={props} labelledby="h-archived" />
    </details>
  );
}

function listed({ summaries, current }: RoomListProps): RoomSummary[] {
  return summaries.filter(({ room, joined, level }) =>
    room.visibility !== "direct" && joined && (level !== "hidden" || room.id === current)
  );
}

function Rooms({ of, list, labelledby }: { of: readonly RoomSummary[]; list: RoomListProps; labelledby: string }) {
  return (
    <ul class="nav" aria-labelledby={labelledby}>
      <InParts of={of}>
        {(summary) => {
          const { room } = summary;
          return (
            <li key={room.id}>
              <RoomLink summary={summary} list={list}>
                <Icon name={room.visibility === "private" ? "lock" : "hash"} />
                <span class="cut">
                  {room.name}
                  {room.visibility === "private" && <span class="vh">, private</span>}
                </span>
                {room.archivedAt === undefined && <Unread summary={summary} />}
              </RoomLink>
            </li>
          );
        }}
      </InParts>
    </ul>
  );
}

/** A room's count, or that it is muted. */
function Unread({ summary }: { summary: RoomSummary }) {
  if (isQuiet(summary)) {
    return (
      <>
        <span class="vh">muted</span>
        <Icon name="bell-off" small />
      </>
    );
  }
  const isDirect = summary.room.visibility === "direct";
  return <Count unread={summary.unread} mentions={isDirect ? summary.unread : summary.mentions} isDirect={isDirect} />;
}

export function DirectList(props: RoomListProps) {
  const summaries = props.summaries.filter(({ room, level }) =>
    room.visibility === "direct" && (level !== "hidden" || room.id === props.current)
  );
  if (summaries.length === 0) return null;
  return (
    <ul class="nav" aria-labelledby="h-direct">
      <InParts of={summaries}>
        {(summary) => {
          const members = props.members.get(summary.room.id) ?? [];
          const others = participants(members, props.me);
          const [first = ""] = others;
          const isOne = others.length === 1 && first !== props.me;
          const online = isOne ? props.presence.get(first) : undefined;
          return (
            <li key={summary.room.id}>
              <RoomLink summary={summary} list={props}>
                <Avatar user={props.users.get(first)} size="s" presence={online} />
                <span class="cut">
                  {roomName(summary.room, members, props.users, props.me)}
                  {online && <span class="vh">, {online}</span>}
                </span>
                <Unread summary={summary} />
              </RoomLink>
            </li>
          );
        }}
      </InParts>
    </ul>
  );
}

interface RoomLinkProps {
  summary: RoomSummary;
  list: RoomListProps;
  children: ComponentChildren;
}

function RoomLink({ summary, list, children }: RoomLinkProps) {
  const { id } = summary.room;
  return (
    <a
      class={isQuiet(summary) ? "quiet" : summary.unread > 0 ? "new" : undefined}
      href={`/rooms/${id}`}
      aria-current={id === list.current ? "page" : undefined}
      onClick={(event) => isPlain(event) && list.onOpenRoom?.(id, event)}
    >
      {children}
    </a>
  );
}

export function Count(
  { unread, mentions, isDirect = false }: { unread: number; mentions: number; isDirect?: boolean },
) {
  if (unread === 0) return null;
  const shown = (count: number) => count > SHOWN_MAX ? `${SHOWN_MAX}+` : `${count}`;
  if (mentions === 0) {
    return (
      <span class="count num">
        {shown(unread)}
        <span class="vh">unread</span>
      </span>
    );
  }
  const spoken = mentions > SHOWN_MAX ? `${shown(mentions)} mentions` : counted(mentions, "mention");
  return (
    <span class="badge num">
      <span aria-hidden="true">{isDirect ? shown(unread) : `@${shown(mentions)}`}</span>
      <span class="vh">{isDirect ? "" : `${spoken}, `}{unread} unread</span>
    </span>
  );
}

/** Whether a click is for this tab; with a modifier or another button the browser follows the link its own way. */
export function isPlain(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}
