/** All that the switcher offers: rooms, people, what one can do, and the settings. */
import type { Room, RoomSummary } from "../../lib/protocol/rooms.ts";
import type { User } from "../../lib/protocol/users.ts";
import { mayManage } from "../../lib/model/may_manage.ts";
import { Avatar } from "../../lib/ui/shell/avatar.tsx";
import { Icon, type IconName } from "../../lib/ui/shell/icon.tsx";
import { participants, standingIn } from "../../lib/ui/shell/names.ts";
import type { DialogKind } from "./dialogs/dialog_kinds.ts";
import type { Hit, PaletteProps } from "./palette_props.ts";
import type { Choice } from "./palette_rank.ts";
import { setTheme } from "./theme.ts";

/** `hits` are what the server found, `recent` the rooms that one was in, the last first. */
export function choicesOf(props: PaletteProps, hits: readonly Hit[], recent: readonly string[]): Choice[] {
  const { rooms, met } = roomsOf(props, hits, recent);
  return [...rooms, ...peopleOf(props, hits, met), ...commandsOf(props), ...settingsOf(props)];
}

export const idOf = (hit: Hit) => "room" in hit ? `room-${hit.room.id}` : `user-${hit.id}`;

function usersOf({ chat }: PaletteProps, hits: readonly Hit[]): Map<string, User> {
  return new Map([
    ...hits.flatMap((hit) => "handle" in hit ? [[hit.id, hit] as const] : []),
    ...chat.people.users.value,
  ]);
}

function faceOf({ chat }: PaletteProps, user: User) {
  return <Avatar user={user} size="s" presence={chat.people.presence.value.get(user.id)} />;
}

/** `met` are those who have a line by their conversation. */
function roomsOf(props: PaletteProps, hits: readonly Hit[], recent: readonly string[]) {
  const { chat, me, here, nameOf, go } = props;
  const known = new Set(chat.rooms.summaries.value.map(({ room }) => room.id));
  const others = hits.flatMap((hit) => "room" in hit && !known.has(hit.room.id) ? [hit] : []);
  const users = usersOf(props, hits);
  const met = new Set<string>();
  const rooms = [...chat.rooms.summaries.value, ...others].map((summary) => {
    const { room, joined, unread } = summary;
    const person = users.get(onlyPartner(room, chat.members.members.value.get(room.id) ?? [], me.id) ?? "");
    if (person) met.add(person.id);
    const last = recent.indexOf(room.id);
    const isArchived = standingIn(summary) === "archived";
    const isRecent = last >= 0 && room.id !== here && !isArchived;
    const choice: Choice = {
      id: idOf(summary),
      section: isRecent ? "Recent" : person ? "People" : "Rooms",
      face: person ? faceOf(props, person) : <Icon name={iconOf(room)} />,
      label: nameOf(room.id) || room.name,
      detail: unread > 0 ? `${unread} unread` : person ? `@${person.handle}` : aboutRoom(summary),
      isRecent,
      isArchived,
      room: room.id,
      choose() {
        chat.rooms.visited(summary);
        go(room.id);
      },
    };
    const order = isArchived
      ? 4
      : isRecent
      ? last - recent.length
      : room.id === here
      ? 3
      : unread > 0
      ? 0
      : joined
      ? 1
      : 2;
    return { choice, order };
  });
  return { rooms: rooms.sort((a, b) => a.order - b.order).map((it) => it.choice), met };
}

function peopleOf(props: PaletteProps, hits: readonly Hit[], met: ReadonlySet<string>): Choice[] {
  const { chat, me, go, show } = props;
  const direct = async (user: string) => {
    const { room } = await chat.live.call("rooms.direct", { users: [user] });
    chat.rooms.joined(room);
    go(room.id);
  };
  return [...usersOf(props, hits).values()]
    .filter((it) => it.deactivatedAt === undefined && !met.has(it.id))
    .map((it) => ({
      id: idOf(it),
      section: "People",
      face: faceOf(props, it),
      label: it.id === me.id ? `${it.name} (you)` : it.name,
      detail: `@${it.handle}`,
      choose: () => void direct(it.id).catch(() => show("direct")),
    }));
}

function commandsOf({ chat, me, here, nameOf, show, members }: PaletteProps): Choice[] {
  const open = (kind: DialogKind, face: IconName, label: string, more: Partial<Choice> = {}): Choice => ({
    id: `do-${kind}`,
    section: "Commands",
    face: <Icon name={face} />,
    label,
    detail: "",
    choose: () => show(kind),
    ...more,
  });
  const summary = here === undefined ? undefined : chat.rooms.summary(here);
  const name = summary && (summary.room.visibility === "direct" ? nameOf(summary.room.id) : `#${summary.room.name}`);
  const isMuted = summary?.level === "nothing";
  const mute = async (room: string) => {
    const level = isMuted ? "everything" : "nothing";
    chat.rooms.setLevel(room, level);
    await chat.live.call("rooms.setLevel", { room, level });
  };
  const ofRoom = summary === undefined ? [] : [
    open("direct", "users", `Members of ${name}`, {
      id: "do-members",
      also: "people add remove",
      choose: () => members?.(),
    }),
    ...summary.joined
      ? [open("room_menu", isMuted ? "bell" : "bell-off", `${isMuted ? "Unmute" : "Mute"} ${name}`, {
        id: "do-mute",
        choose: () => void mute(summary.room.id).catch(() => show("room_menu")),
      })]
      : [],
    ...mayManage(summary, me) && standingIn(summary) !== "archived"
      ? [open("room_details", "edit", `Rename ${name}`, { also: "name and topic" })]
      : [],
  ];
  return [
    open("browse_rooms", "hash", "Browse rooms", { also: "join find channels" }),
    open("create_room", "plus", "New room", { also: "create channel" }),
    open("direct", "user", "New direct message", { also: "write to dm conversation" }),
    ...isAdmin(me) ? [open("invite", "link", "Invite people", { also: "add link" })] : [],
    open("keys", "keys", "Keyboard shortcuts", { keys: ["?"], also: "keys help" }),
    open("keys", "stream", "Feed", { id: "do-feed", also: "activity", choose: () => location.assign("/feed") }),
    ...ofRoom,
  ];
}

function settingsOf({ me }: PaletteProps): Choice[] {
  const setting = (id: string, face: IconName, label: string, also: string, choose: () => void): Choice => ({
    id: `set-${id}`,
    section: "Settings",
    face: <Icon name={face} />,
    label,
    detail: "",
    also,
    choose,
  });
  const page = (section: string, face: IconName, label: string, also: string) =>
    setting(section, face, label, `settings ${also}`, () => location.assign(`/settings#${section}`));
  return [
    setting("dark", "moon", "Dark theme", "night mode appearance", () => setTheme("dark")),
    setting("light", "sun", "Light theme", "day mode appearance", () => setTheme("light")),
    setting("system", "screen", "System theme", "auto mode appearance", () => setTheme("system")),
    page("profile", "user", "Profile", "name handle account"),
    page("password", "key", "Password", "change security"),
    page("sessions", "screen", "Devices", "sessions sign out everywhere"),
    page("tokens", "key", "Access tokens", "api bots"),
    page("feeds", "link", "Feed addresses", "rss atom json"),
    ...isAdmin(me)
      ? [page("people", "users", "Members and roles", "admin deactivate"), page("invites", "link", "Invites", "links")]
      : [],
    setting(
      "out",
      "out",
      "Sign out",
      "log out leave",
      () => document.querySelector<HTMLFormElement>('form[action="/sign-out"]')?.requestSubmit(),
    ),
  ];
}

const isAdmin = ({ role }: User) => role === "owner" || role === "admin";

function aboutRoom(summary: RoomSummary): string {
  const standing = { member: "", visitor: "not joined", archived: "archived" }[standingIn(summary)];
  return [standing, summary.room.topic].filter((it) => it !== "").join(" · ");
}

/** The one with whom a direct conversation is; that person has no other line. */
function onlyPartner({ visibility }: Room, members: readonly string[], me: string): string | undefined {
  if (visibility !== "direct" || members.length === 0) return undefined;
  const [only, ...more] = participants(members, me);
  return more.length === 0 ? only : undefined;
}

function iconOf({ visibility }: Room): IconName {
  return visibility === "direct" ? "users" : visibility === "private" ? "lock" : "hash";
}
