/** The sentence and the icon of an entry of the feed. */
import type { ComponentChildren } from "preact";
import { type EntryKind, isEntryKind } from "../../protocol/feed.ts";
import type { RoomSummary } from "../../protocol/rooms.ts";
import type { FeedGroup } from "./feed_groups.ts";
import type { FeedItem } from "./feed_data.ts";
import { counted } from "../shell/format.ts";
import type { IconName } from "../shell/icon.tsx";
import { personName, roomName, roomRef, type Users } from "../shell/names.ts";

const NAMED_MAX = 3;

/** The people and rooms that sentences name. */
export interface FeedNames {
  users: Users;
  /** Rooms by id. */
  summaries: ReadonlyMap<string, RoomSummary>;
  /** The members of direct conversations, by room. */
  members: ReadonlyMap<string, readonly string[]>;
  me: string;
  workspace: string;
}

const icons = {
  created: "hash",
  joined: "user",
  started: "chat",
  mentioned: "at",
  replied: "reply",
  reacted: "smile",
  messaged: "chat",
  invited: "users",
} satisfies Record<EntryKind, IconName>;

export function iconOf(kind: string): IconName {
  return isEntryKind(kind) ? icons[kind] : "dot";
}

/** The parts of a sentence. `where` names the room as its members know it. */
interface Parts {
  who: ComponentChildren;
  room: ComponentChildren;
  where: ComponentChildren;
  isDirect: boolean;
  group: FeedGroup;
  names: FeedNames;
  workspace: string;
}

const sentences = {
  created: ({ who, group, names }) => (
    <>
      {who} created <Rooms rooms={[...new Set(group.entries.map((it) => it.room))]} names={names} />
    </>
  ),
  joined: ({ who, workspace }) => <>{who} joined {workspace}</>,
  started: ({ who, room }) => <>{who} wrote in {room}</>,
  mentioned: ({ who, where }) => <>{who} mentioned you in {where}</>,
  replied: ({ who, where }) => <>{who} replied to you in {where}</>,
  reacted: ({ who, room, isDirect, group: { entries: [{ url }] } }) => {
    const what = isDirect ? "direct message" : "message";
    return (
      <>
        {who} reacted to your {url ? <a class="link" href={url}>{what}</a> : what}
        {!isDirect && <>{" in "}{room}</>}
      </>
    );
  },
  messaged: ({ who, group: { entries } }) => (
    <>{who} sent you {entries.length > 1 ? counted(entries.length, "message") : "a message"}</>
  ),
  invited: ({ who, room, isDirect }) =>
    isDirect ? <>{who} started a conversation with you</> : <>{who} added you to {room}</>,
} satisfies Record<EntryKind, (parts: Parts) => ComponentChildren>;

/** "Tomás Vega mentioned you in #gauges": a kind that this version doesn't know shows its title. */
export function Sentence({ group, names }: { group: FeedGroup; names: FeedNames }) {
  const [entry] = group.entries;
  if (!isEntryKind(entry.kind)) return <>{entry.title}</>;
  const room = <RoomName room={entry.room} names={names} />;
  const isDirect = names.summaries.get(entry.room ?? "")?.room.visibility === "direct";
  const parts = {
    who: <People entries={group.entries} users={names.users} />,
    room,
    // A direct conversation is called by its people, and nobody writes "in" people.
    where: isDirect ? <a class="link" href={`/rooms/${entry.room}`}>a direct message</a> : room,
    isDirect,
    group,
    names,
    workspace: names.workspace,
  };
  return <>{sentences[entry.kind](parts)}</>;
}

/** A room's name in a sentence, as a link. */
export function RoomName({ room, names }: { room: string | undefined; names: FeedNames }) {
  const summary = names.summaries.get(room ?? "");
  if (!summary) return <>a room</>;
  const name = roomName(summary.room, names.members.get(summary.room.id) ?? [], names.users, names.me);
  return <a class="link" href={`/rooms/${summary.room.id}`}>{roomRef(summary.room, name)}</a>;
}

/** "#gauges"; "#gauges, #maps and #lunch"; "#gauges, #maps, #lunch and 2 more rooms" */
function Rooms({ rooms, names }: { rooms: readonly (string | undefined)[]; names: FeedNames }) {
  const shown = rooms.slice(0, NAMED_MAX);
  const rest = rooms.length - shown.length;
  return (
    <>
      {shown.map((room, i) => (
        <>
          {i > 0 && (i === rooms.length - 1 ? " and " : ", ")}
          <RoomName room={room} names={names} />
        </>
      ))}
      {rest > 0 && ` and ${counted(rest, "more room")}`}
    </>
  );
}

/** "Aoife Byrne"; "Maren, Ilya and Jun"; "Aoife and 5 others" */
export function People({ entries, users }: { entries: readonly FeedItem[]; users: Users }) {
  const names = [...new Set(entries.map((it) => it.by))].map((id) => personName(users.get(id)));
  const [first = ""] = names;
  if (names.length === 1) return <b>{first}</b>;
  const short = names.map((name) => name.split(" ")[0] ?? name);
  if (names.length > NAMED_MAX) {
    return (
      <>
        <b>{short[0]}</b> and {names.length - 1} others
      </>
    );
  }
  const parts: ComponentChildren[] = [];
  short.forEach((name, i) => {
    if (i > 0) parts.push(i === short.length - 1 ? " and " : ", ");
    parts.push(<b key={i}>{name}</b>);
  });
  return <>{parts}</>;
}

/** Emoji with how often each was given, most first. */
export function emojiCounts(entries: readonly FeedItem[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { emoji } of entries) if (emoji) counts.set(emoji, (counts.get(emoji) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
