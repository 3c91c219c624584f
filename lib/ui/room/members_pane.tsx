/** The third pane: the members of the room, online ones first; the one place where they are found and changed. */
import type { ComponentChildren, FunctionComponent } from "preact";
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
/** The field above the list. */
export const FIND_MEMBER_ID = "find-member";

/** What asks the server, or changes who is in; fetched after the page, so that the page is small. */
export interface MemberParts {
  /** The members who have the word in their name, in place of the list. */
  Found: FunctionComponent<{ word: string }>;
  /** Takes a person out, where I may. */
  Remove: FunctionComponent<{ user: User }>;
  /** Those who are not in the room and have the word in their name, to be added. */
  Outside: FunctionComponent<{ word: string }>;
}

export interface MembersPaneProps {
  room: string;
  /** "#gauges" or the people's names. */
  title: string;
  members: readonly string[];
  /** How many there are in all, where that is another number. */
  count?: number | undefined;
  /** Set if the members are one page of those of a large room; a link leads on. */
  page?: { isMore: boolean };
  users: Users;
  presence: ReadonlyMap<string, Presence>;
  me: string;
  parts?: MemberParts;
  /** Who is looked for. */
  word?: string;
  onFind?(word: string): void;
  /** A plain click on "close"; without it the link is followed. */
  onClose?(event: MouseEvent): void;
  /** Opens the conversation with a person; without it names are plain text. */
  onMessage?(user: string): void;
}

export function MembersPane(props: MembersPaneProps) {
  const { room, title, parts: Parts, onClose, onFind } = props;
  const word = (props.word ?? "").trim();
  return (
    <aside class="pane" id="members" aria-label="Members">
      <header class="bar">
        <h2>Members</h2>
        <span class="dim cut grow">{title}</span>
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
        <div class="find scripted">
          <input
            class="input"
            type="search"
            id={FIND_MEMBER_ID}
            aria-label="Find people"
            placeholder="Find people"
            value={props.word ?? ""}
            onInput={(event) => onFind?.(event.currentTarget.value)}
          />
        </div>
        {Parts && word !== "" ? <Parts.Found word={word} /> : <Members {...props} />}
        {Parts && <Parts.Outside word={word} />}
      </div>
    </aside>
  );
}

/** All of them, as far as they are shown. */
function Members(
  { room, members, page, count = members.length, users, presence, me, parts: Parts, onMessage }: MembersPaneProps,
) {
  // Nobody watches themselves, but a person who gets the presence of others is online.
  const mine = presence.size > 0 ? "online" as const : undefined;
  const people = members.slice(0, SHOWN_MAX)
    .map((id) => ({ id, user: users.get(id), online: presence.get(id) ?? (id === me ? mine : undefined) }))
    .sort((a, b) => rank(a.online) - rank(b.online) || personName(a.user).localeCompare(personName(b.user)));
  const online = people.filter((it) => it.online === "online").length;
  const isWhole = members.length <= SHOWN_MAX;
  return (
    <>
      <p class="opt-h">
        {page ? `Showing ${members.length} of ` : ""}
        {counted(count, "person", "people")}
        {isWhole && online > 0 && `, ${online} online`}
      </p>
      <ul class="people" aria-label="Members">
        <InParts of={people}>
          {({ id, user, online }) => (
            <Person
              key={id}
              user={user}
              online={online}
              isMe={id === me}
              onMessage={onMessage && (() => onMessage(id))}
            >
              {Parts && user && <Parts.Remove user={user} />}
            </Person>
          )}
        </InParts>
      </ul>
      {page?.isMore && (
        <a class="btn" href={`/rooms/${room}?pane=members&members_after=${members.at(-1)}`}>More people</a>
      )}
      {!isWhole && (
        <p class="opt-h">Showing {SHOWN_MAX} of {counted(members.length, "person", "people")}. Type to find others.</p>
      )}
    </>
  );
}

export interface PersonProps {
  user: User | undefined;
  online?: Presence | undefined;
  isMe?: boolean;
  /** Opens the conversation with the person; without it the name is plain text. */
  onMessage?: (() => void) | undefined;
  /** What can be done with the person. */
  children?: ComponentChildren;
}

/** A line of a list of people. */
export function Person({ user, online, isMe = false, onMessage, children }: PersonProps) {
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
  return (
    <li>
      {!onMessage || isMe
        ? <div class="opt">{inside}</div>
        : (
          <button class="opt" type="button" title={`Message ${personName(user)}`} onClick={onMessage}>
            {inside}
          </button>
        )}
      {children}
    </li>
  );
}

function rank(online: Presence | undefined): number {
  return online === "online" ? 0 : 1;
}
