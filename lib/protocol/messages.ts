import * as z from "zod/mini";
import { body } from "./body.ts";
import { command } from "./command.ts";
import * as field from "./fields.ts";

/**
 * A message as the wire carries it. `seq` is the place of its `messages.sent`, `n` its number in the room, `rev` the
 * seq of its last change: an event about it whose `seq` is not above `rev` says nothing new.
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

const one = { room: field.id, seq: field.seq };
const messageData = z.object({ message });

export const EMOJI_MAX = 50; // different ones on a message
export const REACTORS_NAMED = 20; // people named beside a reaction's count

/** One emoji, as people see it: with skin tone, joined or flagged. */
export const emoji = z.string("must be a string").check(
  z.maxLength(40, "is no emoji"),
  // No pattern of the document: JSON Schema's have no properties of strings.
  z.refine<string>((value) => /^\p{RGI_Emoji}$/v.test(value), "is no emoji"),
);

export const messageCommands = {
  "messages.send": command({
    input: z.object({ room: field.id, text: field.text, key: field.key }),
    output: z.object({ message, offset: z.string() }),
    verb: "send message",
    ordered: "together",
    load: "send",
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
    load: "read",
  }),
  "messages.get": command({
    input: z.object(one),
    output: messageData,
    verb: "get message",
  }),
  "messages.edit": command({
    input: z.object({ ...one, text: field.text }),
    output: messageData,
    verb: "edit message",
    ordered: true,
    load: "change",
  }),
  "messages.delete": command({
    input: z.object(one),
    output: messageData,
    verb: "delete message",
    ordered: true,
    load: "change",
  }),
  "messages.react": command({
    input: z.object({ ...one, emoji }),
    output: messageData,
    verb: "react",
    ordered: true,
    load: "change",
  }),
  "messages.unreact": command({
    input: z.object({ ...one, emoji }),
    output: messageData,
    verb: "take reaction back",
    ordered: true,
    load: "change",
  }),
  "messages.reactors": command({
    input: z.object({ ...one, emoji, ...field.page, user: z.optional(field.id) }),
    output: z.object({ users: z.array(z.string()), more: z.boolean() }),
    verb: "list who reacted",
    load: "read",
  }),
};

/** Each carries the message as it is now; `by` is who did it. */
export const messageEvents = {
  "messages.sent": messageData,
  "messages.edited": messageData,
  "messages.deleted": messageData,
  "messages.reacted": messageData,
};
