/** The third pane: the members of the room, those who are online first. */
import { WATCH_MAX } from "../../protocol/frames.ts";
import type { Presence } from "../../protocol/presence.ts";
import type { User } from "../../protocol/users.ts";
import { Avatar } from "../shell/avatar.tsx";
import { counted } from "../shell/format.ts";
import { Icon } from "../shell/icon.tsx";
import { InParts } from "../shell/in_parts.tsx";
import { personName, type Users } from "../shell/names.ts";
import { isPlain } from "../shell/room_list.tsx";

/** The most people whose presence a page can watch; the others are found by their names. */
const SHOWN_MAX = WATCH_MAX;
const NBSP = "\u00a0";

export interface MembersPaneProps {
  room: string;
  /** "#gauges" or the people's names. */
  title: string;
  members: readonly string[];
  /** Set if the members are one page of those of a large room; a link leads on. */
  page?: { isMore: boolean };
  users: Users;
  presence: ReadonlyMap<string, Presence>;
  me: string;
  /** A plain click on "close"; without it the link is followed. */
  onClose?(event: MouseEvent): void;
  /** Opens what adds and removes people; without it there is no such button. */
  onManage?(): void;
  /** Opens what finds the members who are not shown; without it there is no such button. */
  onFind?(): void;
  /** Opens the conversation with a person; without it names are plain text. */
  onMessage?(user: string): void;
}

export function MembersPane(props: MembersPaneProps) {
  const { room, title, members, page, users, presence, me, onClose, onManage, onFind, onMessage } = props;
  // Nobody watches themselves, but a person who gets the presence of others is online.
  const mine = presence.size > 0 ? "online" as const : undefined;
  const people = members.slice(0, SHOWN_MAX)
    .map((id) => ({ id, user: users.get(id), online: presence.get(id) ?? (id === me ? mine : undefined) }))
    .sort((a, b) => rank(a.online) - rank(b.online) || personName(a.user).localeCompare(personName(b.user)));
  const online = people.filter((it) => it.online === "online").length;
  const isWhole = members.length <= SHOWN_MAX;
  return (
    <aside class="pane" id="members" aria-label="Members">
      <header class="bar">
        <h2>Members</h2>
        <span class="dim cut grow">{title}</span>
        {onManage && (
          <button class="ib" type="button" aria-label="Add or remove people" onClick={onManage}>
            <Icon name="plus" />
          </button>
        )}
        <a
          class="ib"
          href={`/rooms/${room}`}
          aria-label="Close members"
          onClick={(event) => isPlain(event) && onClose?.(event)}
        >
          <Icon name="x" />
        </a>
      </header>
      <div class="scroll">
        <p class="opt-h">
          {page
            ? `Showing ${counted(members.length, "person", "people")}`
            : counted(members.length, "person", "people")}
          {isWhole && online > 0 && `, ${online} online`}
        </p>
        <ul class="people" aria-label="Members">
          <InParts of={people}>
            {({ id, user, online }) => (
              <li key={id}>
                <Person user={user} online={online} isMe={id === me} onMessage={onMessage && (() => onMessage(id))} />
              </li>
            )}
          </InParts>
        </ul>
        {page?.isMore && (
          <a class="btn" href={`/rooms/${room}?pane=members&members_after=${members.at(-1)}`}>More people</a>
        )}
        {!isWhole && (
          <>
            <p class="opt-h">Showing {SHOWN_MAX} of {counted(members.length, "person", "people")}</p>
            {onFind && <button class="btn" type="button" onClick={onFind}>Find others</button>}
          </>
        )}
      </div>
    </aside>
  );
}

interface PersonProps {
  user: User | undefined;
  online: Presence | undefined;
  isMe: boolean;
  onMessage: (() => void) | undefined;
}

function Person({ user, online, isMe, onMessage }: PersonProps) {
  const inside = (
    <>
      <Avatar user={user} size="m" presence={online} />
      <span class="grow cut">
        <b class="cut">{personName(user)}{isMe && <span class="dim">{NBSP}(you)</span>}</b>
        <small class="cut">@{user?.handle ?? ""}</small>
      </span>
      {online && <span class="vh">{online}</span>}
      {user && user.role !== "member" && <span class="tag">{user.role}</span>}
      {user?.deactivatedAt !== undefined && <span class="tag">deactivated</span>}
    </>
  );
  if (!onMessage || isMe) return <div class="opt">{inside}</div>;
  return <button class="opt" type="button" title={`Message ${personName(user)}`} onClick={onMessage}>{inside}</button>;
}

function rank(online: Presence | undefined): number {
  return online === "online" ? 0 : 1;
}
