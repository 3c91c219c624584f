/** The state of the room's page, and how the server makes it from the page's data. */
import type { Presence } from "../../protocol/presence.ts";
import type { RoomSummary } from "../../protocol/rooms.ts";
import type { User } from "../../protocol/users.ts";
import type { ConnectionState } from "../shell/connection.tsx";
import { isCalling } from "../../model/room_list.ts";
import { firstUnread } from "../../model/unread.ts";
import { roomName, roomRef, type Users } from "../shell/names.ts";
import type { MemberParts } from "./members_pane.tsx";
import type { MessageListActions } from "./message_log.tsx";
import type { PageData } from "./page_data.ts";
import { countBelow, type Row, toRows } from "./rows.ts";

/** Fields may be getters over signals, so each part of the screen reads only those that it shows. */
export interface RoomState {
  readonly workspace: string;
  readonly me: User;
  readonly rooms: readonly RoomSummary[];
  /** How many of mine are not here yet. */
  readonly moreRooms: number;
  /** The room on screen. */
  readonly summary: RoomSummary | undefined;
  /** Its name, as `roomName` gives it. */
  readonly name: string;
  /** The name as it stands in a sentence: "#gauges". */
  readonly title: string;
  readonly users: Users;
  /** Ids by room, as far as they are known. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** The members of the room on screen, all or one page of them. */
  readonly inside: readonly string[];
  /** Set where `inside` is only one page of the members. */
  readonly insidePage: { isMore: boolean } | undefined;
  readonly presence: ReadonlyMap<string, Presence>;
  readonly connection: ConnectionState;
  /** The connection has been away for a while. */
  readonly isAway: boolean;
  /** Entries of my feed that are new. */
  readonly unseen: number;
  /** How many other rooms have something unread. */
  readonly unreadElsewhere: number;
  readonly isMenuOpen: boolean;
  readonly isInspecting: boolean;
  readonly isPaneOpen: boolean;
  /** Whom one looks for in the pane. */
  readonly memberWord: string;
  readonly memberParts: MemberParts | undefined;
  readonly rows: readonly Row[];
  /** Whether the messages go back to the beginning of the room. */
  readonly isStart: boolean;
  /** Whether they go on to its end. */
  readonly isEnd: boolean;
  /** The seq that a permalink names. */
  readonly landing: number | undefined;
  readonly actions: MessageListActions | undefined;
  readonly zone: string;
  readonly now: number;
  /** Names of those who type. */
  readonly typing: readonly string[];
  /** Whether I have lost access to the room on screen. */
  readonly isLost: boolean;
  /** The text that I wrote and may not send here. Read only where there is no composer. */
  readonly unsent: string;
}

/** The state of a page as it is loaded. */
export function stateOf(data: PageData, now: number): RoomState {
  const { me, page, rooms, zone } = data;
  const summary = rooms.find((it) => it.room.id === data.room);
  const users = new Map(data.users.map((user) => [user.id, user]));
  const members = new Map(Object.entries(data.members));
  const all = members.get(data.room);
  const name = summary ? roomName(summary.room, all ?? [], users, me.id) : "";
  const readUpTo = summary ? summary.n - summary.unread : 0;
  return {
    workspace: data.workspace.name,
    me,
    rooms,
    moreRooms: data.moreRooms,
    summary,
    name,
    title: summary ? roomRef(summary.room, name) : "",
    users,
    members,
    inside: all ?? data.someMembers ?? [],
    insidePage: data.someMembers && { isMore: data.moreMembers ?? false },
    presence: new Map(),
    connection: { state: "connecting" },
    isAway: false,
    unseen: data.unseen,
    unreadElsewhere: rooms.filter((it) => isCalling(it) && it !== summary).length,
    isMenuOpen: false,
    isInspecting: false,
    isPaneOpen: data.pane,
    memberWord: "",
    memberParts: undefined,
    rows: toRows({
      messages: page.messages,
      pending: [],
      me: me.id,
      zone,
      firstUnread: firstUnread(page.messages, { readUpTo, more: page.more })?.seq,
      below: countBelow(page.messages, summary?.n ?? 0, page.moreAfter ?? false),
    }),
    isStart: !page.more,
    isEnd: !page.moreAfter,
    landing: data.landing,
    actions: undefined,
    zone,
    now,
    typing: [],
    isLost: false,
    unsent: "",
  };
}
