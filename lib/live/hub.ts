/**
 * The hub: one topic a followed stream, told of local commits at once and of others' by the doorbell; and who is
 * connected, for the digest, presence, typing and the checks of sign-ins (ARCHITECTURE.md, the hub and the session).
 */
import type { Appended, Head, Join, Located, Log, WireEvent } from "../log/log.ts";
import { NOW, parseStream, roomStream, userStream } from "../protocol/streams.ts";
import { createDigest, type Digest } from "./digest.ts";
import { createDoorbell, type Doorbell } from "./doorbell.ts";
import { createPresence, type PresenceBoard } from "./presence.ts";
import { createRoomsReader } from "./rooms_reader.ts";
import type { Follower, Session } from "./session.ts";
import { createTopic, type Topic } from "./topic.ts";
import { createTyping } from "./typing.ts";
import type { User } from "../protocol/users.ts";
import { setImmediate } from "node:timers";

const TOPIC_LINGER_MS = 30_000; // a topic without followers is kept for those who reconnect
const CHECK_MS = 4_000; // a sign-in is looked at this often; its end must close connections within 5 s
const CHECKS_AT_ONCE = 20;

/** May follow; in a private room, nothing past the person's removal. */
export interface Grant {
  private: boolean;
}

export interface HubOptions {
  log: Log;
  join: Join;
  /** Whether other processes write to the same database. */
  shared: boolean;
  watch(streams: string[]): ReadableStream<(string | null)[]>;
  /** What a person may follow; undefined where it isn't there for them. `head` is the stream's head as known here. */
  authorise(user: string, stream: string, head: Head | undefined): Promise<Grant | undefined>;
  /** The rooms that a person is a member of, by a strong read. */
  roomsOf(user: string): Promise<string[]>;
  /** Who a sign-in is of, by a strong read of its token's hash; undefined once it has ended. */
  signedIn(hash: string): Promise<User | undefined>;
  /** Told of errors that no caller waits for. */
  failed(error: unknown): void;
}

export interface Hub {
  readonly log: Log;
  readonly presence: PresenceBoard;
  /** Makes a session known: its person counts as present, and its sign-in is watched. */
  arrive(session: Session): void;
  /** The same, and it gets its digest. */
  greet(session: Session): void;
  forget(session: Session): void;
  topic(stream: string): Topic;
  register(follower: Follower): void;
  unregister(follower: Follower): void;
  authorise(user: string, stream: string, topic: Topic): Promise<Grant | undefined>;
  locate(topic: Topic, offset: string): Promise<Located>;
  typed(room: string, user: string): void;
  /** Tells a session who types in a room, once it can be told. */
  tellTyping(session: Session, room: string): void;
  isTyping(room: string): boolean;
  /** How many sessions a person has here. */
  sessionsOf(user: string): number;
  failed(error: unknown): void;
  /** Says goodbye to everybody. */
  drain(): void;
  close(): void;
}

interface Open {
  topic: Topic;
  followers: Set<Follower>;
  linger?: ReturnType<typeof setTimeout>;
}

export function createHub(options: HubOptions): Hub {
  const { log } = options;
  const open = new Map<string, Open>();
  const sessions = new Map<string, Set<Session>>(); // by user
  const presence = createPresence();
  const rooms = createRoomsReader(options);
  const typing = createTyping((room, who) => {
    const frames = new Map<string, string>();
    for (const { session, position } of open.get(roomStream(room))?.followers ?? []) {
      if (position && session.user.id !== who) sendTyping(session, room, frames);
    }
  });
  const doorbell: Doorbell | undefined = options.shared
    ? createDoorbell({ log, watch: options.watch, ring: rung })
    : undefined;
  const digest: Digest = createDigest({
    opened: (room) => doorbell?.add(roomStream(room)),
    closed: (room) => open.has(roomStream(room)) || doorbell?.remove(roomStream(room)),
  });
  log.onAppended(appended);

  /** A commit of this process: no watch is waited for. */
  function appended(it: Appended): void {
    open.get(it.stream)?.topic.append(it);
    noticed(it.stream, it.events, it.head);
  }

  /** What the events of a stream mean for others than its followers. */
  function noticed(stream: string, events: WireEvent[], head: Head): void {
    const kind = parseStream(stream);
    if (kind?.kind === "feed") {
      // Somebody is deactivated, or may do something else now.
      const mine = events.flatMap((event) => [...sessions.get(idIn(userIn(event.data))) ?? []]);
      if (mine.length > 0) review(mine).catch(options.failed);
    }
    if (kind?.kind === "room") {
      rooms.grown(kind.id, head);
      digest.changed(kind.id, head);
      for (const event of events) if (event.type === "messages.sent") typing.sent(kind.id, event.by);
    }
    if (kind?.kind !== "user" || !sessions.has(kind.id)) return;
    const types = new Set(events.map((event) => event.type));
    if (types.has("rooms.added") || types.has("rooms.removed")) {
      rooms.moved(kind.id);
      reviewRooms(kind.id).catch(options.failed);
    }
    if (types.has("sessions.revoked")) review([...sessions.get(kind.id) ?? []]).catch(options.failed);
  }

  /** Another process has written: look. */
  function rung(stream: string): void {
    const kind = parseStream(stream);
    open.get(stream)?.topic.catchUp().catch(options.failed);
    if (kind?.kind === "room" && digest.has(kind.id)) {
      log.head(stream).then((head) => digest.changed(kind.id, head)).catch(options.failed);
    }
    if (kind?.kind === "user") {
      reviewRooms(kind.id).catch(options.failed);
      review([...sessions.get(kind.id) ?? []]).catch(options.failed);
    }
  }

  function reviewRooms(user: string): Promise<void> {
    return rooms.read(user, (mine, heads) => {
      for (const session of sessions.get(user) ?? []) digest.review(session, mine, heads);
    });
  }

  /** Ends those whose sign-in is over; the others learn what their person is called and may do now. */
  async function review(some: Session[]): Promise<void> {
    const byHash = Map.groupBy(some, (session) => session.hash);
    const hashes = [...byHash.keys()];
    for (let at = 0; at < hashes.length; at += CHECKS_AT_ONCE) {
      await Promise.all(
        hashes.slice(at, at + CHECKS_AT_ONCE).map(async (hash) => {
          const user = await options.signedIn(hash);
          for (const session of byHash.get(hash) ?? []) {
            if (user) session.renew(user);
            else session.bye("signed_out");
          }
        }),
      );
    }
  }

  let reviewing = false;
  const checks = setInterval(() => {
    if (reviewing) return;
    reviewing = true;
    const all = [...sessions.values()].flatMap((some) => [...some]);
    review(all).catch(options.failed).finally(() => reviewing = false);
  }, CHECK_MS);

  let dirty = new Set<Open>();

  /** Followers are served once a tick, so that all events of the tick share a frame. */
  function grown(it: Open, events: WireEvent[]): void {
    for (const event of events) {
      if (event.type !== "rooms.left") continue;
      const left = userIn(event.data);
      for (const follower of it.followers) if (follower.session.user.id === left) follower.until ??= event.seq;
    }
    if (dirty.size === 0) setImmediate(flush); // Once whoever sent them has been answered, and asks for more meanwhile.
    dirty.add(it);
  }

  function flush(): void {
    const due = dirty;
    dirty = new Set();
    for (const { followers } of due) {
      for (const follower of followers) follower.pump();
    }
  }

  /** The people typing in a room but for the session's own; one encoding for all who don't type themselves. */
  function sendTyping(session: Session, room: string, frames: Map<string, string>): void {
    const users = typing.in(room);
    const me = users.includes(session.user.id) ? session.user.id : "";
    const frame = frames.get(me) ?? JSON.stringify({ t: "typing", room, users: users.filter((user) => user !== me) });
    frames.set(me, frame);
    if (!session.tell("typing", frame)) session.oweTyping(room);
  }

  function arrive(session: Session): void {
    const user = session.user.id;
    const mine = sessions.get(user) ?? new Set();
    if (mine.size === 0) doorbell?.add(userStream(user));
    sessions.set(user, mine.add(session));
    presence.came(user);
  }

  function close(): void {
    clearInterval(checks);
    doorbell?.close();
    digest.close();
    presence.close();
    typing.close();
    for (const { linger } of open.values()) clearTimeout(linger);
  }

  return {
    log,
    presence,
    arrive,
    greet(session) {
      arrive(session);
      const user = session.user.id;
      rooms.read(user, (mine, heads) => {
        if (sessions.get(user)?.has(session)) digest.begin(session, mine, heads);
      }).catch((error) => {
        options.failed(error);
        session.bye("overloaded");
      });
    },
    forget(session) {
      const user = session.user.id;
      const mine = sessions.get(user);
      if (!mine?.delete(session)) return;
      if (mine.size === 0) {
        sessions.delete(user);
        doorbell?.remove(userStream(user));
      }
      digest.end(session);
      presence.end(session);
      presence.went(user);
    },
    topic(stream) {
      const found = open.get(stream);
      if (found) return found.topic;
      const made: Open = {
        topic: createTopic({
          stream,
          log,
          join: options.join,
          grown: (events) => grown(made, events),
        }),
        followers: new Set(),
      };
      made.topic.ready.catch(() => open.get(stream) === made && open.delete(stream)); // whoever waits for it is told; the next one opens it anew
      open.set(stream, made);
      doorbell?.add(stream);
      return made.topic;
    },
    register(follower) {
      const it = open.get(follower.topic.stream);
      clearTimeout(it?.linger);
      it?.followers.add(follower);
    },
    unregister(follower) {
      const { stream } = follower.topic;
      const it = open.get(stream);
      if (!it?.followers.delete(follower) || it.followers.size > 0) return;
      const forget = () => {
        open.delete(stream);
        const kind = parseStream(stream);
        if (kind?.kind !== "room" || !digest.has(kind.id)) doorbell?.remove(stream);
      };
      // Nothing to keep: whoever asks for streams that don't exist must not make us hold them.
      if (it.topic.tail().seq === 0) forget();
      else it.linger = setTimeout(forget, TOPIC_LINGER_MS);
    },
    authorise: (user, stream, topic) => options.authorise(user, stream, topic.head()),
    async locate(topic, offset) {
      const head = topic.head();
      // In one process the ring is the truth; with others writing, storage is.
      if (!options.shared && head) {
        if (offset === NOW) return { ...topic.tail(), head };
        const position = await topic.find(offset);
        if (position) return { ...position, head };
      }
      return await log.locate(topic.stream, offset);
    },
    typed: (room, user) => typing.typed(room, user),
    tellTyping: (session, room) => sendTyping(session, room, new Map()),
    isTyping: (room) => typing.in(room).length > 0,
    sessionsOf: (user) => sessions.get(user)?.size ?? 0,
    failed: options.failed,
    drain() {
      for (const some of [...sessions.values()]) for (const session of [...some]) session.bye("restart");
    },
    close,
  };
}

function userIn(data: unknown): unknown {
  return typeof data === "object" && data !== null && "user" in data ? data.user : undefined;
}

function idIn(user: unknown): string {
  return typeof user === "object" && user !== null && "id" in user ? String(user.id) : "";
}
