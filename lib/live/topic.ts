/**
 * One followed stream in this process: a ring of its newest events, serialised once, and the frames cut from it. All
 * followers at one position share one encoded frame. The ring and a follower's position are the queue: nothing is held
 * for a follower, so a slow one costs nothing and is simply behind.
 */
import { type Appended, type Head, type Join, type Log, Trimmed, type WireEvent } from "../log/log.ts";
import { EVENTS_BYTES_MAX, EVENTS_MAX } from "../protocol/frames.ts";
import { parseOffset } from "../log/offset.ts";

export const RING_EVENTS_MAX = 2_048;
export const RING_CHARS_MAX = 2_000_000;
const PAGE = EVENTS_MAX;

export interface Position {
  seq: number;
  tag: string;
}

export interface Frame {
  text: string;
  to: Position;
}

interface Kept extends Position {
  json: string;
  bytes: number;
  about?: number;
  event: WireEvent;
}

export interface Topic {
  readonly stream: string;
  /** Resolves when the topic stands at the head that the stream had when it was opened. */
  readonly ready: Promise<void>;
  tail(): Position;
  head(): Head | undefined;
  /** A commit of this process. */
  append(appended: Appended): void;
  /** Lists strongly from the tail to the head. */
  catchUp(): Promise<void>;
  /** The frame that follows `position`; undefined at the tail; "behind" when the ring begins later. `until` cuts it. */
  frameAfter(position: Position, until?: number): Frame | undefined | "behind";
  /** The same from storage. Throws `Trimmed`. */
  replay(position: Position, until?: number): Promise<Frame | undefined>;
  /** The position that an offset names, when the ring can tell. */
  find(offset: string): Position | undefined;
}

export interface TopicOptions {
  stream: string;
  log: Log;
  join: Join;
  /** Told after events were added to the ring. */
  grown: (events: WireEvent[], head: Head) => void;
}

export function createTopic({ stream, log, join, grown }: TopicOptions): Topic {
  let ring: Kept[] = [];
  let chars = 0;
  let start: Position = { seq: 0, tag: "" };
  let tail: Position = start;
  let head: Head | undefined;
  let opened = false;
  let wanted = 0;
  let catching: Promise<void> | undefined;
  let asked = false; // to catch up, since the head was read last
  const frames = new Map<number, Frame>();
  const opening = open();
  const ready = opening.then(() => wanted > tail.seq ? catchUp() : undefined);

  /** The head's newest events are at hand: who was here a moment ago, before a restart, goes on from the ring. */
  async function open(): Promise<void> {
    const it = await log.head(stream);
    const [oldest, ...newer] = it.tail;
    const events = newer.length > 0 ? await join(stream, newer) : [];
    head = it;
    start = tail = oldest ? { seq: oldest.seq, tag: oldest.tag } : { seq: it.seq, tag: it.tag };
    if (events.length > 0) push(events, it);
    opened = true;
  }

  function append(it: Appended): void {
    wanted = Math.max(wanted, it.head.seq);
    if (!opened) return;
    const [first] = it.events;
    if (first && first.seq === tail.seq + 1) push(it.events, it.head);
    else if (wanted > tail.seq) catchUp().catch(() => {}); // the doorbell or the next event asks again
    else if (it.head.seq === tail.seq) head = it.head;
  }

  function push(events: WireEvent[], now: Head): void {
    const fresh = events.filter((event) => event.seq > tail.seq);
    for (const event of fresh) {
      if (event.about !== undefined) refresh(event.about, event.data);
      const about = event.about === undefined ? {} : { about: event.about };
      const kept: Kept = { seq: event.seq, tag: event.tag, event, ...about, ...encode(event) };
      ring.push(kept);
      chars += kept.json.length;
      tail = { seq: event.seq, tag: event.tag };
    }
    if (!head || now.seq >= head.seq) head = now; // a local commit may have come while storage was read
    let drop = Math.max(0, ring.length - RING_EVENTS_MAX);
    for (let spare = chars, at = 0; at < ring.length; at++) {
      if (at >= drop && spare <= RING_CHARS_MAX) break;
      spare -= ring[at]?.json.length ?? 0;
      drop = Math.max(drop, at + 1);
    }
    if (drop > 0) {
      const last = ring[drop - 1];
      if (last) start = { seq: last.seq, tag: last.tag };
      for (const kept of ring.slice(0, drop)) chars -= kept.json.length;
      ring = ring.slice(drop);
    }
    frames.clear();
    if (fresh.length > 0) grown(fresh, now);
  }

  /** Older events about a message tell it as it is now: what was deleted is gone from replay too (PROTOCOL.md §4). */
  function refresh(about: number, data: unknown): void {
    for (const kept of ring) {
      if (kept.about !== about) continue;
      kept.event = { ...kept.event, data };
      chars -= kept.json.length;
      Object.assign(kept, encode(kept.event));
      chars += kept.json.length;
    }
  }

  function catchUp(): Promise<void> {
    asked = true;
    catching ??= (async () => {
      try {
        await opening;
        while (asked) {
          asked = false; // Whoever asks from now on may mean what the head that is read next doesn't hold.
          const now = await log.head(stream);
          if (now.seq <= tail.seq && wanted <= tail.seq) continue;
          const events = await join(stream, await log.read(stream, tail.seq, PAGE));
          if (events.length === 0) continue;
          push(events, now);
          asked = true;
        }
      } catch (error) {
        if (!(error instanceof Trimmed)) throw error;
        // The ring begins anew at the head; whoever stands before it reads storage, which tells what is gone.
        const now = await log.head(stream);
        ring = [];
        chars = 0;
        start = tail = { seq: now.seq, tag: now.tag };
        frames.clear();
        grown([], now);
      } finally {
        catching = undefined;
      }
    })();
    return catching;
  }

  function frameAfter(position: Position, until = Infinity): Frame | undefined | "behind" {
    if (position.seq >= Math.min(tail.seq, until)) return undefined;
    if (position.seq < start.seq) return "behind";
    const whole = until >= tail.seq;
    const known = whole ? frames.get(position.seq) : undefined;
    if (known) return known;
    const from = position.seq - start.seq;
    const frame = cut(position, ring.slice(from, from + EVENTS_MAX).filter((kept) => kept.seq <= until));
    if (whole) frames.set(position.seq, frame);
    return frame;
  }

  async function replay(position: Position, until = Infinity): Promise<Frame | undefined> {
    const stored = await log.read(stream, position.seq, PAGE);
    const events = (await join(stream, stored)).filter((event) => event.seq <= until);
    if (events.length === 0) return undefined;
    return cut(position, events.map((event) => ({ seq: event.seq, tag: event.tag, ...encode(event) })));
  }

  function cut(position: Position, kept: (Position & { json: string; bytes: number })[]): Frame {
    let [count, size] = [0, 0];
    for (const { bytes } of kept) {
      size += bytes + 1; // and its comma
      if (count > 0 && size > EVENTS_BYTES_MAX) break;
      count++;
    }
    const used = kept.slice(0, count);
    const to = used.at(-1) ?? position;
    const text = `{"t":"events","stream":"${stream}","from":"${log.offset(position)}","to":"${
      log.offset(to)
    }","events":[${used.map(({ json }) => json).join(",")}]}`;
    return { text, to: { seq: to.seq, tag: to.tag } };
  }

  return {
    stream,
    ready,
    tail: () => tail,
    head: () => head,
    append,
    catchUp,
    frameAfter,
    replay,
    find(offset) {
      const at = parseOffset(offset);
      if (!opened || !at || at.epoch !== log.epoch) return undefined;
      const place = at.seq === start.seq ? start : ring[at.seq - start.seq - 1];
      return place && place.tag === at.tag ? { seq: place.seq, tag: place.tag } : undefined;
    },
  };
}

const utf8 = new TextEncoder();

function encode({ seq, type, at, by, data }: WireEvent): { json: string; bytes: number } {
  const json = JSON.stringify({ seq, type, at, by, data });
  return { json, bytes: utf8.encode(json).length };
}
