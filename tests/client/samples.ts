/** Wire objects for tests, with what a test cares about given. */
import type { Event } from "../../lib/protocol/events.ts";
import type { Message } from "../../lib/protocol/messages.ts";
import type { RoomSummary } from "../../lib/protocol/rooms.ts";
import type { User } from "../../lib/protocol/users.ts";
import { createFakeClock } from "./fake_clock.ts";

/** For stores that a test doesn't make wait. */
export const timing = { clock: createFakeClock(), random: () => 0 };

export const user = (id: string): User => ({ id, handle: id, name: id, role: "member" });

export const offset = (seq: number): string => `e_${String(seq).padStart(16, "0")}_t${seq}`;

export function message(seq: number, it: Partial<Message> = {}): Message {
  return {
    room: "r1",
    seq,
    n: seq,
    rev: seq,
    key: `key-of-message-${String(seq).padStart(4, "0")}`,
    by: "ann",
    at: 1_000 + seq,
    text: `message ${seq}`,
    body: [{ t: "p", c: [`message ${seq}`] }],
    reactions: {},
    mentions: [],
    ...it,
  };
}

export const messages = (from: number, to: number): Message[] =>
  Array.from({ length: to - from + 1 }, (_, i) => message(from + i));

export const sent = (it: Message, seq = it.seq): Event => ({
  seq,
  type: "messages.sent",
  at: it.at,
  by: it.by,
  data: { message: it },
});

export const line = (id: string, it: Partial<RoomSummary> = {}): RoomSummary => ({
  room: { id, name: id, topic: "", visibility: "public", createdAt: 1, createdBy: "ann" },
  joined: true,
  n: 0,
  unread: 0,
  mentions: 0,
  lastAt: 1,
  level: "everything",
  ...it,
});
