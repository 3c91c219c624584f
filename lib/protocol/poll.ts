/** The long-poll's request and answer (lib/protocol/README.md §5). */
import * as z from "zod/mini";
import * as field from "./fields.ts";
import { PROTOCOL_VERSION, WATCH_MAX } from "./frames.ts";
import { offsetsByStream } from "./streams.ts";

export const WAIT_MAX_MS = 25_000; // a longer wait counts as this

/** Why a preferred transport is not the one in use. */
export const becauses = ["blocked", "cut", "silent", "unstable"] as const;

export const pollRequest = z.object({
  v: z.literal(PROTOCOL_VERSION, `must be ${PROTOCOL_VERSION}`),
  streams: offsetsByStream,
  /** Also one beyond what is exact as a number: it counts as the longest. */
  wait: z.number("must be a whole number of ms").check(
    z.refine(Number.isInteger, "must be a whole number of ms"),
    z.gte(0, "must be at least 0"),
  ),
  users: z.optional(
    z.array(field.id, "must be a list").check(z.maxLength(WATCH_MAX, `has more than ${WATCH_MAX} people`)),
  ),
  seen: z.optional(z.string("must be a string")),
  compact: z.optional(z.boolean("must be true or false")),
  /** In the first poll of a client that prefers another transport. What it does not know counts as left out. */
  fallback: z.catch(z.optional(z.object({ from: z.enum(["ws", "sse"]), because: z.enum(becauses) })), undefined),
});
export type PollRequest = z.infer<typeof pollRequest>;

/** Frames are parsed one by one, so that one of an unknown type doesn't hide the others. */
export const pollAnswer = z.object({
  frames: z.array(z.unknown()),
  streams: z.record(z.string(), z.string()),
  seen: z.optional(z.string()),
});
export type PollAnswer = z.infer<typeof pollAnswer>;
