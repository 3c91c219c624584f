/**
 * The digest: how many messages each of my rooms has, and which change of the room was its last. A count is encoded
 * once a tick, for all who get it.
 */
import type { Head } from "../../log/log.ts";
import type { DigestCount } from "../../../protocol/frames.ts";
import type { Cancel, Clock } from "../clock.ts";
import type { StateFrame } from "../frame.ts";
import type { Session } from "../session.ts";

const TICK_MS = 1_000; // a session gets at most one digest frame a tick
const EARLY_MS = 5;

export type DigestFrame = Extract<StateFrame, { t: "digest" }>;

interface RoomCount {
  members: Set<Session>;
  seq: number;
  count: DigestCount;
  /** `count` under the room's id. */
  json: string;
}

export interface Digest {
  /** Sends a session its whole digest, and from then on what changes. `heads` are those of its rooms. */
  begin(session: Session, rooms: string[], heads: Head[]): void;
  /** Updates the rooms that the session's person is a member of; the session gets the ones that are new. */
  review(session: Session, rooms: string[], heads: Head[]): void;
  /** The session's person is no longer a member of the room. */
  left(session: Session, room: string): void;
  end(session: Session): void;
  /** A room may have grown. */
  changed(room: string, head: Head): void;
  /** A session's whole digest as it is now; undefined before `begin`. */
  of(session: Session): DigestFrame | undefined;
  has(room: string): boolean;
  close(): void;
}

/** Calls `rooms` for each room that gets its first online member or loses its last, for the change watcher. */
export function createDigest(
  rooms: { opened(room: string): void; closed(room: string): void },
  clock: Clock,
): Digest {
  const counts = new Map<string, RoomCount>();
  const roomsOf = new Map<Session, Set<string>>();
  const due = new Map<Session, Set<string>>();
  const grown = new Set<string>(); // rooms that have grown since the last tick, which marks their members
  let cancel: Cancel | undefined;
  const sentAt = new WeakMap<Session, number>();

  function add(session: Session, room: string, head: Head): void {
    let count = counts.get(room);
    if (!count) {
      counts.set(room, count = { members: new Set(), seq: head.seq, ...counted(room, head) });
      rooms.opened(room);
    }
    count.members.add(session);
    roomsOf.get(session)?.add(room);
  }

  function drop(session: Session, room: string): void {
    const count = counts.get(room);
    count?.members.delete(session);
    roomsOf.get(session)?.delete(room);
    due.get(session)?.delete(room);
    if (count?.members.size === 0) {
      counts.delete(room);
      rooms.closed(room);
    }
  }

  function mark(session: Session, room: string): void {
    const marked = due.get(session);
    if (marked) marked.add(room);
    else due.set(session, new Set([room]));
    soon();
  }

  function soon(): void {
    cancel ??= clock.after(TICK_MS, tick);
  }

  function tick(): void {
    for (const room of grown) for (const session of counts.get(room)?.members ?? []) mark(session, room);
    grown.clear();
    cancel = undefined;
    const frames = new Map<string, DigestFrame>();
    const now = clock.now();
    for (const [session, changed] of due) {
      // A timer may come a hair early; the frame then waits for the next one.
      if (now - (sentAt.get(session) ?? -TICK_MS) < TICK_MS - EARLY_MS) continue;
      const names = [...changed].sort().join(" ");
      const frame = frames.get(names) ?? encodeFrame(changed);
      frames.set(names, frame);
      if (!session.sendState(frame)) continue; // its client does not read now; it gets the state later, as it is then
      due.delete(session);
      sentAt.set(session, now);
    }
    if (due.size > 0) soon();
  }

  function encodeFrame(names: Iterable<string>): DigestFrame {
    const rooms: DigestFrame["rooms"] = {};
    const parts: string[] = [];
    for (const room of names) {
      const count = counts.get(room);
      if (!count) continue;
      rooms[room] = count.count;
      parts.push(count.json);
    }
    return { t: "digest", rooms, text: `{"t":"digest","rooms":{${parts.join(",")}}}` };
  }

  return {
    begin(session, names, heads) {
      roomsOf.set(session, new Set());
      names.forEach((room, at) => {
        const head = heads[at];
        if (head) add(session, room, head);
      });
      sentAt.set(session, clock.now());
      if (!session.sendState(encodeFrame(names))) { for (const room of names) mark(session, room); }
    },
    review(session, names, heads) {
      const own = roomsOf.get(session);
      if (!own) return;
      const now = new Set(names);
      for (const room of [...own]) if (!now.has(room)) drop(session, room);
      names.forEach((room, at) => {
        const head = heads[at];
        if (!head || own.has(room)) return;
        add(session, room, head);
        mark(session, room);
      });
    },
    left: drop,
    end(session) {
      for (const room of roomsOf.get(session) ?? []) drop(session, room);
      roomsOf.delete(session);
      due.delete(session);
    },
    changed(room, head) {
      const count = counts.get(room);
      if (!count || head.seq <= count.seq) return; // two reads of a head may come back in the other order
      count.seq = head.seq;
      const now = counted(room, head);
      if (now.json === count.json) return;
      Object.assign(count, now);
      grown.add(room);
      soon();
    },
    of(session) {
      const rooms = roomsOf.get(session);
      return rooms && encodeFrame(rooms);
    },
    has: (room) => counts.has(room),
    close: () => cancel?.(),
  };
}

function counted(room: string, { n, lastAt, rev }: Head): Pick<RoomCount, "count" | "json"> {
  const count = { n, lastAt, ...(rev !== undefined && { rev }) };
  return { count, json: `"${room}":${JSON.stringify(count)}` };
}
