/** Numbers that follow from events alone, counted anew: to hold what a server says of a room against. */
import assert from "node:assert/strict";
import { type Message, message } from "../../lib/protocol/messages.ts";

const NAMED_MAX = 100; // of the messages that mention somebody (lib/protocol/README.md §3)

/** An event as a follower got it. */
export interface SeenEvent {
  seq: number;
  type: string;
  at: number;
  by: string;
  data: unknown;
}

export interface Room {
  /** How many messages there are. */
  n: number;
  lastAt: number;
  members: ReadonlySet<string>;
  /** By seq, as they are after all of these events. */
  messages: ReadonlyMap<number, Message>;
}

/** What one person's list says of a room. */
export interface Line {
  joined: boolean;
  n: number;
  lastAt: number;
  unread: number;
  mentions: number;
  /** The numbers of the first of these messages. */
  mentioned: number[];
}

/** What a room's events make of it: all of them, from the first one. */
export function recountRoom(events: readonly SeenEvent[]): Room {
  const messages = new Map<number, Message>();
  const members = new Set<string>();
  let [n, lastAt] = [0, events[0]?.at ?? 0];
  for (const { seq, type, at, data } of events) {
    if (type === "rooms.joined") members.add(textIn(data, "user"));
    if (type === "rooms.left") members.delete(textIn(data, "user"));
    if (!type.startsWith("messages.")) continue;
    const stated = messageIn(data);
    if (type === "messages.sent") {
      assert.equal(stated.seq, seq, "a messages.sent tells another message");
      if (stated.n !== undefined) [n, lastAt] = [n + 1, at];
      if (stated.n !== undefined) assert.equal(stated.n, n, `message ${seq} has another number`);
    }
    if (stated.rev > (messages.get(stated.seq)?.rev ?? 0)) messages.set(stated.seq, stated);
  }
  return { n, lastAt, members, messages };
}

/** The marks that a person's own events leave, by room. */
export function recountMarks(events: readonly SeenEvent[]): Map<string, { seq: number; n: number }> {
  const marks = new Map<string, { seq: number; n: number }>();
  for (const { type, data } of events) {
    if (type === "reads.marked") marks.set(textIn(data, "room"), { seq: Object(data).seq, n: Object(data).n });
  }
  return marks;
}

/** What the list of `user` has to say of a room whose events were these, with their mark in it. */
export function recountLine(room: Room, user: string, mark = { seq: 0, n: 0 }): Line {
  const joined = room.members.has(user);
  const mine = [...room.messages.values()].filter((it) => it.mentions.includes(user) && it.seq > mark.seq);
  const numbers = mine.flatMap(({ n }) => n ?? []).toSorted((a, b) => a - b);
  return {
    joined,
    n: room.n,
    lastAt: room.lastAt,
    unread: joined ? Math.max(0, room.n - mark.n) : 0,
    mentions: joined ? mine.length : 0, // a deleted one mentions nobody
    mentioned: joined ? numbers.slice(0, NAMED_MAX) : [],
  };
}

/** A mark that went back, of one who never asked for that; undefined where there is none. */
export function markGoneBack(events: readonly SeenEvent[]): string | undefined {
  const marks = new Map<string, number>();
  for (const { type, data, seq } of events) {
    if (type !== "reads.marked") continue;
    const [room, n] = [textIn(data, "room"), Number(Object(data).n)];
    const before = marks.get(room) ?? 0;
    if (n <= before) return `the mark in ${room} goes from ${before} to ${n} at ${seq}`;
    marks.set(room, n);
  }
  return undefined;
}

/** Each event is counted again and again as a history grows. */
const parsed = new WeakMap<object, Message>();

function messageIn(data: unknown): Message {
  const found = parsed.get(Object(data));
  if (found) return found;
  const made = message.parse(Object(data).message);
  parsed.set(Object(data), made);
  return made;
}

function textIn(data: unknown, name: string): string {
  const text: unknown = Object(data)[name];
  assert.ok(typeof text === "string", `no ${name} in ${JSON.stringify(data)}`);
  return text;
}
