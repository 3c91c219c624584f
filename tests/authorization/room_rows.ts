/** Who may do what with a room, as lib/protocol/README.md §3 says it: one row a command that names one. */
import type { CommandName } from "../../lib/protocol/commands.ts";
import type { ProblemCode } from "../../lib/protocol/errors.ts";
import type { Actor, Kind, Scene } from "./people.ts";

export type Code = ProblemCode | "ok";
type Inside = Record<"creator" | "member" | "insider", Code>;
type Anyone = Inside & Record<"outsider" | "ex" | "admin" | "owner", Code>;

export interface RoomRow {
  body(scene: Scene): unknown;
  /** What is called before it, so that it has something to undo. */
  after?: CommandName;
  public: Anyone;
  /** Those outside don't see it: not_found, whatever their role. */
  private: Inside;
  direct: Inside;
  archived: Anyone;
}

/** What a row says of somebody in a room of a kind. */
export function expectedIn(row: RoomRow, kind: Kind, actor: Actor): Code {
  if (actor === "nobody" || actor === "deactivated") return "unauthenticated";
  if (kind === "missing") return "not_found";
  if (kind === "public" || kind === "archived") return row[kind][actor];
  return actor === "creator" || actor === "member" || actor === "insider" ? row[kind][actor] : "not_found";
}

const inside = (code: Code): Inside => ({ creator: code, member: code, insider: code });
const anyone = (code: Code): Anyone => ({ ...inside(code), outsider: code, ex: code, admin: code, owner: code });
const FORBIDDEN = anyone("forbidden");
const MEMBERS = { ...FORBIDDEN, ...inside("ok") };
const MANAGERS_INSIDE: Inside = { creator: "ok", member: "forbidden", insider: "ok" };
const MANAGERS: Anyone = { ...FORBIDDEN, ...MANAGERS_INSIDE, admin: "ok", owner: "ok" };
const AUTHOR: Inside = { ...inside("forbidden"), member: "ok" };

/** What whoever sees the room may do. */
const reading = { public: anyone("ok"), private: inside("ok"), direct: inside("ok"), archived: anyone("ok") };
/** What its members may do, while it isn't archived. */
const writing = { public: MEMBERS, private: inside("ok"), direct: inside("ok"), archived: FORBIDDEN };
/** What its members may do for themselves, archived or not. */
const own = { ...writing, archived: MEMBERS };
/** What its creator, owners and admins may do, in private rooms only as members. */
const managing = {
  public: MANAGERS,
  private: MANAGERS_INSIDE,
  direct: inside("forbidden"),
  archived: FORBIDDEN,
};

const room = ({ room }: Scene) => ({ room });
const message = ({ room, seq }: Scene) => ({ room, seq });
const emoji = ({ room, seq }: Scene) => ({ room, seq, emoji: "👍" });
let sent = 0;

export const roomRows = {
  "rooms.get": { body: room, ...reading },
  "rooms.members": { body: room, ...reading },
  "rooms.update": { body: ({ room }: Scene) => ({ room, topic: "River gauges" }), ...managing },
  "rooms.archive": { body: room, ...managing, archived: MANAGERS },
  "rooms.unarchive": { body: room, after: "rooms.archive", ...managing, archived: MANAGERS },
  "rooms.join": {
    body: room,
    public: anyone("ok"),
    private: inside("ok"),
    direct: inside("forbidden"),
    archived: FORBIDDEN,
  },
  "rooms.leave": {
    body: room,
    public: anyone("ok"),
    private: inside("ok"),
    direct: inside("forbidden"),
    archived: FORBIDDEN,
  },
  "rooms.setLevel": { body: ({ room }: Scene) => ({ room, level: "nothing" }), ...own },
  "rooms.addMember": {
    body: ({ room, stranger }: Scene) => ({ room, user: stranger }),
    ...writing,
    direct: inside("forbidden"),
  },
  "rooms.removeMember": { body: ({ room, other }: Scene) => ({ room, user: other }), ...managing },
  "messages.send": {
    body: ({ room }: Scene) => ({ room, text: "hello", key: `matrix-send-${String(++sent).padStart(10, "0")}` }),
    ...writing,
  },
  "messages.list": { body: room, ...reading },
  "messages.get": { body: message, ...reading },
  "messages.reactors": { body: emoji, ...reading },
  "messages.edit": {
    body: (scene: Scene) => ({ ...message(scene), text: "Two reads, one edge, 250 ms." }),
    public: { ...FORBIDDEN, ...AUTHOR },
    private: AUTHOR,
    direct: AUTHOR,
    archived: FORBIDDEN,
  },
  "messages.delete": {
    body: message,
    public: { ...MANAGERS, member: "ok" },
    private: { ...MANAGERS_INSIDE, member: "ok" },
    direct: AUTHOR, // nobody may update a direct conversation
    archived: FORBIDDEN,
  },
  "messages.react": { body: emoji, ...writing },
  "messages.unreact": { body: emoji, after: "messages.react", ...writing },
  "reads.mark": { body: message, ...own },
  "presence.typing": { body: room, ...writing },
} satisfies Partial<Record<CommandName, RoomRow>>;
