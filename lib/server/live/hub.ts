/**
 * The hub has a topic for each followed stream, and knows who is connected. It learns of local commits at once, and of
 * those of other processes from the change watcher (lib/README.md, The hub and the session).
 */
import { type Appended, type Head, isWire, type Join, type Located, type Log, type WireEvent } from "../log/log.ts";
import { NOW, parseStream, roomStream, userStream } from "../../protocol/streams.ts";
import { createCluster } from "./state/cluster.ts";
import type { Clock } from "./clock.ts";
import type { ClusterStore } from "./state/cluster_state.ts";
import { type Admission, createAdmission, createCounts } from "./admission.ts";
import { createFollowQueue, type FollowQueue } from "./follow_queue.ts";
import { createDigest, type Digest, type DigestFrame } from "./state/digest.ts";
import { type ChangeWatcher, createChangeWatcher } from "./streams/change_watcher.ts";
import { createNotices } from "./state/notices.ts";
import { createPace, type Pace } from "../limits/pace.ts";
import { createPresence, type Presence } from "./state/presence.ts";
import { createRoomsReader } from "./state/rooms_reader.ts";
import { createSignInChecks } from "./sign_in_checks.ts";
import type { Follower, Grant } from "./streams/follower.ts";
import type { Session } from "./session.ts";
import type { Topic } from "./streams/topic.ts";
import { createTopics } from "./streams/topics.ts";
import { createTyping } from "./state/typing.ts";
import { sendTyping, sendTypingToFollowers } from "./state/typing_frames.ts";
import type { User } from "../../protocol/users.ts";
import { createFanOut } from "./streams/fan_out.ts";

export interface HubOptions {
  log: Log;
  clock: Clock;
  join: Join;
  /** Whether other processes write to the same database. */
  shared: boolean;
  /** False lets people follow as fast as they like, for load tests. */
  limits: boolean;
  watch(streams: string[]): ReadableStream<(string | null)[]>;
  /** Where those processes exchange who is connected and who types. */
  cluster?: ClusterStore | undefined;
  /** What a person may follow; undefined if they may not. `head` is the head as known here. */
  authorize(user: string, stream: string, head: Head | undefined): Promise<Grant | undefined>;
  /** The rooms that a person is a member of, by a strong read. */
  roomsOf(user: string): Promise<string[]>;
  /** The people of these sign-ins, by strong reads; undefined for a sign-in that has ended. */
  signedIn(hashes: string[]): Promise<(User | undefined)[]>;
  /** Called with errors that no caller waits for. */
  failed(error: unknown): void;
}

export interface Hub {
  readonly log: Log;
  readonly clock: Clock;
  /** Whether other processes write to the same database. */
  readonly shared: boolean;
  readonly presence: Presence;
  readonly followQueue: FollowQueue;
  readonly pace: Pace;
  readonly admit: Admission["admit"];
  /** Registers a session: its person counts as present, and its sign-in is checked. */
  arrive(session: Session): void;
  /** Registers a session and sends its digest. Resolves when the digest is known or failed; never rejects. */
  greet(session: Session): Promise<void>;
  /** The whole digest of a greeted session; undefined until it is known. */
  digestOf(session: Session): DigestFrame | undefined;
  forget(session: Session): void;
  topic(stream: string): Topic;
  register(follower: Follower): void;
  unregister(follower: Follower): void;
  /** How many follow a stream here. */
  followersOf(stream: string): number;
  authorize(user: string, stream: string, topic: Topic): Promise<Grant | undefined>;
  locate(topic: Topic, offset: string): Promise<Located>;
  typed(room: string, user: string): void;
  /** Sends a session who types in a room, once its client reads. */
  sendTyping(session: Session, room: string): void;
  isTyping(room: string): boolean;
  /** Whether the sign-in with this hash has not ended, by a strong read. */
  isSignedIn(hash: string): Promise<boolean>;
  /** A connection outlives its session until it is closed, which may take long if it is not read. */
  outlived(user: string): void;
  closed(user: string): void;
  /** How many sessions a person has here, and connections that outlive theirs. */
  sessionsOf(user: string): number;
  failed(error: unknown): void;
  /** Says goodbye to everybody. */
  drain(): void;
  close(): void;
}

export function createHub(options: HubOptions): Hub {
  const { log, clock, failed } = options;
  const sessions = new Map<string, Set<Session>>(); // by user
  const counts = createCounts(sessions);
  const presence = createPresence(clock);
  const followQueue = createFollowQueue(options);
  const fanOut = createFanOut(failed);
  const rooms = createRoomsReader(options);
  const typing = createTyping((room, who) => {
    if (!typing.in(room).includes(who)) cluster?.stopped(room, who);
    sendTypingToFollowers(topics.followers(roomStream(room)), room, typing.in(room), who);
  }, clock);
  const watcher: ChangeWatcher | undefined = options.shared
    ? createChangeWatcher({ ...options, changed: changedElsewhere })
    : undefined;
  const { came, went } = presence;
  const [typed, stopped] = [typing.typedElsewhere, typing.stopped];
  const cluster = options.cluster && createCluster({ ...options, store: options.cluster, came, went, typed, stopped });
  const digest: Digest = createDigest({
    opened: (room) => watcher?.add(roomStream(room)),
    closed: (room) => topics.has(roomStream(room)) || watcher?.remove(roomStream(room)),
  }, clock);
  const topics = createTopics({
    ...options,
    opened: (stream) => watcher?.add(stream),
    closed(stream) {
      const kind = parseStream(stream);
      if (kind?.kind !== "room" || !digest.has(kind.id)) watcher?.remove(stream);
    },
    isHeld: (stream) => sessions.has(ownerOf(stream) ?? ""),
    grown,
  });
  const { review, close: stopChecks } = createSignInChecks({ ...options, sessions });
  const { noticed, missed } = createNotices({ sessions, rooms, digest, typing, review, failed });
  log.onAppended(appended);
  log.onHead(headRead);

  /** Takes a commit of this process, without waiting for a watch. */
  function appended(it: Appended): void {
    topics.get(it.stream)?.append(it);
    if (ownerOf(it.stream) === undefined) noticed(it.stream, it.events, it.head);
  }

  /** The owner of a personal stream that other processes write to, if they are connected: then its topic stays open. */
  function ownerOf(stream: string): string | undefined {
    const kind = options.shared ? parseStream(stream) : undefined;
    return kind?.kind === "user" ? kind.id : undefined;
  }

  /** A head was read: followers and digests may need its news. */
  function headRead(stream: string, head: Head): void {
    topics.get(stream)?.headRead(head);
    const kind = parseStream(stream);
    if (kind?.kind !== "room") return;
    rooms.grown(kind.id, head);
    digest.changed(kind.id, head);
  }

  /** Another process has written, so the head is read. `headRead` gets it. */
  function changedElsewhere(stream: string): void {
    const kind = parseStream(stream);
    const read = topics.get(stream)?.catchUp() ?? (kind?.kind === "room" ? log.head(stream) : undefined);
    read?.catch((error) => kind?.kind === "user" ? missed(kind.id, error) : failed(error));
  }

  /** Serves followers once a tick, so that all events of the tick share a frame. */
  function grown(stream: string, followers: ReadonlySet<Follower>, events: WireEvent[], head: Head): void {
    for (const event of events) {
      if (!isWire(event, "rooms.left")) continue;
      for (const follower of followers) if (follower.session.user.id === event.data.user) follower.left(event.seq);
    }
    fanOut.due(followers);
    if (ownerOf(stream) !== undefined) noticed(stream, events, head);
  }

  function arrive(session: Session): void {
    const user = session.user.id;
    const own = sessions.get(user) ?? new Set();
    if (own.size === 0) cluster?.came(user);
    sessions.set(user, own.add(session));
    if (options.shared) topics.open(userStream(user));
    presence.came(user);
  }

  function close(): void {
    stopChecks();
    followQueue.close();
    watcher?.close();
    cluster?.close();
    digest.close();
    presence.close();
    typing.close();
    topics.close();
  }

  return {
    log,
    clock,
    shared: options.shared,
    presence,
    followQueue,
    pace: createPace(),
    digestOf: digest.of,
    arrive,
    greet(session) {
      arrive(session);
      const user = session.user.id;
      // The person's own stream is open from here on, so no event is lost between reading and sending.
      const opened = options.shared ? topics.open(userStream(user)).ready : Promise.resolve();
      return opened.then(() =>
        rooms.read(user, (own, heads) => {
          if (sessions.get(user)?.has(session)) digest.begin(session, own, heads);
        })
      ).catch((error) => {
        failed(error);
        session.bye("overloaded");
      });
    },
    forget(session) {
      const user = session.user.id;
      const own = sessions.get(user);
      if (!own?.delete(session)) return;
      if (own.size === 0) {
        sessions.delete(user);
        topics.letGo(userStream(user));
        cluster?.went(user);
      }
      digest.end(session);
      presence.end(session);
      presence.went(user);
    },
    topic: topics.open,
    register: topics.register,
    unregister: topics.unregister,
    followersOf: (stream) => topics.followers(stream).size,
    authorize: (user, stream, topic) => options.authorize(user, stream, topic.head()),
    async locate(topic, offset) {
      const head = topic.head();
      // In one process the ring is up to date; if others write too, only storage is.
      if (!options.shared && head) {
        if (offset === NOW) return { ...topic.tail(), head };
        const position = await topic.find(offset);
        if (position) return { ...position, head };
      }
      return await log.locate(topic.stream, offset);
    },
    typed(room, user) {
      if (typing.typed(room, user)) cluster?.typed(room, user);
    },
    sendTyping: (session, room) => sendTyping(session, room, typing.in(room)),
    isTyping: (room) => typing.in(room).length > 0,
    isSignedIn: async (hash) => (await options.signedIn([hash]))[0] !== undefined,
    ...counts,
    admit: createAdmission({ ...options, counts }).admit,
    failed,
    drain() {
      for (const some of [...sessions.values()]) for (const session of [...some]) session.bye("restart");
      cluster?.leave();
    },
    close,
  };
}
