/** The events of streams (lib/protocol/README.md §4). An event of an unknown type still moves the position. */
import * as z from "zod/mini";
import { feedEvents, inboxEvents } from "./feed.ts";
import * as field from "./fields.ts";
import { messageEvents } from "./messages.ts";
import { readEvents } from "./reads.ts";
import { membershipEvents, roomEvents } from "./rooms.ts";
import type { FEED, StreamKind } from "./streams.ts";
import { sessionEvents, userEvents } from "./users.ts";

/** Events by the kind of stream that carries them. */
export const streamEvents = {
  room: { ...messageEvents, ...roomEvents },
  user: { ...readEvents, ...membershipEvents, ...inboxEvents, ...sessionEvents },
  feed: { ...feedEvents, ...userEvents },
} satisfies Record<StreamKind["kind"], unknown>;

const events = { ...streamEvents.room, ...streamEvents.user, ...streamEvents.feed };

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

type TypeOn<K extends keyof typeof streamEvents> = keyof (typeof streamEvents)[K];
export type RoomEvent = { [T in TypeOn<"room">]: EventOf<T> }[TypeOn<"room">];
export type UserEvent = { [T in TypeOn<"user">]: EventOf<T> }[TypeOn<"user">];
export type FeedEvent = { [T in TypeOn<"feed">]: EventOf<T> }[TypeOn<"feed">];

/** True for an event that `room:` carries, with data that fits it, of a type that this version knows. */
export const isRoomEvent = (it: Event): it is RoomEvent => fits(streamEvents.room, it);
/** The same of `user:`. */
export const isUserEvent = (it: Event): it is UserEvent => fits(streamEvents.user, it);
/** The same of `feed`. */
export const isFeedEvent = (it: Event): it is FeedEvent => fits(streamEvents.feed, it);

function fits(known: Record<string, z.ZodMiniType>, { type, data }: Event): boolean {
  return Object.hasOwn(known, type) && known[type] !== undefined && z.safeParse(known[type], data).success;
}

/** The streams that carry an event. */
export type StreamOf<T extends EventType> =
  | (T extends TypeOn<"room"> ? `room:${string}` : never)
  | (T extends TypeOn<"user"> ? `user:${string}` : never)
  | (T extends TypeOn<"feed"> ? typeof FEED : never);

/** What to do with each of these events: none may be forgotten. */
export type Reducers<E extends KnownEvent> = { [T in E["type"]]: (event: EventOf<T>) => void };

/** Hands an event to its reducer. */
export function reduce<T extends EventType>(reducers: { [K in T]: (event: EventOf<K>) => void }, event: EventOf<T>) {
  reducers[event.type](event);
}
