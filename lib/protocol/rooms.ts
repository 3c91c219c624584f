import * as z from "zod/mini";
import { command } from "./command.ts";
import * as field from "./fields.ts";

export const visibility = z.enum(["public", "private", "direct"]);
export const level = z.enum(
  ["everything", "mentions", "nothing", "hidden"],
  "must be everything, mentions, nothing or hidden",
);
export type Level = z.infer<typeof level>;

export const room = z.object({
  id: z.string(),
  name: z.string(),
  topic: z.string(),
  visibility,
  createdAt: field.time,
  createdBy: z.string(),
  archivedAt: z.optional(field.time),
  /** The seq of its last `rooms.updated`; none before the first. */
  rev: z.optional(field.seq),
});
export type Room = z.infer<typeof room>;

/** A room's summary in the room list: `n` counts its messages; `unread.ts` counts `unread` and `mentions`. */
export const roomLine = z.object({
  room,
  joined: z.boolean(),
  n: field.count,
  unread: field.count,
  mentions: field.count,
  /** The numbers of the messages past my mark that mention me: of more than 100 the first ones. */
  mentioned: z.optional(z.array(field.seq)),
  lastAt: field.time,
  level,
  /** How many people are in it; unknown where a page only names the room. */
  members: z.optional(field.count),
});
export type RoomSummary = z.infer<typeof roomLine>;

const oneRoom = z.object({ room });
const nothing = z.object({});
const named = z.object({ room: field.id });
const roomAndUser = z.object({ room: field.id, user: field.id });
const key = z.optional(field.key);

export const roomCommands = {
  "rooms.create": command({
    input: z.object({
      name: field.name,
      visibility: z.enum(["public", "private"], "must be public or private"),
      topic: z.optional(field.topic),
      key,
    }),
    output: oneRoom,
    verb: "create room",
  }),
  "rooms.update": command({
    input: z.object({ room: field.id, name: z.optional(field.name), topic: z.optional(field.topic) }),
    output: oneRoom,
    verb: "update room",
    ordered: true,
  }),
  "rooms.archive": command({
    input: named,
    output: oneRoom,
    verb: "archive room",
    ordered: true,
  }),
  "rooms.unarchive": command({
    input: named,
    output: oneRoom,
    verb: "unarchive room",
    ordered: true,
  }),
  "rooms.list": command({
    input: z.object({ ...field.page, mine: field.flag, public: field.flag, query: z.optional(field.query) }),
    output: z.object({ rooms: z.array(roomLine), more: z.boolean() }),
    verb: "list rooms",
    load: "read",
  }),
  "rooms.get": command({ input: named, output: z.object({ room, line: roomLine }), verb: "get room" }),
  "rooms.join": command({
    input: named,
    output: oneRoom,
    verb: "join room",
    ordered: true,
  }),
  "rooms.setLevel": command({
    input: z.object({ room: field.id, level }),
    output: oneRoom,
    verb: "set level",
  }),
  "rooms.leave": command({
    input: named,
    output: nothing,
    verb: "leave room",
    ordered: true,
  }),
  "rooms.members": command({
    input: z.object({ room: field.id, ...field.page }),
    output: z.object({ members: z.array(z.string()), more: z.boolean() }),
    verb: "list members",
    load: "read",
  }),
  "rooms.addMember": command({
    input: roomAndUser,
    output: nothing,
    verb: "add member",
    ordered: true,
  }),
  "rooms.removeMember": command({
    input: roomAndUser,
    output: nothing,
    verb: "remove member",
    ordered: true,
  }),
  "rooms.direct": command({
    input: z.object({
      users: z.array(field.id, "must be a list").check(
        z.maxLength(field.DIRECT_USERS_MAX, `has more than ${field.DIRECT_USERS_MAX} people`),
      ),
      key,
    }),
    output: oneRoom,
    verb: "start direct message",
  }),
};

export const roomEvents = {
  "rooms.updated": z.object({ room }),
  "rooms.joined": z.object({ user: z.string() }),
  "rooms.left": z.object({ user: z.string() }),
};

/** I am in a room, or am no more. */
export const membershipEvents = {
  "rooms.added": z.object({ room }),
  "rooms.removed": z.object({ room }),
  /** How much of a room I want to hear has changed. */
  "rooms.levelSet": z.object({ room: z.string(), level }),
};
