/**
 * A session follows streams for one client from the offsets that the client holds. It knows no transport: a `Sink` takes
 * its frames. Following is: register, authorise by a strong read, replay, then live, so that nothing can fall between.
 */
import { type Head, Trimmed } from "../log/log.ts";
import { type ByeReason, type GoneReason, STREAMS_MAX } from "../protocol/frames.ts";
import type { User } from "../protocol/users.ts";
import { parseStream, roomStream, userStream } from "../protocol/streams.ts";
import type { Hub } from "./hub.ts";
import type { Position, Topic } from "./topic.ts";

const RETRY_MIN_MS = 500; // of `bye`
const RETRY_MAX_MS = 5_000;

/** Where a session's frames go. */
export interface Sink {
  /** Sends one encoded frame; `t` is its type. Never throws. */
  send(t: string, frame: string): void;
  /** False while the client has too much unread. The session is asked to go on by `drained`. */
  writable(): boolean;
}

export interface SessionOptions {
  hub: Hub;
  sink: Sink;
  user: User;
  /** The session's public id, and the hash of its token, by which its sign-in is checked again. */
  id: string;
  hash: string;
  /** Ends the connection: sign-in is over, or the server drains. */
  ended(reason: ByeReason): void;
}

export interface Session {
  /** As of the last look at the sign-in, at most seconds ago. */
  readonly user: User;
  readonly id: string;
  readonly hash: string;
  /** The person is called otherwise now, or may do something else. */
  renew(user: User): void;
  /** Follows each stream from its offset; a stream already followed moves. Answers are frames. */
  follow(streams: Record<string, string>): void;
  unfollow(streams: string[]): void;
  follows(stream: string): boolean;
  watch(users: string[]): void;
  /** A frame of latest state; false when the client isn't reading, so that it must be told later. */
  tell(t: string, frame: string): boolean;
  /** Who types in a room could not be told: it is told once the client reads again. */
  oweTyping(room: string): void;
  /** The sink is writable again. */
  drained(): void;
  /** Whether a stream is still being found or read from storage. */
  busy(): boolean;
  /** The positions of the streams that are followed, as offsets. */
  positions(): Record<string, string>;
  /** Says `bye` and ends. */
  bye(reason: ByeReason): void;
  /** Forgets the session; sends nothing. */
  close(): void;
}

/** One followed stream of one session. */
export interface Follower {
  readonly session: Session;
  readonly topic: Topic;
  /** The seq after which nothing more may come: the person was removed from a private room. */
  until?: number;
  private: boolean;
  /** Sends what is after its position, as far as the sink takes it. */
  pump(): void;
}

export function createSession(options: SessionOptions): Session {
  const { hub, sink } = options;
  let user = options.user;
  const followers = new Map<string, FollowerState>();
  const owed = new Set<string>();
  let closed = false;

  interface FollowerState extends Follower {
    position?: Position;
    replaying: boolean;
  }

  const send = (t: string, frame: object) => closed || sink.send(t, JSON.stringify({ t, ...frame }));

  function gone(stream: string, reason: GoneReason, head?: Head): void {
    send("gone", { stream, reason, ...(head && { head: hub.log.offset(head) }) });
  }

  async function begin(stream: string, offset: string): Promise<void> {
    const kind = parseStream(stream);
    if (!kind || (kind.kind === "user" && kind.id !== user.id)) return gone(stream, "not_found");
    drop(stream);
    if (followers.size >= STREAMS_MAX) return gone(stream, "limit");
    const topic = hub.topic(stream);
    const follower: FollowerState = {
      session,
      topic,
      private: false,
      replaying: false,
      pump: () => pump(stream, follower),
    };
    followers.set(stream, follower);
    hub.register(follower);
    const current = () => followers.get(stream) === follower && !closed;
    try {
      await topic.ready;
      const grant = await hub.authorise(user.id, stream, topic);
      if (!current()) return;
      if (!grant) {
        drop(stream);
        return gone(stream, "not_found");
      }
      follower.private = grant.private;
      const located = await hub.locate(topic, offset);
      if (!current()) return;
      if ("gone" in located) {
        drop(stream);
        return gone(stream, located.gone, located.head);
      }
      follower.position = { seq: located.seq, tag: located.tag };
      send("followed", { stream, offset: hub.log.offset(located), head: hub.log.offset(located.head) });
      if (kind.kind === "room" && hub.isTyping(kind.id)) hub.tellTyping(session, kind.id);
      if (located.head.seq > topic.tail().seq) await topic.catchUp();
      follower.pump();
    } catch (error) {
      hub.failed(error);
      // Storage is away: the client comes back with its offsets, which lose nothing.
      if (current()) session.bye("overloaded");
    }
  }

  function pump(stream: string, follower: FollowerState): void {
    while (follower.position && !follower.replaying && !closed && sink.writable()) {
      const until = follower.private ? follower.until : undefined;
      if (until !== undefined && follower.position.seq >= until) {
        drop(stream);
        return gone(stream, "removed");
      }
      const frame = follower.topic.frameAfter(follower.position, until);
      if (frame === undefined) return;
      if (frame === "behind") return void replay(stream, follower);
      follower.position = frame.to;
      sink.send("events", frame.text);
      if (frame.to.seq === follower.topic.tail().seq) return; // nearly always, and cheaper than asking for a frame
    }
  }

  /** One page from storage, for a follower that stands before the ring. */
  async function replay(stream: string, follower: FollowerState): Promise<void> {
    const { position } = follower;
    if (!position) return;
    follower.replaying = true;
    const current = () => followers.get(stream) === follower && !closed;
    try {
      const frame = await follower.topic.replay(position, follower.private ? follower.until : undefined);
      if (!current()) return;
      // What the person may see may have ended while storage was read.
      const until = follower.private ? follower.until : undefined;
      if (frame && (until === undefined || frame.to.seq <= until)) {
        follower.position = frame.to;
        sink.send("events", frame.text);
      }
      follower.replaying = false;
      pump(stream, follower);
    } catch (error) {
      if (!current()) return;
      if (!(error instanceof Trimmed)) {
        hub.failed(error);
        return session.bye("overloaded");
      }
      drop(stream);
      gone(stream, "trimmed", follower.topic.head());
    }
  }

  function drop(stream: string): void {
    const follower = followers.get(stream);
    if (!follower) return;
    followers.delete(stream);
    hub.unregister(follower);
  }

  const fullName = (stream: string) => stream === "me" ? userStream(user.id) : stream;

  const session: Session = {
    get user() {
      return user;
    },
    id: options.id,
    hash: options.hash,
    renew: (now) => user = now,
    follow(streams) {
      for (const [stream, offset] of Object.entries(streams)) begin(fullName(stream), offset);
    },
    unfollow(streams) {
      for (const stream of streams) drop(fullName(stream));
    },
    follows: (stream) => followers.has(stream),
    watch: (users) => hub.presence.watch(session, users),
    tell(t, frame) {
      if (closed || !sink.writable()) return false;
      sink.send(t, frame);
      return true;
    },
    oweTyping: (room) => closed || owed.add(room),
    drained() {
      for (const room of owed) {
        if (!sink.writable()) return;
        owed.delete(room);
        if (followers.has(roomStream(room))) hub.tellTyping(session, room);
      }
      for (const follower of [...followers.values()]) follower.pump();
    },
    busy: () => [...followers.values()].some((it) => !it.position || it.replaying),
    positions() {
      const offsets: Record<string, string> = {};
      for (const [stream, { position }] of followers) if (position) offsets[stream] = hub.log.offset(position);
      return offsets;
    },
    bye(reason) {
      if (closed) return;
      const retry = Math.round(RETRY_MIN_MS + Math.random() * (RETRY_MAX_MS - RETRY_MIN_MS));
      send("bye", { reason, retry });
      session.close();
      options.ended(reason);
    },
    close() {
      if (closed) return;
      closed = true;
      for (const stream of [...followers.keys()]) drop(stream);
      hub.forget(session);
    },
  };
  return session;
}
