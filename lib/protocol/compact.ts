/**
 * Compact frames (lib/protocol/README.md §5): an `events` frame leaves out what its reader knows. Of a message that is
 * what follows from its event and its text, and its key for all but its author.
 */
import * as z from "zod/mini";
import type { Body } from "./body.ts";
import { type Event, event, type EventType } from "./events.ts";
import { otherFrames, type ServerFrame, serverFrames } from "./frames.ts";
import { type Message, messageEvents } from "./messages.ts";
import { isWord } from "./streams.ts";

/** The type that a compact event leaves out. */
export const USUAL_TYPE = "messages.sent" satisfies EventType;

/** What the event of a message says already. */
type Known = Pick<Event, "seq" | "by" | "at"> & { stream: string };

/** Leaves out of a message what `expandMessage` puts back, and its key. */
export function compactMessage(message: Message, known: Known): Partial<Message> {
  const { room, seq, rev, key: _, by, at, text, body, reactions, mentions, ...rest } = message;
  return {
    ...(room !== roomOf(known.stream) && { room }),
    ...(seq !== known.seq && { seq }),
    ...(rev !== known.seq && { rev }),
    ...(by !== known.by && { by }),
    ...(at !== known.at && { at }),
    ...rest,
    text,
    ...(!isPlain(body, text) && { body }),
    ...(Object.keys(reactions).length > 0 && { reactions }),
    ...(mentions.length > 0 && { mentions }),
  };
}

/** The message as it was, but for the key of another's, which is "". A whole one stays as it is. */
function expandMessage(message: object, { stream, seq, by, at }: Known): object {
  const body = "text" in message && typeof message.text === "string" ? plainBody(message.text) : [];
  return { room: roomOf(stream), seq, rev: seq, key: "", by, at, body, reactions: {}, mentions: [], ...message };
}

const roomOf = (stream: string) => stream.slice(stream.indexOf(":") + 1);

/** The body of plain words in one line; a deleted message's is empty. */
const plainBody = (text: string): Body => text === "" ? [] : [{ t: "p", c: [text] }];

function isPlain(body: Body, text: string): boolean {
  const [block, ...more] = body;
  if (!block || text === "") return !block && text === "";
  return more.length === 0 && block.t === "p" && block.c.length === 1 && block.c[0] === text;
}

const wireFrame = z.discriminatedUnion("t", [
  z.object({
    ...serverFrames.events.shape,
    from: z.optional(z.string()),
    events: z.array(z.object({ ...event.shape, type: z._default(z.string(), USUAL_TYPE) })),
  }),
  ...otherFrames,
]);

/** Reads the frames of one connection or answer in their order, compact ones as whole. Undefined for an unknown one. */
export type FrameReader = (value: unknown) => ServerFrame | undefined;

/** `streams`: where a reader stands that gets no `followed`, by stream. */
export function createFrameReader(streams: Record<string, string> = {}): FrameReader {
  const reached = new Map(Object.entries(streams).filter(([, offset]) => !isWord(offset)));
  return (value) => {
    const { success, data: frame } = wireFrame.safeParse(value);
    if (!success) return undefined;
    if (frame.t === "followed") reached.set(frame.stream, frame.offset);
    if (frame.t !== "events") return frame;
    const { stream, from = reached.get(stream) ?? "", to } = frame;
    reached.set(stream, to);
    return { ...frame, from, events: frame.events.map((it) => expandEvent(stream, it)) };
  };
}

function expandEvent(stream: string, it: Event): Event {
  const { type, data } = it;
  if (!Object.hasOwn(messageEvents, type) || typeof data !== "object" || data === null) return it;
  if (!("message" in data) || typeof data.message !== "object" || data.message === null) return it;
  return { ...it, data: { ...data, message: expandMessage(data.message, { ...it, stream }) } };
}
