import * as z from "zod/mini";
import { body } from "./body.ts";
import { command } from "./command.ts";
import * as field from "./fields.ts";

/**
 * A message as the wire tells it. `seq` is the place of its `messages.sent`, `n` its number in the room, `rev` the seq
 * of its last change: an event about it whose `seq` is not above `rev` says nothing new.
 */
export const message = z.object({
  room: z.string(),
  seq: field.seq,
  n: z.optional(field.seq),
  rev: field.seq,
  key: z.string(),
  by: z.string(),
  at: field.time,
  text: z.string(),
  body,
  thread: z.optional(field.seq),
  replies: z.optional(z.object({ count: field.count, lastAt: field.time })),
  editedAt: z.optional(field.time),
  deletedAt: z.optional(field.time),
  reactions: z.record(z.string(), z.object({ count: field.count, users: z.array(z.string()) })),
  mentions: z.array(z.string()),
});
export type Message = z.infer<typeof message>;

export const messageCommands = {
  "messages.send": command({
    input: z.object({ room: field.id, text: field.text, key: field.key }),
    output: z.object({ message, offset: z.string() }),
    verb: "send message",
    example: { room: "r1", text: "Two reads, one edge.", key: "0123456789abcdef" },
    ordered: true,
  }),
  "messages.list": command({
    input: z.object({
      room: field.id,
      before: z.optional(field.seq),
      after: z.optional(field.seqOrZero),
      around: z.optional(field.seq),
      limit: field.limit,
    }).check(z.refine(
      (it) => [it.before, it.after, it.around].filter((one) => one !== undefined).length < 2,
      "has more than one of before, after and around",
    )),
    output: z.object({
      messages: z.array(message),
      offset: z.string(),
      more: z.boolean(),
      moreAfter: z.optional(z.boolean()),
    }),
    verb: "list messages",
    example: { room: "r1", limit: 50 },
  }),
  "messages.get": command({
    input: z.object({ room: field.id, seq: field.seq }),
    output: z.object({ message }),
    verb: "get message",
    example: { room: "r1", seq: 1 },
  }),
};

export const messageEvents = { "messages.sent": z.object({ message }) };
