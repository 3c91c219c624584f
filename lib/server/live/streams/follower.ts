/** One stream as one session follows it: its position, and how far it may go. */
import { type Head, Trimmed } from "../../log/log.ts";
import type { GoneReason } from "../../../protocol/frames.ts";
import type { EncodedEvents, EventsFrame, Position } from "./events_frame.ts";
import type { Session } from "../session.ts";
import type { Topic } from "./topic.ts";

/** Permission to follow; in a private room it ends at the person's next removal. */
export interface Grant {
  private: boolean;
  /** The stream's seq as of which it was given: earlier removals do not count. */
  asOf: number;
}

/** What a follower needs of its session. */
export interface Following extends Session {
  readonly closed: boolean;
  readonly sink: { send(frame: EncodedEvents): void; writable(): boolean };
  readonly hub: { failed(error: unknown): void };
  /** Whether this follower may read storage now; only one may, because the sink has room for one frame of it. */
  mayReplay(follower: Follower): boolean;
  /** What this follower has read is sent or dropped: the others may read. */
  replayed(follower: Follower): void;
  /** The stream's follower is still this one. */
  has(stream: string, follower: Follower): boolean;
  drop(stream: string): void;
  gone(stream: string, reason: GoneReason, head?: Head): void;
}

/** One followed stream of one session. A class, as the session is. */
export class Follower {
  /** Seqs of the person's leaving. */
  private leavings: number[] | undefined;
  private grant: Grant | undefined;
  /** Where it stands; undefined until the person is known to be allowed to follow. */
  position: Position | undefined;
  replaying = false;
  /** Read from storage, and to be sent first. */
  private read: EventsFrame | undefined;
  /** More is due, but the sink was full or another follower read storage. */
  held = false;

  constructor(readonly session: Following, readonly topic: Topic, private readonly isCompact: boolean) {}

  /** The person may follow. */
  granted(grant: Grant): void {
    this.grant = grant;
  }

  /** The person has left, at `seq`: perhaps before the grant, which then knows that they came back. */
  left(seq: number): void {
    if (this.grant?.private !== false) (this.leavings ??= []).push(seq);
  }

  /** Whether the person may get latest state: they may follow, and are not known to have been removed. */
  get isLive(): boolean {
    return this.position !== undefined && this.end() === undefined;
  }

  /** Sends what is after its position, as far as the sink takes it. */
  pump(): void {
    const { session, topic } = this;
    const { sink } = session;
    this.held = false;
    while (this.position && !this.replaying && !session.closed) {
      if (!sink.writable()) {
        this.held = true;
        return;
      }
      const until = this.end();
      if (until !== undefined && this.position.seq >= until) {
        session.drop(topic.stream);
        return session.gone(topic.stream, "removed");
      }
      if (this.read) return this.sendRead(this.read, until);
      const frame = topic.frameAfter(this.position, until);
      if (frame === undefined) return;
      if (frame === "behind") {
        if (session.mayReplay(this)) return void this.replay(this.position);
        this.held = true;
        return;
      }
      this.send(frame);
      // Usually true, and cheaper than asking for a frame. A removed person gets `gone` on the next turn of the loop.
      if (until === undefined && frame.to.seq === topic.tail().seq) return;
    }
  }

  /** One page from storage, for a follower that stands before the ring. */
  private async replay(position: Position): Promise<void> {
    const { session, topic } = this;
    const { stream } = topic;
    this.replaying = true;
    try {
      this.read = await topic.replay(position, this.end()).finally(() => this.replaying = false);
      this.held = true; // until it is sent
      if (this.read && session.has(stream, this)) this.pump();
      else session.replayed(this);
    } catch (error) {
      if (!session.has(stream, this)) return session.replayed(this);
      if (!(error instanceof Trimmed)) {
        session.hub.failed(error);
        return session.bye("overloaded");
      }
      session.drop(stream);
      session.gone(stream, "trimmed", topic.head());
    }
  }

  private sendRead(frame: EventsFrame, until: number | undefined): void {
    const { session } = this;
    this.read = undefined;
    // The person may have been removed while storage was read.
    if (until === undefined || frame.to.seq <= until) {
      this.send(frame);
    }
    this.held = true; // it goes on in its turn
    session.replayed(this);
  }

  private send(frame: EventsFrame): void {
    this.position = frame.to;
    this.session.sink.send(this.isCompact ? frame.compactFor(this.session.user.id) : frame);
  }

  /** The seq after which nothing more may be sent. A person who leaves a public room may go on reading it. */
  private end(): number | undefined {
    const { grant, leavings } = this;
    return leavings && grant?.private ? leavings.find((seq) => seq > grant.asOf) : undefined;
  }
}
