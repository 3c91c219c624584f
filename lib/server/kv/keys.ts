/** Every key of the database, in one place. Only a feature's `store.ts` and `lib/server/log` build keys, and only from here. */

export const keys = {
  /** string: names this database; written at first start, anew by restore. The first part of every offset. */
  epoch: () => ["epoch"],
  /** number: the layout of this database; { to, after } while it is brought to another one (layout.ts). */
  format: () => ["format"],
  /** true: written at each start on Deno Deploy, to see by its versionstamp what database this is. */
  probe: () => ["probe"],
  /** { token }: the first-run token, until there is a workspace. */
  setup: () => ["setup"],
  /** { name, createdAt, lobby }: the workspace; `lobby` is the id of the room that everybody starts in. */
  workspace: () => ["workspace"],

  /**
   * Head: where a stream ends, with its newest events. All heads lie together: an atomic over many streams then changes
   * few pages of the database, and pages are what a commit costs.
   */
  head: (stream: string) => ["head", stream],
  /** StoredEvent[]: a segment, by the seq of its last event. */
  segment: (stream: string, last: number) => ["log", stream, last],
  /** { seq, data }: of the events of one name in a stream (a room's read mark, say) the latest that is in a segment. */
  latest: (stream: string, name: string) => ["latest", stream, name],
  /**
   * { command, hash, …what it made, expiresAt }: an idempotency key in use. The key comes first: our client's begin with
   * the time, so those of about one time lie together, whoever sent them.
   */
  sent: (user: string, key: string) => ["sent", key, user],

  /** User document, with the sign-in epoch. */
  user: (id: string) => ["user", id],
  users: () => ["user"],
  /** user id: a handle in use. */
  handle: (handle: string) => ["handle", handle],
  /** { phc }: a password's hash. */
  password: (user: string) => ["password", user],
  /** Session document, by the SHA-256 of its token. */
  session: (hash: string) => ["session", hash],
  /** hash: the sessions of a person, by public id. */
  userSession: (user: string, id: string) => ["user_session", user, id],
  userSessions: (user: string) => ["user_session", user],
  /** Personal access token's document, by the SHA-256 of the token. */
  token: (hash: string) => ["token", hash],
  /** hash: the tokens of a person, by id. */
  userToken: (user: string, id: string) => ["user_token", user, id],
  userTokens: (user: string) => ["user_token", user],
  /** { user, deactivations }: who reads the feed by a token, by its SHA-256. */
  feedToken: (hash: string) => ["feed_token", hash],
  /** hash: a person's feed token. */
  userFeedToken: (user: string) => ["user_feed_token", user],
  /** Invite document, by id. */
  invite: (id: string) => ["invite", id],
  invites: () => ["invite"],
  /** invite id, by the SHA-256 of its token. */
  inviteToken: (hash: string) => ["invite_token", hash],

  /** Room document. */
  room: (id: string) => ["room", id],
  rooms: () => ["room"],
  /** Membership, by room. */
  member: (room: string, user: string) => ["member", room, user],
  members: (room: string) => ["member", room],
  /** true: the rooms of a person. */
  membership: (user: string, room: string) => ["membership", user, room],
  memberships: (user: string) => ["membership", user],
  /** room id: the direct conversation of exactly these people, by the SHA-256 of their sorted ids. */
  direct: (people: string) => ["direct", people],
  /** number: how many rooms a person has made. */
  roomsMade: (user: string) => ["rooms_made", user],
  /** true: the public rooms, for browsing. */
  publicRoom: (room: string) => ["public_room", room],
  publicRooms: () => ["public_room"],

  /** Message document, by the seq of its `messages.sent`; the newest of a room still stand in its stream's head. */
  message: (room: string, seq: number) => ["message", room, seq],
  messages: (room: string) => ["message", room],
  /** { text, people, at }: what a message said before it was edited, by the seq of the edit. */
  edit: (room: string, seq: number, rev: number) => ["edit", room, seq, rev],
  edits: (room: string, seq: number) => ["edit", room, seq],
  /** emoji → { count, users }: a message's reactions, as many people each as are told. */
  reactions: (room: string, seq: number) => ["reactions", room, seq],
  /** true: a person's reaction. */
  reactor: (room: string, seq: number, emoji: string, user: string) => ["reactor", room, seq, emoji, user],
  reactors: (room: string, seq: number, emoji: string) => ["reactor", room, seq, emoji],
  /** n: a mention of a person, by the message's seq. */
  mention: (user: string, room: string, seq: number) => ["mention", user, room, seq],
  mentions: (user: string, room: string) => ["mention", user, room],

  /** StoredEntry: an entry of the feed or of a person's inbox, by the seq of its event, for listing without the log. */
  entry: (stream: string, seq: number) => ["entry", stream, seq],
  entries: (stream: string) => ["entry", stream],
  /** The same StoredEntry again where it is about a room, so that a room's entries are one range. */
  roomEntry: (stream: string, room: string, seq: number) => ["room_entry", stream, room, seq],
  roomEntries: (stream: string, room: string) => ["room_entry", stream, room],
  /** { seq, tag }: how far a person has seen a view of the feed. */
  seen: (user: string, view: string) => ["seen", user, view],
  /**
   * { seq, tag, at, off? }: the entry about something, by its place in its stream; `off` once it was withdrawn. `seq` is the
   * message's, 0 where it is about the room; `user` is "" for everybody. So nothing makes two entries.
   */
  told: (room: string, seq: number, kind: string, user: string, by: string, emoji: string) => [
    "told",
    room,
    seq,
    kind,
    user,
    by,
    emoji,
  ],
  toldAbout: (room: string, seq: number, kind: string) => ["told", room, seq, kind],
  /** n: a direct message whose entry went with it, while others that came with it may be unread. */
  brokenRun: (room: string, user: string) => ["broken_run", room, user],
  /** Board: which parts of an instance's people changed, and who types there. Only where there are several instances. */
  board: (instance: string) => ["board", instance],
  boards: () => ["board"],
  /** user ids: a part of the people connected to an instance. */
  boardPeople: (instance: string, part: number) => ["board_people", instance, part],
  /** Random: another one after each write of a board, to be watched. */
  boardsBell: () => ["boards_bell"],
  /** [{ user, kind }]: whom a message's commit could not tell any more what became of it; gone once they are told. */
  untold: (room: string, seq: number) => ["untold", room, seq],
  untolds: () => ["untold"],
} satisfies Record<string, (...parts: never[]) => Deno.KvKey>;
