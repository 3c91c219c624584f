/** The newest events of a stream, serialised once. Followers at one position share one encoded frame. */
import type { WireEvent } from "../../log/log.ts";
import { EVENTS_BYTES_MAX, EVENTS_MAX } from "../../../protocol/frames.ts";
import { type EncodedEvent, encodeEvent, EventsFrame, type Position } from "./events_frame.ts";
import { Rings } from "./rings.ts";

export const RING_EVENTS_MAX = 2_048;
export const RING_CHARS_MAX = 2_000_000;
export const FRAMES_KEPT_MAX = 8; // encoded until the stream grows; a full ring of long events is cut into so many
const USUAL_CHARS = 1_000; // of an event, while the ring is empty

export class Ring {
  private kept: EncodedEvent[] = [];
  private chars = 0;
  private frames = new Map<number, EventsFrame>();
  private frameChars = 0;
  /** The position before the oldest event that is kept. */
  start: Position = { seq: 0, tag: "" };
  /** The position behind the newest one. */
  tail: Position = this.start;
  /** How often events in the ring were refreshed. */
  refreshed = 0;

  constructor(
    private readonly stream: string,
    private readonly offset: (position: Position) => string,
    private readonly rings: Pick<Rings, "changed"> = new Rings(),
  ) {}

  get weight(): number {
    return this.chars + this.frameChars;
  }

  /** The average length of the events in the ring, in characters. */
  get usual(): number {
    return this.kept.length === 0 ? USUAL_CHARS : this.chars / this.kept.length;
  }

  /** Forgets everything and stands at `position`. */
  begin(position: Position): void {
    this.tail = position;
    this.release();
    this.rings.changed(this);
  }

  /** Forgets everything and stands at its tail. */
  release(): void {
    this.kept = [];
    this.chars = 0;
    this.clearFrames();
    this.start = this.tail;
  }

  /** Adds events after the tail. Older events about a message get its present state (lib/protocol/README.md §4). */
  push(events: WireEvent[]): void {
    for (const event of events) {
      if (event.about !== undefined && event.about < event.seq) this.refresh(event.about, event);
      const kept = this.keep(event);
      this.kept.push(kept);
      this.chars += charsOf(kept);
      this.tail = { seq: event.seq, tag: event.tag };
    }
    this.drop();
    this.clearFrames();
    this.rings.changed(this);
  }

  /** Puts the events between `start` and the ring's own start in front. */
  prepend(start: Position, events: WireEvent[]): void {
    const older = events.map((event) => this.keep(event));
    this.kept = [...older, ...this.kept];
    for (const kept of older) this.chars += charsOf(kept);
    this.start = start;
    this.drop();
    this.rings.changed(this);
  }

  /** The frame that follows `position`; undefined at the tail; "behind" before the start. `until` cuts it. */
  frameAfter(position: Position, until: number): EventsFrame | undefined | "behind" {
    if (position.seq >= Math.min(this.tail.seq, until)) return undefined;
    if (position.seq < this.start.seq) return "behind";
    const whole = until >= this.tail.seq;
    const known = whole ? this.frames.get(position.seq) : undefined;
    if (known) return known;
    const from = position.seq - this.start.seq;
    const frame = this.cut(position, this.kept.slice(from, from + EVENTS_MAX).filter((kept) => kept.seq <= until));
    if (whole) this.share(position, frame);
    return frame;
  }

  /** A frame of events that follow `position`, as many of them as a frame may hold. */
  frameOf(position: Position, events: WireEvent[]): EventsFrame {
    return this.cut(position, events.map((event) => this.keep(event)));
  }

  /** The position after that event, if the ring has it. */
  at(seq: number): Position | undefined {
    const place = seq === this.start.seq ? this.start : this.kept[seq - this.start.seq - 1]?.event;
    return place && { seq: place.seq, tag: place.tag };
  }

  /**
   * Keeps a frame for other followers: nearly all are at one position, but one that resumes may be at any. By hand: an
   * lru-cache allocates its room at once, and there is a ring for each stream.
   */
  private share(position: Position, frame: EventsFrame): void {
    const [oldest] = this.frames.size >= FRAMES_KEPT_MAX ? this.frames : [];
    if (oldest) {
      this.frames.delete(oldest[0]);
      this.frameChars -= oldest[1].weight;
    }
    this.frames.set(position.seq, frame);
    this.frameChars += frame.weight;
    this.rings.changed(this);
  }

  private clearFrames(): void {
    this.frames.clear();
    this.frameChars = 0;
  }

  private refresh(about: number, now: WireEvent): void {
    this.refreshed++;
    for (const [at, old] of this.kept.entries()) {
      if (old.event.about !== about) continue;
      const kept = this.keep({ ...old.event, data: now.data });
      this.chars += charsOf(kept) - charsOf(old);
      this.kept[at] = kept;
    }
  }

  /** Drops the oldest events past the bounds. */
  private drop(): void {
    let count = Math.max(0, this.kept.length - RING_EVENTS_MAX);
    let chars = this.chars;
    for (let at = 0; at < this.kept.length && (at < count || chars > RING_CHARS_MAX); at++) {
      const kept = this.kept[at];
      if (kept) chars -= charsOf(kept);
      count = Math.max(count, at + 1);
    }
    const last = this.kept[count - 1];
    if (!last) return;
    this.start = { seq: last.seq, tag: last.event.tag };
    this.kept = this.kept.slice(count);
    this.chars = chars;
  }

  private cut(position: Position, kept: EncodedEvent[]): EventsFrame {
    let [count, size] = [0, 0];
    for (const { bytes } of kept) {
      size += bytes + 1; // and its comma
      if (count > 0 && size > EVENTS_BYTES_MAX) break;
      count++;
    }
    const used = kept.slice(0, count);
    const last = used.at(-1)?.event ?? position;
    const to = { seq: last.seq, tag: last.tag };
    return new EventsFrame(this.stream, [this.offset(position), this.offset(to)], to, used);
  }

  private keep(event: WireEvent): EncodedEvent {
    return encodeEvent(this.stream, event);
  }
}

/** Characters of an event. */
function charsOf({ json, compact }: EncodedEvent): number {
  return compact === json ? json.length : json.length + compact.length;
}
