/** The events that changes of rooms make. Those that take a right away change authority, so sends are checked again. */
import type { NewEvent } from "../log/log.ts";
import type { Room } from "../../protocol/rooms.ts";
import { roomStream, userStream } from "../../protocol/streams.ts";

/**
 * The events of a person who enters a room: one for the room, one for their own devices. Entering takes no right away,
 * so it changes no authority, except in a direct conversation, which people enter several at a time without a check.
 */
export function entered(room: Room, user: string, by: string): NewEvent[] {
  const authority = room.visibility === "direct" ? { authority: true as const } : {};
  return [
    { stream: roomStream(room.id), type: "rooms.joined", by, data: { user }, member: 1, ...authority },
    { stream: userStream(user), type: "rooms.added", by, data: { room } },
  ];
}

export function left(room: Room, user: string, by: string): NewEvent[] {
  return [
    { stream: roomStream(room.id), type: "rooms.left", by, data: { user }, member: -1, authority: true },
    { stream: userStream(user), type: "rooms.removed", by, data: { room } },
  ];
}

export function updated(room: Room, by: string): NewEvent {
  return { stream: roomStream(room.id), type: "rooms.updated", by, data: { room }, authority: true, revises: true };
}
