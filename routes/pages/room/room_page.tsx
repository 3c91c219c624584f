/** The room page as the server renders it: the same parts that its island hydrates. */
import type { Problem } from "../../../lib/protocol/errors.ts";
import { Banner } from "../../../lib/ui/shell/banner.tsx";
import { Composer } from "../../../lib/ui/room/composer.tsx";
import { ArchivedBar, Dock, JoinBar } from "../../../lib/ui/room/dock.tsx";
import { Island } from "../../../lib/ui/shell/island.tsx";
import { MembersPane } from "../../../lib/ui/room/members_pane.tsx";
import { MessageLog } from "../../../lib/ui/room/message_log.tsx";
import { mayManage } from "../../../lib/model/may_manage.ts";
import { beginnings, isCalling, roomName, roomRef, standingIn } from "../../../lib/ui/shell/names.ts";
import type { PageData } from "../../../lib/ui/room/page_data.ts";
import { RoomBar } from "../../../lib/ui/room/room_bar.tsx";
import { RoomLayout } from "../../../lib/ui/room/room_layout.tsx";
import { countBelow, firstUnreadOf, toRows } from "../../../lib/ui/room/rows.ts";
import { Sidebar } from "../../../lib/ui/shell/sidebar.tsx";

export interface RoomPageProps {
  data: PageData;
  /** For the form: names the next message. */
  formKey: string;
  now: number;
  /** What was typed and not taken, and why. */
  text?: string | undefined;
  problem?: Problem | undefined;
}

/** The title of the page: "#gauges". */
export function titleOf(data: PageData): string {
  const line = lineOf(data);
  return line ? roomRef(line.room, nameOf(data)) : "";
}

export function RoomPage({ data, formKey, now, text = "", problem }: RoomPageProps) {
  const line = lineOf(data);
  if (!line) return null;
  const { me, zone, page } = data;
  const { room } = line;
  const users = new Map(data.users.map((user) => [user.id, user]));
  const members = new Map(Object.entries(data.members));
  const inside = members.get(room.id) ?? data.someMembers ?? [];
  const isSome = data.someMembers !== undefined;
  const presence = new Map();
  const title = titleOf(data);
  const readUpTo = line.n - line.unread;
  const firstUnread = firstUnreadOf(page.messages, { readUpTo, me: me.id, more: page.more });
  const below = countBelow(page.messages, line.n, page.moreAfter ?? false);
  return (
    <Island name="room" class="app">
      <RoomLayout
        side={
          <Sidebar
            workspace={data.workspace.name}
            me={me}
            lines={data.rooms}
            current={room.id}
            users={users}
            members={members}
            presence={presence}
            unseen={data.unseen}
            connection={{ state: "connecting" }}
          />
        }
        bar={
          <RoomBar
            room={room}
            name={nameOf(data)}
            me={me.id}
            members={inside}
            isSome={isSome}
            users={users}
            unreadElsewhere={data.rooms.filter((it) => isCalling(it) && it !== line).length}
            isPaneOpen={data.pane}
          />
        }
        banner={problem && standingIn(line) !== "member" &&
          <Banner tone="bad" icon="alert" title={`${problem.detail ?? problem.title}.`} />}
        log={
          <MessageLog
            title={title}
            rows={toRows({ messages: page.messages, pending: [], me: me.id, zone, firstUnread, below })}
            begin={beginnings(line, me)}
            users={users}
            me={me}
            zone={zone}
            now={now}
            landing={data.landing}
            isStart={!page.more}
          />
        }
        dock={
          <Dock typing={[]}>
            {standingIn(line) === "archived" && <ArchivedBar room={room} mayManage={mayManage(line, me)} />}
            {standingIn(line) === "visitor" && <JoinBar room={room} />}
            {standingIn(line) !== "member" && text !== "" && <Unsent text={text} />}
            {standingIn(line) === "member" && (
              <Composer
                room={room.id}
                title={title}
                text={text}
                formKey={formKey}
                autofocus={data.landing === undefined}
                problem={problem && `${problem.detail ?? problem.title}.`}
              />
            )}
          </Dock>
        }
        pane={data.pane && (
          <MembersPane
            room={room.id}
            title={title}
            members={inside}
            {...(isSome && { page: { isMore: data.moreMembers ?? false } })}
            users={users}
            presence={presence}
            me={me.id}
          />
        )}
      />
    </Island>
  );
}

/** What somebody wrote who may not write here: theirs to copy. */
function Unsent({ text }: { text: string }) {
  return (
    <label class="field">
      Not sent
      <textarea class="input" readOnly rows={4}>{text}</textarea>
    </label>
  );
}

function lineOf(data: PageData) {
  return data.rooms.find((it) => it.room.id === data.room);
}

function nameOf(data: PageData): string {
  const line = lineOf(data);
  const users = new Map(data.users.map((user) => [user.id, user]));
  return line ? roomName(line.room, data.members[data.room] ?? [], users, data.me.id) : "";
}
