/** The sidebar's lists: rooms by name, and direct conversations with who is online. */
import type { ComponentChildren } from "preact";
import type { Presence } from "../../protocol/presence.ts";
import type { RoomSummary } from "../../protocol/rooms.ts";
import { Avatar } from "./avatar.tsx";
import { counted } from "./format.ts";
import { Icon } from "./icon.tsx";
import { InParts } from "./in_parts.tsx";
import { participants, roomName, type Users } from "./names.ts";

/** A higher count is shown as "99+". */
const SHOWN_MAX = 99;

export interface RoomListProps {
  /** The rooms in their order. Those not joined, and hidden ones, are left out here. */
  summaries: readonly RoomSummary[];
  /** The room on screen. */
  current: string | undefined;
  me: string;
  users: Users;
  members: ReadonlyMap<string, readonly string[]>;
  presence: ReadonlyMap<string, Presence>;
  /** A plain click on a room; without it the link is followed. */
  onOpenRoom?(room: string, event: MouseEvent): void;
}

export function RoomList(props: RoomListProps) {
  const summaries = props.summaries.filter(({ room, joined, level }) =>
    room.visibility !== "direct" && joined && (level !== "hidden" || room.id === props.current)
  );
  return (
    <ul class="nav" aria-labelledby="h-rooms">
      <InParts of={summaries}>
        {(summary) => {
          const { room, level } = summary;
          const isQuiet = level === "nothing" || level === "hidden" || room.archivedAt !== undefined;
          return (
            <li key={room.id}>
              <RoomLink summary={summary} isQuiet={isQuiet} list={props}>
                <Icon name={room.visibility === "private" ? "lock" : "hash"} />
                <span class="cut">
                  {room.name}
                  {room.visibility === "private" && <span class="vh">, private</span>}
                </span>
                {isQuiet && (
                  <>
                    <span class="vh">{room.archivedAt === undefined ? "muted" : "archived"}</span>
                    <Icon name={room.archivedAt === undefined ? "bell-off" : "archive"} small />
                  </>
                )}
                {!isQuiet && <Count unread={summary.unread} mentions={summary.mentions} />}
              </RoomLink>
            </li>
          );
        }}
      </InParts>
    </ul>
  );
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
              <RoomLink summary={summary} isQuiet={summary.level === "nothing"} list={props}>
                <Avatar user={props.users.get(first)} size="s" presence={online} />
                <span class="cut">
                  {roomName(summary.room, members, props.users, props.me)}
                  {online && <span class="vh">, {online}</span>}
                </span>
                <Count unread={summary.unread} mentions={summary.unread} isDirect />
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
  isQuiet: boolean;
  list: RoomListProps;
  children: ComponentChildren;
}

function RoomLink({ summary, isQuiet, list, children }: RoomLinkProps) {
  const { id } = summary.room;
  return (
    <a
      class={isQuiet ? "quiet" : summary.unread > 0 ? "new" : undefined}
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
  const spoken = mentions > SHOWN_MAX ? `${shown(mentions)} mentions` : counted(mentions, "mention"); // Counts of mentions are capped.
  return (
    <span class="badge num">
      <span aria-hidden="true">{isDirect ? shown(unread) : `@${shown(mentions)}`}</span>
      <span class="vh">{isDirect ? "" : `${spoken}, `}{unread} unread</span>
    </span>
  );
}

/** Whether a click is meant for this tab; with a modifier or another button the browser follows the link its own way. */
export function isPlain(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}
