/** Wires all services; no other file knows all features. */
import { BUILD_DIR, HASH_WORKER, PARSE_WORKER, readManifest } from "../build/manifest.ts";
import type { Argon2id } from "./auth/argon2.ts";
import { createHashWorker } from "./auth/hash_worker.ts";
import { type AuthService, createAuth } from "./auth/service.ts";
import { createAuthCommands } from "./auth/commands.ts";
import type { Config } from "./config.ts";
import { createEntries, type EntriesService } from "./entries/service.ts";
import { createFeedCommands } from "./feed/commands.ts";
import { createFeed, type FeedService } from "./feed/service.ts";
import { createRunner, type Run } from "./commands/runner.ts";
import { createShares, type Shares } from "./commands/shares.ts";
import type { Database } from "./kv/database.ts";
import { migrate } from "./kv/layout.ts";
import type { Grant } from "./live/streams/follower.ts";
import { type Clock, processClock } from "./live/clock.ts";
import { createHub, type Hub } from "./live/hub.ts";
import { createBacklog } from "./limits/backlog.ts";
import { createMetrics, type Metrics } from "./metrics/metrics.ts";
import { createLog, type Log } from "./log/log.ts";
import { createMessageCommands } from "./messages/commands.ts";
import { createParser } from "./messages/parser.ts";
import { createMessages, type MessagesService } from "./messages/service.ts";
import type { Handlers } from "./commands/handlers.ts";
import { parseStream, roomStream } from "../protocol/streams.ts";
import { createPresenceCommands } from "./presence/commands.ts";
import { createClusterStore } from "./presence/store.ts";
import { createReadCommands } from "./reads/commands.ts";
import { createReads, type ReadsService } from "./reads/service.ts";
import { createRoomCommands } from "./rooms/commands.ts";
import { createRooms, type RoomsService } from "./rooms/service.ts";
import { createUserCommands } from "./users/commands.ts";
import { createUsers, type UsersService } from "./users/service.ts";

const CALLS_DRAIN_MS = 2_500; // calls under way finish within this when the server drains
const CALLS_LOOK_MS = 10;

export interface Services {
  config: Config;
  db: Database;
  log: Log;
  users: UsersService;
  auth: AuthService;
  rooms: RoomsService;
  messages: MessagesService;
  reads: ReadsService;
  entries: EntriesService;
  feed: FeedService;
  hub: Hub;
  /** The share of each person in this process. */
  shares: Shares;
  metrics: Metrics;
  run: Run;
  /** Notifies the people whom processes that died left pending, at the start and again later. */
  notifyAllPending(): Promise<void>;
  /** Names this process in `welcome`. */
  instance: string;
  /** Aborted when the server goes down: from then on new work is refused. */
  draining: AbortSignal;
  /** Refuses new work, lets calls under way finish, and says goodbye to every connection. */
  drain(): Promise<void>;
  /** Adds something that `close` closes too. */
  onClose(close: () => void): void;
  close(): void;
}

export interface ServicesDeps {
  config: Config;
  db: Database;
  /** Whether other processes write to the same database. */
  shared: boolean;
  now?: () => number;
  /** The clock of `live`. */
  clock?: Clock;
  random?: (bytes: number) => Uint8Array;
  /** Hashes passwords; a worker by default. */
  argon2id?: Argon2id;
  /** The deadline of an append, ms. */
  deadline?: number | undefined;
  /** Called with errors that no caller waits for. */
  failed: (error: unknown) => void;
  /** Called with a line of text about each step of a migration, which may take minutes. */
  say?: (line: string) => void;
}

export async function createServices(deps: ServicesDeps): Promise<Services> {
  const { config, shared, deadline, failed } = deps;
  const metrics = createMetrics();
  const db = metrics.ofStorage(deps.db);
  const now = deps.now ?? Date.now;
  const random = deps.random ?? ((bytes: number) => crypto.getRandomValues(new Uint8Array(bytes)));
  await migrate(db, { now, say: deps.say ?? (() => {}) });
  const log = metrics.ofLog(await createLog({ db, now, random, shared, deadline, failed }));

  const entries = createEntries({ db, log });
  const users = createUsers({ db, log, now, random });
  const { limits, setupToken } = config;
  const rooms = createRooms({ limits, db, log, entries, now, random, shared, getPeople: users.get });
  const hashing = createHashWorker({ entry: await workerEntry(HASH_WORKER) });
  const { argon2id = hashing.argon2id } = deps;
  const auth = createAuth({ db, log, now, random, users, entries, limits, setupToken, welcome, argon2id });
  const parser = createParser({ entry: await workerEntry(PARSE_WORKER) });
  const messages = createMessages({
    db,
    log,
    entries,
    now,
    access: rooms.access,
    findPeople,
    listParticipants: rooms.listParticipants,
    filterViewers: rooms.filterViewers,
    parser,
  });
  const reads = createReads({ log, access: rooms.access, messages });
  const feed = createFeed({ log, entries, users, rooms, messages });
  const hub = createHub({
    log,
    clock: deps.clock ?? processClock,
    join: (stream, events) =>
      parseStream(stream)?.kind === "room" ? messages.join(stream, events) : entries.join(stream, events),
    shared,
    limits,
    watch: log.watch,
    cluster: shared ? createClusterStore({ db }) : undefined,
    authorize: authorise,
    roomsOf: rooms.roomsOf,
    signedIn: async (hashes) => (await auth.identifyHashes(hashes)).map((found) => found?.user),
    failed,
  });
  const handlers: Handlers = {
    ...createUserCommands(users, rooms.filterMembers),
    ...createAuthCommands(auth),
    ...createRoomCommands(rooms),
    ...createMessageCommands(messages),
    ...createReadCommands(reads),
    ...createPresenceCommands({ access: rooms.access, hub }),
    ...createFeedCommands(feed),
  };
  const closing: (() => void)[] = [];
  const draining = new AbortController();
  let calls = 0;
  const backlog = createBacklog();
  metrics.gauge("rivulet_unread_bytes", "Answers and frames that clients have not read.", backlog.total);
  const shares = createShares({
    limits,
    backlog,
    followers: (room) => hub.followersOf(roomStream(room)),
  });
  const runner = createRunner({ handlers, limits, shares });
  const run: Run = async (name, body, call) => {
    calls++;
    try {
      return await runner(name, body, call);
    } finally {
      calls--;
    }
  };

  /** New people start in the lobby. */
  async function welcome(user: Parameters<RoomsService["enterLobby"]>[0]): Promise<void> {
    const workspace = await auth.workspace();
    if (workspace) await rooms.enterLobby(user, workspace.lobby);
  }

  async function findPeople(room: string, handles: string[]): Promise<Record<string, string>> {
    const found = await users.idsByHandle(handles);
    if (found.size === 0) return {}; // an "@" that names nobody costs one read
    const viewers = new Set(await rooms.filterViewers(room, [...found.values()]));
    return Object.fromEntries([...found].filter(([, id]) => viewers.has(id)));
  }

  async function authorise(user: string, stream: string): Promise<Grant | undefined> {
    const kind = parseStream(stream);
    if (kind?.kind !== "room") return kind && { private: false, asOf: 0 }; // whose inbox, the session checks
    return await rooms.access.authorizeFollow(user, kind.id);
  }

  return {
    config,
    db,
    log,
    users,
    auth,
    rooms,
    messages,
    reads,
    entries,
    feed,
    hub,
    shares,
    metrics,
    run,
    notifyAllPending: () =>
      messages.notifyAllPending({ room: rooms.find, user: async (id) => (await users.get([id]))[0] }).catch((error) => {
        if (!draining.signal.aborted) failed(error);
      }),
    instance: log.epoch.slice(0, 4) + [...random(4)].map((byte) => (byte % 36).toString(36)).join(""),
    draining: draining.signal,
    async drain() {
      draining.abort();
      auth.drain();
      const end = performance.now() + CALLS_DRAIN_MS;
      while (calls > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, CALLS_LOOK_MS));
      hub.drain();
    },
    onClose: (close) => closing.push(close),
    close() {
      for (const close of closing) close();
      hashing.close();
      parser.close();
      hub.close();
      log.close();
      db.close();
    },
  };
}

/** The bundle, which is all that `deno task start` may read; or the source if nothing was built, as in a test. */
async function workerEntry(source: string): Promise<URL> {
  const bundle = (await readManifest())?.workers[source];
  return bundle === undefined ? new URL(`../../${source}`, import.meta.url) : new URL(bundle, BUILD_DIR);
}
