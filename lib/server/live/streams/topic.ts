/** One followed stream. Ring and followers' positions are the queue, so a slow follower costs nothing. */
import { type Appended, type Head, type Join, type Log, Trimmed, type WireEvent } from "../../log/log.ts";
import { parseOffset } from "../../log/offset.ts";
import { EMPTY_TAG } from "../../log/types.ts";
import { EVENTS_BYTES_MAX, EVENTS_MAX } from "../../../protocol/frames.ts";
import type { Cancel, Clock } from "../clock.ts";
import type { EventsFrame, Position } from "./events_frame.ts";
import { Ring, RING_CHARS_MAX } from "./ring.ts";
import type { Rings } from "./rings.ts";

const PAGE = EVENTS_MAX;
/** Events before the ring that are read into it for the first follower who needs them; the others find them there. */
const FILL_EVENTS_MAX = EVENTS_MAX - 1;
const FILL_TRIES_MAX = 3; // a message that changes during the read is read again
const AGAIN_MS = 1_000; // a read that failed is repeated after half to all of this, at random

export interface Topic {
  readonly stream: string;
  /** Resolves when the topic stands at the head that the stream had when it was opened. */
  readonly ready: Promise<void>;
  tail(): Position;
  head(): Head | undefined;
  /** A commit of this process. */
  append(appended: Appended): void;
  /** Takes a head of the stream that was read elsewhere: the topic catches up to it. */
  headRead(head: Head): void;
  /** Reads from the tail to the head, strongly. Retries until it succeeds, whatever it throws. */
  catchUp(): Promise<void>;
  /** The frame that follows `position`; undefined at the tail; "behind" when the ring begins later. `until` cuts it. */
  frameAfter(position: Position, until?: number): EventsFrame | undefined | "behind";
  /** The same, from storage where the ring doesn't reach. Throws `Trimmed`. */
  replay(position: Position, until?: number): Promise<EventsFrame | undefined>;
  /** The position that an offset names, if the ring has it. */
  find(offset: string): Promise<Position | undefined>;
  /** Nobody will follow it any more. */
  close(): void;
}

export interface TopicOptions {
  stream: string;
  clock: Clock;
  log: Log;
  join: Join;
  /** All rings, of which this one's is one. */
  rings?: Rings | undefined;
  /** Called after events were added to the ring; without events if they were no longer kept. */
  grown: (events: WireEvent[], head: Head) => void;
}

export function createTopic({ stream, clock, log, join, rings, grown }: TopicOptions): Topic {
  const ring = new Ring(stream, log.offset, rings);
  let head: Head | undefined;
  let opened = false;
  let wanted = 0;
  let catching: Promise<void> | undefined;
  let asked = false; // to catch up, since the head was read last
  let cancel: Cancel | undefined;
  let closed = false;
  let filling: Promise<void> | undefined;
  const opening = open();
  const ready = opening.then(() => wanted > ring.tail.seq ? catchUp() : undefined);

  /** Opens the ring at the head's newest events, so that clients from before a restart resume from the ring. */
  async function open(): Promise<void> {
    const it = await log.head(stream);
    const [oldest, ...newer] = it.tail;
    const events = newer.length > 0 ? await join(stream, newer) : [];
    head = it;
    ring.begin(oldest ? { seq: oldest.seq, tag: oldest.tag } : { seq: it.seq, tag: it.tag });
    ring.push(events); // for no follower are these new
    opened = true;
  }

  function append(it: Appended): void {
    wanted = Math.max(wanted, it.head.seq);
    if (!opened) return;
    const [first] = it.events;
    if (first && first.seq === ring.tail.seq + 1) push(it.events, it.head);
    else if (wanted > ring.tail.seq) startCatchUp();
    else if (it.head.seq === ring.tail.seq) head = it.head;
  }

  function headRead({ seq }: Head): void {
    wanted = Math.max(wanted, seq);
    if (opened && wanted > ring.tail.seq && !catching) startCatchUp(); // else the read under way gets it
  }

  function startCatchUp(): void {
    catchUp().catch(() => {}); // it is retried
  }

  function push(events: WireEvent[], now: Head): void {
    const fresh = events.filter((event) => event.seq > ring.tail.seq);
    ring.push(fresh);
    if (!head || now.seq >= head.seq) head = now; // a local commit may have come while storage was read
    if (fresh.length > 0) grown(fresh, now);
  }

  function catchUp(): Promise<void> {
    asked = true;
    catching ??= (async () => {
      try {
        await opening;
        while (asked) {
          asked = false; // A request from now on may be for an event that is newer than the head that is read next.
          const now = await log.head(stream);
          if (now.seq <= ring.tail.seq && wanted <= ring.tail.seq) continue;
          const events = await join(stream, await log.read(stream, ring.tail.seq, PAGE));
          if (events.length === 0) continue;
          push(events, now);
          asked = true;
        }
      } catch (error) {
        if (!(error instanceof Trimmed)) {
          retryCatchUp();
          throw error;
        }
        // The ring starts again at the head; a follower before it reads storage, which says what is gone.
        const now = await log.head(stream);
        ring.begin({ seq: now.seq, tag: now.tag });
        grown([], now);
      } finally {
        catching = undefined;
      }
    })();
    return catching;
  }

  /** Catches up again soon: a known event must not wait for the next one of the stream. */
  function retryCatchUp(): void {
    if (closed) return;
    cancel?.();
    cancel = clock.after(AGAIN_MS / 2 + Math.random() * AGAIN_MS / 2, startCatchUp);
  }

  /** Reads what comes just before the ring into it, once for all who ask meanwhile. Throws `Trimmed`. */
  function fill(): Promise<void> {
    filling ??= (async () => {
      try {
        for (let tries = 0; tries < FILL_TRIES_MAX; tries++) {
          const { start: { seq }, refreshed } = ring;
          const first = Math.max(head?.first ?? 1, seq - FILL_EVENTS_MAX);
          if (seq < first || (seq === first && first > 1)) return;
          const events = await join(stream, await log.read(stream, first - 1, seq - first + 1));
          if (ring.start.seq !== seq || ring.refreshed !== refreshed) continue;
          const [oldest, ...rest] = events;
          if (first === 1) return ring.prepend({ seq: 0, tag: EMPTY_TAG }, events);
          if (oldest) return ring.prepend({ seq: oldest.seq, tag: oldest.tag }, rest);
        }
      } finally {
        filling = undefined;
      }
    })();
    return filling;
  }

  /** Whether the ring has room for the events behind `seq`. */
  function isNear(seq: number): boolean {
    const count = ring.tail.seq - seq;
    return opened && seq < ring.start.seq && count < FILL_EVENTS_MAX && count * ring.usual < RING_CHARS_MAX;
  }

  function frameAfter(position: Position, until = Infinity): EventsFrame | undefined | "behind" {
    return ring.frameAfter(position, until);
  }

  async function replay(position: Position, until = Infinity): Promise<EventsFrame | undefined> {
    if (isNear(position.seq)) await fill();
    const frame = frameAfter(position, until);
    if (frame !== "behind") return frame;
    return await frameFrom(position, until);
  }

  /** Reads about as much as one frame holds: a page of long texts is many frames, and each would read it all. */
  async function frameFrom(position: Position, until: number): Promise<EventsFrame | undefined> {
    const events: WireEvent[] = [];
    let frame: EventsFrame | undefined;
    for (let count = Math.ceil(EVENTS_BYTES_MAX / ring.usual);; count = events.length) {
      const some = Math.min(count, PAGE - events.length);
      const stored = await log.read(stream, events.at(-1)?.seq ?? position.seq, some);
      // Stop at the tail of the ring: a later event may end what a follower may read, and takes effect when the ring
      // takes it.
      const end = Math.min(until, ring.tail.seq);
      const due = stored.filter((event) => event.seq <= end);
      if (due.length === 0) return frame;
      events.push(...await join(stream, due));
      frame = ring.frameOf(position, events);
      const isFull = frame.to.seq < (events.at(-1)?.seq ?? 0);
      if (isFull || due.length < some || events.length >= PAGE) return frame;
    }
  }

  return {
    stream,
    ready,
    tail: () => ring.tail,
    head: () => head,
    append,
    headRead,
    catchUp,
    frameAfter,
    replay,
    close() {
      closed = true;
      cancel?.();
      rings?.forget(ring);
    },
    async find(offset) {
      const at = parseOffset(offset);
      if (!opened || !at || at.epoch !== log.epoch) return undefined;
      if (isNear(at.seq)) await fill().catch(() => {}); // storage has the reason
      const place = ring.at(at.seq);
      return place?.tag === at.tag ? place : undefined;
    },
  };
}
