/**
 * A session follows streams for one client, from the offsets that the client holds. It knows no transport: a `Sink`
 * takes its frames. To follow a stream, it registers, authorises by a strong read, replays, and then goes live, so that
 * no event is lost in between.
 */
import type { Head } from "../log/log.ts";
import { type ByeReason, type GoneReason, type ServerFrames, STREAMS_MAX } from "../../protocol/frames.ts";
import type { User } from "../../protocol/users.ts";
import { parseStream, roomStream, userStream } from "../../protocol/streams.ts";
import { beginFollowing } from "./begin_following.ts";
import { encode, type StateFrame } from "./frame.ts";
import { Follower } from "./streams/follower.ts";
import type { Hub } from "./hub.ts";
import type { Session, Sink } from "./session.ts";

const RETRY_MIN_MS = 500; // of `bye`
const RETRY_MAX_MS = 5_000;

export interface SessionOptions {
  hub: Hub;
  sink: Sink;
  user: User;
  /** The session's public id, and the hash of its token, by which its sign-in is checked again. */
  id: string;
  hash: string;
}

export function createSession({ hub, sink, user, id, hash }: SessionOptions): Session {
  return new LiveSession(hub, sink, user, id, hash);
}

/** A class, since there are ten thousand of them: methods are shared, closures are not. */
class LiveSession implements Session {
  closed = false;
  private doubts = 0;
  private settled = 0;
  /** By stream. Those that are behind read storage in this order, one page at a time. */
  private readonly followers = new Map<string, Follower>();
  /** Streams that wait to be found. */
  private readonly waiting = new Map<string, { offset: string; isCompact: boolean }>();
  /** The follower that reads storage, or has read and waits to send. */
  private replaying: Follower | undefined;
  /** Rooms of which the client did not get who types, since it was not reading. */
  private deferred: Set<string> | undefined;

  constructor(
    readonly hub: Hub,
    readonly sink: Sink,
    public user: User,
    readonly id: string,
    readonly hash: string,
  ) {}

  get doubted(): boolean {
    return this.settled < this.doubts;
  }

  doubt(): number {
    return ++this.doubts;
  }

  renew(user: User, doubt: number): void {
    this.user = user;
    this.settled = Math.max(this.settled, doubt);
  }

  follow(streams: Record<string, string>, isCompact = false): void {
    for (const [stream, offset] of Object.entries(streams)) this.begin(this.fullName(stream), { offset, isCompact });
    if (this.waiting.size > 0) this.hub.followQueue.due(this);
  }

  followNext(): Promise<void> | undefined {
    for (const [stream, { offset, isCompact }] of this.waiting) {
      this.waiting.delete(stream);
      const follower = new Follower(this, this.hub.topic(stream), isCompact);
      this.followers.set(stream, follower);
      this.hub.register(follower);
      return beginFollowing(this, follower, offset);
    }
    return undefined;
  }

  unfollow(streams: string[]): void {
    for (const stream of streams) this.drop(this.fullName(stream));
  }

  watch(users: string[]): void {
    this.hub.presence.watch(this, users);
  }

  sendState(frame: StateFrame): boolean {
    if (this.closed || !this.sink.writable()) return false;
    this.sink.send(frame);
    return true;
  }

  deferTyping(room: string): void {
    if (!this.closed) (this.deferred ??= new Set()).add(room);
  }

  drained(): void {
    for (const room of this.deferred ?? []) {
      if (!this.sink.writable()) return;
      this.deferred?.delete(room);
      if (this.followers.get(roomStream(room))?.isLive) this.hub.sendTyping(this, room);
    }
    this.goOn();
  }

  busy(): boolean {
    return this.waiting.size > 0 || [...this.followers.values()].some((it) => !it.isLive || it.replaying);
  }

  positions(): Map<string, string> {
    const offsets = new Map<string, string>();
    for (const [stream, { position }] of this.followers) {
      if (position) offsets.set(stream, this.hub.log.offset(position));
    }
    return offsets;
  }

  bye(reason: ByeReason): void {
    if (this.closed) return;
    const retry = Math.round(RETRY_MIN_MS + Math.random() * (RETRY_MAX_MS - RETRY_MIN_MS));
    try {
      this.send({ t: "bye", reason, retry });
    } finally {
      // Close even if the sink fails: otherwise the client would stay connected and get nothing.
      this.close();
      this.sink.ended(reason);
    }
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.waiting.clear();
    for (const stream of [...this.followers.keys()]) this.drop(stream);
    this.hub.forget(this);
  }

  mayReplay(follower: Follower): boolean {
    return (this.replaying ??= follower) === follower;
  }

  replayed(follower: Follower): void {
    if (this.replaying !== follower) return;
    this.replaying = undefined;
    const { stream } = follower.topic;
    const isThere = this.has(stream, follower) && this.followers.delete(stream);
    if (isThere) this.followers.set(stream, follower); // behind the others
    this.goOn();
  }

  /** The stream's follower is still this one. */
  has(stream: string, follower: Follower): boolean {
    return this.followers.get(stream) === follower && !this.closed;
  }

  drop(stream: string): void {
    this.waiting.delete(stream);
    const follower = this.followers.get(stream);
    if (!follower) return;
    this.followers.delete(stream);
    this.hub.unregister(follower);
    if (!follower.replaying) this.replayed(follower);
  }

  gone(stream: string, reason: GoneReason, head?: Head): void {
    this.send({ t: "gone", stream, reason, ...(head && { head: this.hub.log.offset(head) }) });
  }

  /** Lets the other followers go on: a client that reads fast gets all that is due in one round. */
  private goOn(): void {
    for (const follower of [...this.followers.values()]) if (follower.held) follower.pump();
  }

  send(frame: ServerFrames["followed" | "gone" | "bye"]): void {
    if (!this.closed) this.sink.send(encode(frame));
  }

  private fullName(stream: string): string {
    return stream === "me" ? userStream(this.user.id) : stream;
  }

  /** Queues a stream, within the bound of followed streams; the hub decides when it is found. */
  private begin(stream: string, asked: { offset: string; isCompact: boolean }): void {
    if (this.closed) return; // an answer about another stream of the same frame may have closed it
    const kind = parseStream(stream);
    if (!kind || (kind.kind === "user" && kind.id !== this.user.id)) return this.gone(stream, "not_found");
    this.drop(stream);
    if (this.followers.size + this.waiting.size >= STREAMS_MAX) return this.gone(stream, "limit");
    this.waiting.set(stream, asked);
  }
}
