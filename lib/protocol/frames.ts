/** Frames of a session, the same on all transports (lib/protocol/README.md §5). */
import * as z from "zod/mini";
import { problem } from "./errors.ts";
import { event } from "./events.ts";
import * as field from "./fields.ts";
import { presence } from "./presence.ts";
import { offsetsByStream } from "./streams.ts";
import { user } from "./users.ts";

export const PROTOCOL_VERSION = 1;
export const FRAME_BYTES_MAX = 65_536; // client → server, §5
export const STREAMS_MAX = 256; // followed by one session
export const CALLS_MAX = 64; // under way on one socket
export const WATCH_MAX = 200; // people
export const EVENTS_MAX = 500; // in one events frame
export const EVENTS_BYTES_MAX = 262_144; // of one events frame

export const close = {
  restart: 1012,
  overloaded: 1013,
  policy: 1008,
  tooBig: 1009,
  notReading: 4001,
  pingTimeout: 4002,
  signedOut: 4401,
  version: 4409,
} as const;

export const goneReason = z.enum(["trimmed", "epoch", "not_found", "removed", "limit"]);
export type GoneReason = z.infer<typeof goneReason>;
export const byeReason = z.enum(["restart", "recycled", "overloaded", "signed_out"]);
export type ByeReason = z.infer<typeof byeReason>;

const digestCount = z.object({
  n: field.count,
  lastAt: field.time,
  /** The room's `rev`: a reader that has an older one fetches the room. */
  rev: z.optional(field.seq),
});
export type DigestCount = z.infer<typeof digestCount>;

export const serverFrames = {
  welcome: z.object({
    t: z.literal("welcome"),
    v: z.int(),
    user,
    session: z.string(),
    ping: z.int(),
    transport: z.string(),
    instance: z.string(),
  }),
  followed: z.object({ t: z.literal("followed"), stream: z.string(), offset: z.string(), head: z.string() }),
  events: z.object({
    t: z.literal("events"),
    stream: z.string(),
    from: z.string(),
    to: z.string(),
    events: z.array(event),
  }),
  gone: z.object({ t: z.literal("gone"), stream: z.string(), reason: goneReason, head: z.optional(z.string()) }),
  digest: z.object({ t: z.literal("digest"), rooms: z.record(z.string(), digestCount) }),
  presence: z.object({ t: z.literal("presence"), users: z.record(z.string(), presence) }),
  typing: z.object({ t: z.literal("typing"), room: z.string(), users: z.array(z.string()) }),
  reply: z.object({
    t: z.literal("reply"),
    id: z.int(),
    result: z.optional(z.unknown()),
    error: z.optional(problem),
  }),
  pong: z.object({ t: z.literal("pong"), id: z.int() }),
  bye: z.object({ t: z.literal("bye"), reason: byeReason, retry: z.int() }),
};

type Frames<T> = { [K in keyof T]: T[K] extends z.ZodMiniType ? z.infer<T[K]> : never };
export type ServerFrames = Frames<typeof serverFrames>;
export type ServerFrame = ServerFrames[keyof ServerFrames];

/** All but `events`. */
export const otherFrames = [
  serverFrames.welcome,
  serverFrames.followed,
  serverFrames.gone,
  serverFrames.digest,
  serverFrames.presence,
  serverFrames.typing,
  serverFrames.reply,
  serverFrames.pong,
  serverFrames.bye,
] as const;

export const serverFrame = z.discriminatedUnion("t", [serverFrames.events, ...otherFrames]);

export const clientFrame = z.discriminatedUnion("t", [
  z.object({
    t: z.literal("follow"),
    streams: offsetsByStream,
    compact: z.optional(z.boolean()),
  }),
  z.object({
    t: z.literal("unfollow"),
    streams: z.array(z.string()).check(z.maxLength(STREAMS_MAX, "has too many streams")),
  }),
  z.object({ t: z.literal("watch"), users: z.array(field.id).check(z.maxLength(WATCH_MAX, "has too many people")) }),
  z.object({ t: z.literal("call"), id: z.int(), name: z.string(), body: z.unknown() }),
  z.object({ t: z.literal("ping"), id: z.int() }),
]);
export type ClientFrame = z.infer<typeof clientFrame>;
