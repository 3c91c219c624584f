/**
 * Every key of the database, in one place. The texts in the keys are stored, so they stay when a
 * thing is renamed. Only a feature's `store.ts` and `lib/server/log` build keys, and only from here.
 */
import type { Room } from "../../protocol/rooms.ts";
import type {
  EntryDocument,
  EntryRecord,
  FeedToken,
  FormerText,
  Head,
  InstanceDocument,
  Invite,
  LatestDocument,
  Membership,
  MessageDocument,
  Pending,
  Position,
  Reactions,
  RecoveryLink,
  Sent,
  Session,
  StoredEvent,
  Token,
  UserDocument,
  Workspace,
} from "./documents.ts";
import { keyOf, prefixOf } from "./key.ts";

export const keys = {
  /** Names this database. Written at the first start, and again by a restore. The first part of every offset. */
  epoch: () => keyOf<string>("epoch"),
  /** The layout of this database, a number; { to, after } while it is brought to another one (layout.ts). */
  format: () => keyOf<unknown>("format"),
  /** Names the process that has the embedded database open. Written at each start: its versionstamp is the fence. */
  writer: () => keyOf<string>("writer"),
  /** Written at each start on Deno Deploy: its versionstamp shows which database this is. */
  probe: () => keyOf<true>("probe"),
  /** The first-run token, until there is a workspace. */
  setup: () => keyOf<{ token: string }>("setup"),
  /** The workspace. */
  workspace: () => keyOf<Workspace>("workspace"),

  /** Where a stream ends, with its newest events. All heads lie together, so that a commit changes few pages. */
  head: (stream: string) => keyOf<Head>("head", stream),
  /** A segment, by the seq of its last event. */
  segment: (stream: string, last: number) => keyOf<StoredEvent[]>("log", stream, last),
  /** The latest event of a stream with one compaction key (a room's read mark, say) that is in a segment. */
  latest: (stream: string, name: string) => keyOf<LatestDocument>("latest", stream, name),
  /** An idempotency key in use. The key comes first, since our client's begin with the time and so lie together. */
  sent: (user: string, key: string) => keyOf<Sent>("sent", key, user),

  /** User document, with the sign-in epoch. */
  user: (id: string) => keyOf<UserDocument>("user", id),
  users: () => prefixOf<UserDocument>("user"),
  /** user id: a handle in use. */
  handle: (handle: string) => keyOf<string>("handle", handle),
  /** A password's hash. */
  password: (user: string) => keyOf<{ phc: string }>("password", user),
  /** Session document, by the SHA-256 of its token. */
  session: (hash: string) => keyOf<Session>("session", hash),
  /** hash: the sessions of a person, by public id. */
  userSession: (user: string, id: string) => keyOf<string>("user_session", user, id),
  userSessions: (user: string) => prefixOf<string>("user_session", user),
  /** Recovery link, by the SHA-256 of its token. */
  recovery: (hash: string) => keyOf<RecoveryLink>("recovery", hash),
  /** Personal access token's document, by the SHA-256 of the token. */
  token: (hash: string) => keyOf<Token>("token", hash),
  /** hash: the tokens of a person, by id. */
  userToken: (user: string, id: string) => keyOf<string>("user_token", user, id),
  userTokens: (user: string) => prefixOf<string>("user_token", user),
  /** Who reads the feed by a token, by its SHA-256. */
  feedToken: (hash: string) => keyOf<FeedToken>("feed_token", hash),
  /** hash: a person's feed token. */
  userFeedToken: (user: string) => keyOf<string>("user_feed_token", user),
  /** Invite document, by id. */
  invite: (id: string) => keyOf<Invite>("invite", id),
  invites: () => prefixOf<Invite>("invite"),
  /** invite id, by the SHA-256 of its token. */
  inviteToken: (hash: string) => keyOf<string>("invite_token", hash),

  /** Room document. */
  room: (id: string) => keyOf<Room>("room", id),
  rooms: () => prefixOf<Room>("room"),
  /** room id: a room's name in use, folded. */
  roomName: (folded: string) => keyOf<string>("room_name", folded),
  /** Membership, by room. */
  member: (room: string, user: string) => keyOf<true>("member", room, user),
  members: (room: string) => prefixOf<true>("member", room),
  /** The rooms of a person. */
  membership: (user: string, room: string) => keyOf<Membership>("membership", user, room),
  memberships: (user: string) => prefixOf<Membership>("membership", user),
  /** room id: the direct conversation of exactly these people, by the SHA-256 of their sorted ids. */
  direct: (people: string) => keyOf<string>("direct", people),
  /** How many rooms a person has made. */
  roomsMade: (user: string) => keyOf<number>("rooms_made", user),
  /** The public rooms, for browsing. */
  publicRoom: (room: string) => keyOf<true>("public_room", room),
  publicRooms: () => prefixOf<true>("public_room"),

  /** Message document, by the seq of its `messages.sent`; the newest of a room still stand in its stream's head. */
  message: (room: string, seq: number) => keyOf<MessageDocument>("message", room, seq),
  messages: (room: string) => prefixOf<MessageDocument>("message", room),
  /** What a message said before it was edited, by the seq of the edit. */
  edit: (room: string, seq: number, rev: number) => keyOf<FormerText>("edit", room, seq, rev),
  edits: (room: string, seq: number) => prefixOf<FormerText>("edit", room, seq),
  /** A message's reactions. */
  reactions: (room: string, seq: number) => keyOf<Reactions>("reactions", room, seq),
  /** A person's reaction. */
  reactor: (room: string, seq: number, emoji: string, user: string) => keyOf<true>("reactor", room, seq, emoji, user),
  reactors: (room: string, seq: number, emoji: string) => prefixOf<true>("reactor", room, seq, emoji),
  /** n: a mention of a person, by the message's seq. */
  mention: (user: string, room: string, seq: number) => keyOf<number>("mention", user, room, seq),
  mentions: (user: string, room: string) => prefixOf<number>("mention", user, room),

  /** An entry of the feed or of a person's inbox, by the seq of its event, for listing without the log. */
  entry: (stream: string, seq: number) => keyOf<EntryDocument>("entry", stream, seq),
  entries: (stream: string) => prefixOf<EntryDocument>("entry", stream),
  /** The same again where it is about a room, so that a room's entries are one range. */
  roomEntry: (stream: string, room: string, seq: number) => keyOf<EntryDocument>("room_entry", stream, room, seq),
  roomEntries: (stream: string, room: string) => prefixOf<EntryDocument>("room_entry", stream, room),
  /** Up to which entry a person has seen a view of the feed. */
  seenUpTo: (user: string, view: string) => keyOf<Position>("seen", user, view),
  /**
   * The position of the entry about something, so that nothing gets two entries. `seq` is the message's, or 0 for an
   * entry about the room; `user` is "" for an entry to everybody.
   */
  entryRecord: (room: string, seq: number, kind: string, user: string, by: string, emoji: string) =>
    keyOf<EntryRecord>("told", room, seq, kind, user, by, emoji),
  entryRecordsAbout: (room: string, seq: number, kind: string) => prefixOf<EntryRecord>("told", room, seq, kind),
  entryRecordsOf: (room: string, seq: number, kind: string, user: string) =>
    prefixOf<EntryRecord>("told", room, seq, kind, user),
  /** How many direct messages there were when the entry for a person's unread ones was withdrawn. */
  brokenRun: (room: string, user: string) => keyOf<number>("broken_run", room, user),
  /** Which parts of an instance's people changed, and who types there. Only where there are several instances. */
  instance: (instance: string) => keyOf<InstanceDocument>("board", instance),
  instances: () => prefixOf<InstanceDocument>("board"),
  /** User ids: a part of the people connected to an instance. */
  instancePeople: (instance: string, part: number) => keyOf<string[]>("board_people", instance, part),
  /** A random value, written with each change of an instance's state, to be watched. */
  clusterChange: () => keyOf<string>("boards_bell"),
  /** People whom the notifier has yet to notify of a message; deleted once it has. */
  pending: (room: string, seq: number) => keyOf<Pending[]>("untold", room, seq),
  allPending: () => prefixOf<Pending[]>("untold"),
} satisfies Record<string, (...parts: never[]) => Deno.KvKey>;
