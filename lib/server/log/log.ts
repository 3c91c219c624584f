/** The log: streams of events, appended in the commit that writes the state too (lib/server/log/README.md, The log). */
import { type Database, StorageUnavailable } from "../kv/database.ts";
import { setAt } from "../kv/key.ts";
import { keys } from "../kv/keys.ts";
import { LAYOUT, LayoutError } from "../kv/layout.ts";
import { transact } from "../kv/transact.ts";
import { createAppendQueue } from "./append.ts";
import type { AnyEvent, NewEvent } from "./events.ts";
import { createFence } from "./fence.ts";
import { createHeads } from "./heads.ts";
import { createKnownKeys } from "./known_keys.ts";
import { createTags, formatOffset } from "./offset.ts";
import { locate, readEvents } from "./read.ts";
import { listLatestIn, readLatest } from "./segments.ts";
import { KEEP_EVENTS, trim } from "./trim.ts";
import { type Appended, EMPTY, type Head, type Log } from "./types.ts";

/**
 * Nobody competes for heads, so whatever waits goes together. SQLite commits one at a time, but while it does, the next
 * are built and put before it (measured: 1.2 to 1.8 times the sends of one at a time).
 */
const ALONE = { parallel: 4, streams: 76, checks: 98, appendStreams: 20 }; // and the fence and one head are checked
/**
 * A remote database takes several commits at once; the fewer heads in one, the fewer it is refused for. `denokv` takes
 * ten checks in one, the embedded KV a hundred: eight streams, and two of whatever else an append relies on.
 */
const SHARED = { parallel: 8, streams: 8, checks: 10, appendStreams: 8 };
const DEADLINE_MS = 15_000; // from an append's call to its answer
const TRIM_EVERY = 1_000; // events of a stream between two looks at what can go

export interface LogOptions {
  db: Database;
  now: () => number;
  /** A clock that never jumps, ms: for deadlines. */
  monotonic?: () => number;
  random: (bytes: number) => Uint8Array;
  /** Whether other processes write to the same database. */
  shared: boolean;
  /** From an append's call to its answer, ms. */
  deadline?: number | undefined;
  /** Called when a trim failed; it is tried again 1,000 events later. */
  failed?: (error: unknown) => void;
}

/** Opens the log of a database, and names a new one. Throws `LayoutError` for one of another layout. */
export async function createLog<E extends AnyEvent = NewEvent>(
  { db, now, monotonic = () => performance.now(), random, shared, deadline = DEADLINE_MS, failed }: LogOptions,
): Promise<Log<E>> {
  const tags = createTags(random);
  const listeners: ((appended: Appended) => void)[] = [];
  const headListeners: ((stream: string, head: Head) => void)[] = [];
  const epoch = await transact(db, async () => {
    const [entry, format] = await Promise.all([db.get(keys.epoch()), db.get(keys.format())]);
    if (entry.value !== null) {
      if (format.value === LAYOUT) return { result: entry.value };
      throw new LayoutError("Cannot open storage: it is laid out by another version of Rivulet");
    }
    const made = tags.epoch();
    const sets = [setAt(keys.epoch(), made), setAt(keys.format(), LAYOUT)];
    return { checks: [entry], sets, result: made };
  });

  const fence = shared ? undefined : await createFence(db, tags.batch());
  const knownKeys = createKnownKeys({ now });
  if (fence?.isUp) await knownKeys.load(db);
  const heads = createHeads(db, (stream, head) => {
    for (const listener of headListeners) listener(stream, head);
  });
  const headsOf = async (streams: string[]) =>
    (await (shared ? heads.read(streams) : heads.known(streams))).map(({ head }) => head);
  const { appendStreams, ...limits } = shared ? SHARED : ALONE;
  const queue = createAppendQueue({
    db,
    heads,
    fence,
    knownKeys,
    now,
    monotonic,
    tags,
    deadline,
    ...limits,
    appended,
  });
  const head = async (stream: string) => (await headsOf([stream]))[0] ?? EMPTY;
  const log: Log<E> = {
    epoch,
    appendStreams,
    append: queue.append,
    settled,
    head,
    heads: headsOf,
    documents: async (stream) => (await head(stream)).tail.flatMap(({ document }) => document ? document.value : []),
    latest: async (stream, names) => readLatest(db, stream, await head(stream), names),
    latestIn: (stream, head, prefix) => listLatestIn(db, stream, head, prefix),
    read: async (stream, seq, limit) => readEvents(db, stream, await head(stream), seq, limit),
    locate: async (stream, offset) => locate(db, epoch, stream, await head(stream), offset),
    offset: ({ seq, tag }) => formatOffset({ epoch, seq, tag }),
    watch: (streams) => db.watch(streams.map(keys.head)),
    onAppended: (listener) => listeners.push(listener),
    noteHead(stream, { value, versionstamp }) {
      const head = value ?? EMPTY;
      // While this process has a commit under way, the head is noted when that lands.
      if (!queue.underWay(stream)) heads.note(stream, { head, versionstamp });
      return head;
    },
    onHead: (listener) => headListeners.push(listener),
    close: queue.close,
  };

  async function settled(stream: string): Promise<void> {
    const { promise, reject } = Promise.withResolvers<void>();
    const late = new StorageUnavailable(`what is being written took longer than ${deadline} ms`);
    const timer = setTimeout(() => reject(late), deadline);
    await Promise.race([promise, queue.underWay(stream)]).finally(() => clearTimeout(timer));
  }

  function appended(it: Appended): void {
    for (const listener of listeners) listener(it);
    const { head, events } = it;
    const crossed = Math.floor(head.seq / TRIM_EVERY) > Math.floor((head.seq - events.length) / TRIM_EVERY);
    if (crossed && head.seq - head.first + 1 > KEEP_EVENTS) {
      trim({ db, log, now }, it.stream).catch((error) => failed?.(error));
    }
  }

  return log;
}

export { Trimmed } from "./read.ts";
export { isStored, isWire } from "./events.ts";
export type { Addressed, AnyEvent, NewEvent, WireEvent } from "./events.ts";
export type { Appended, Head, Join, Latest, Located, Log, Plan, StoredEvent } from "./types.ts";
