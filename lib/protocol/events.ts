/** Every event that a stream may carry (PROTOCOL.md §4). An event of an unknown type still moves the position. */
import * as z from "zod/mini";
import { authEvents } from "./auth.ts";
import { feedEvents } from "./feed.ts";
import * as field from "./fields.ts";
import { messageEvents } from "./messages.ts";
import { readEvents } from "./reads.ts";
import { roomEvents } from "./rooms.ts";
import { userEvents } from "./users.ts";

export const events = {
  ...authEvents,
  ...userEvents,
  ...roomEvents,
  ...messageEvents,
  ...readEvents,
  ...feedEvents,
};

export type Events = { [T in keyof typeof events]: z.infer<(typeof events)[T]> };
export type EventType = keyof Events;

/** An event as it comes off the wire: its `data` is parsed by the one who knows its type. */
export const event = z.object({
  seq: field.seq,
  type: z.string(),
  at: field.time,
  by: z.string(),
  data: z.unknown(),
});
export type Event = z.infer<typeof event>;

export type EventOf<T extends EventType> = Omit<Event, "type" | "data"> & { type: T; data: Events[T] };
export type KnownEvent = { [T in EventType]: EventOf<T> }[EventType];

function isEventType(type: string): type is EventType {
  return Object.hasOwn(events, type);
}

/** True for an event of a type that this version knows, with data that fits it. */
export function isKnownEvent(it: Event): it is KnownEvent {
  return isEventType(it.type) && z.safeParse(events[it.type], it.data).success;
}
