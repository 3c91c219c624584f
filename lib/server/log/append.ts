/**
 * The append queue of this process. Appends wait in arrival order; whatever waits when storage is free is committed in
 * one atomic, over several streams (lib/server/log/README.md, Group commit). If what an append relied on has changed,
 * its plan runs again and it keeps its position in the queue, so that the others neither wait for it nor overtake it.
 */
import { setImmediate } from "node:timers";
import { type Database, StorageUnavailable } from "../kv/database.ts";
import { createCommitter } from "./committer.ts";
import type { AnyEvent } from "./events.ts";
import type { Member } from "./group_commit.ts";
import type { Heads } from "./heads.ts";
import type { Fence } from "./fence.ts";
import type { KnownKeys } from "./known_keys.ts";
import { FLUSH_MUTATIONS_MAX, TAIL_BYTES_MAX } from "./segments.ts";
import { measure, NOTHING } from "./measure.ts";
import type { Appended, Plan } from "./types.ts";

const MEMBERS_MAX = 128;
const MUTATIONS_MAX = 950; // KV's limit is 1000
const STREAM_MUTATIONS = 1 + FLUSH_MUTATIONS_MAX; // its head, and moving out the head's tail
const BATCH_BYTES_MAX = 780 * 1024; // KV's limit is 800 KiB
const SHARED_BYTES_MAX = 192 * 1024; // of members that share an atomic; 99 ordinary sends take 145 KB
const SCAN_MAX = 2_000; // appends looked at for one batch
const QUEUE_MAX = 20_000; // appends waiting in this process

export interface AppendQueueOptions {
  db: Database;
  heads: Heads;
  fence: Fence | undefined; // where no other process writes
  knownKeys: KnownKeys;
  now: () => number;
  /** A clock that never jumps, ms. */
  monotonic: () => number;
  tags: { tag(): string; batch(): string };
  /** Atomics under way at once. SQLite commits one at a time; a remote database several. */
  parallel: number;
  /** Streams in one atomic. Few where other processes compete for their heads. */
  streams: number;
  /** Checks that one atomic takes: those of keys, and without a fence those of the heads. */
  checks: number;
  /** From the call to the answer, ms. */
  deadline: number;
  appended: (appended: Appended) => void;
}

interface Waiting extends Member {
  /** The streams that it was called with; each plan adds its own. */
  named: string[];
  plan: Plan<unknown, AnyEvent>;
  attempt: number;
  deadline: number;
  ready: boolean;
  bytes: number;
  mutations: number;
  /** The append gets an atomic of its own, because its batch was over a limit of storage. */
  alone: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

export function createAppendQueue(options: AppendQueueOptions): {
  append<T>(streams: string[], plan: Plan<T, AnyEvent>): Promise<T>;
  /** Resolves once what is now on its way to a stream has landed, or can't any more; undefined where nothing is. */
  underWay(stream: string): Promise<void> | undefined;
  close(): void;
} {
  const { deadline, monotonic, knownKeys } = options;
  let [queue, busy, scheduled]: [Waiting[], number, boolean] = [[], 0, false];
  const locked = new Map<string, Promise<void>>(); // streams of batches that are on their way
  const headChecks = options.fence ? 0 : 1; // of each stream
  const { commit, close } = createCommitter<Waiting>({ ...options, alone, replan, expire: expireAll });

  function append<T>(streams: string[], plan: Plan<T, AnyEvent>): Promise<T> {
    if (queue.length >= QUEUE_MAX) throw new StorageUnavailable("Too many writes are waiting");
    return new Promise<T>((resolve, reject) => {
      let result: { value: T } | undefined; // the queue never looks at it
      const typed: Plan<unknown, AnyEvent> = async (attempt) => {
        const planned = await plan(attempt);
        if (!("write" in planned)) {
          result = { value: planned.result };
          return planned;
        }
        return {
          ...planned,
          write(slotOf) {
            const written = planned.write(slotOf);
            if (written) result = { value: written.result };
            return written;
          },
        };
      };
      const waiting: Waiting = {
        named: streams,
        streams,
        append: { write: () => NOTHING },
        due: [],
        plan: typed,
        attempt: 0,
        deadline: monotonic() + deadline,
        ready: false,
        bytes: 0,
        mutations: 0,
        alone: false,
        resolve: () => result ? resolve(result.value) : reject(new Error("The plan gave no result")),
        reject,
      };
      queue.push(waiting);
      prepare([waiting]);
    });
  }

  /** Runs the plans. Until a plan is ready, its append holds back later ones on the same streams. */
  function prepare(members: Waiting[]): void {
    for (const waiting of members) waiting.ready = false;
    Promise.all(members.map(runPlan)).then(() => {
      for (const waiting of members) waiting.ready = true;
      schedule();
    });
  }

  async function runPlan(waiting: Waiting): Promise<void> {
    try {
      const made = await waiting.plan(waiting.attempt);
      if (!("write" in made)) {
        // It may rely on a commit that is not answered yet: followers get that before the caller gets this.
        await Promise.all(waiting.streams.map((stream) => locked.get(stream)));
        return leave(waiting, () => waiting.resolve());
      }
      waiting.append = made;
      waiting.streams = [...new Set([...waiting.named, ...(made.streams ?? [])])];
      Object.assign(waiting, measure(made));
      assertFits(waiting);
    } catch (error) {
      leave(waiting, () => waiting.reject(error));
    }
  }

  /** Refuses an append that no atomic can hold. It is a bug of the caller, and would block others for ever. */
  function assertFits({ streams, append, mutations }: Waiting): void {
    const checks = headChecks * streams.length + (append.checks?.length ?? 0);
    const writes = mutations + streams.length * STREAM_MUTATIONS;
    if (streams.length <= options.streams && checks <= options.checks && writes <= MUTATIONS_MAX) return;
    throw new RangeError(
      `Cannot append: ${streams.length} streams, ${checks} checks and ${writes} mutations are too many for one atomic`,
    );
  }

  function leave(waiting: Waiting, then: () => void): void {
    queue = queue.filter((one) => one !== waiting);
    then();
    schedule();
  }

  /** Commits once a turn of the event loop, so that all appends of a turn share a batch. */
  function schedule(): void {
    if (scheduled || queue.length === 0 || busy === options.parallel) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      pump();
    });
  }

  function pump(): void {
    while (busy < options.parallel) {
      const members = take();
      if (members.length === 0) return;
      busy++;
      const streams = new Set(members.flatMap((member) => member.streams));
      const settled = commit(members, [...streams].sort()).catch((error) =>
        members.forEach((member) => member.reject(error))
      ).finally(() => {
        busy--;
        for (const stream of streams) locked.delete(stream);
        schedule();
      });
      for (const stream of streams) locked.set(stream, settled);
    }
  }

  /** The next batch, in arrival order. A stream that an earlier append waits for is skipped for later ones too. */
  function take(): Waiting[] {
    const members: Waiting[] = [];
    const streams = new Set<string>();
    const held = new Set(locked.keys());
    const rest: Waiting[] = [];
    const scanned = expire(queue.slice(0, SCAN_MAX)); // so that an append behind a plan that never ends fails in time
    let [checks, bytes, mutations] = [0, 0, 0];
    for (const [at, waiting] of scanned.entries()) {
      if (members.length === MEMBERS_MAX) {
        rest.push(...scanned.slice(at));
        break;
      }
      const count = streams.size + waiting.streams.filter((stream) => !streams.has(stream)).length;
      const mayFit = waiting.ready && !waiting.streams.some((stream) => held.has(stream)) &&
        (members.length === 0 || (!waiting.alone && !members[0]?.alone)) &&
        count <= options.streams &&
        (members.length === 0 || (bytes + waiting.bytes <= SHARED_BYTES_MAX &&
          bytes + waiting.bytes + count * TAIL_BYTES_MAX <= BATCH_BYTES_MAX)) &&
        mutations + waiting.mutations + count * STREAM_MUTATIONS <= MUTATIONS_MAX;
      if (mayFit) waiting.due = knownKeys.due(waiting.append.checks ?? []);
      if (!mayFit || headChecks * count + checks + waiting.due.length > options.checks) {
        for (const stream of waiting.streams) held.add(stream);
        rest.push(waiting);
        continue;
      }
      members.push(waiting);
      knownKeys.used(waiting.append.checks ?? []); // whatever becomes of them
      for (const stream of waiting.streams) streams.add(stream);
      checks += waiting.due.length;
      bytes += waiting.bytes;
      mutations += waiting.mutations;
    }
    queue = rest.concat(queue.slice(SCAN_MAX));
    return members;
  }

  /** Commits the members of a batch that is too large for storage one by one, so that only the one at fault fails. */
  function alone(members: Waiting[]): void {
    for (const member of members) member.alone = true;
    queue = [...members, ...queue];
  }

  function replan(members: Waiting[]): void {
    const due = expire(members);
    if (due.length === 0) return;
    queue = [...due, ...queue];
    for (const member of due) member.attempt++;
    // Appends that rebase are planned together: if one were committed before the others, their checks would fail again.
    const [stacked, others] = [due.filter(({ append }) => append.rebases), due.filter(({ append }) => !append.rebases)];
    for (const group of [stacked, ...others.map((member) => [member])]) prepare(group);
  }

  function expireAll(members: Waiting[], why?: Error): Waiting[] {
    queue = expire(queue);
    return expire(members, why);
  }

  /** Rejects the members whose deadline has passed, and returns the others. */
  function expire(members: Waiting[], why = new Error("too much was waiting")): Waiting[] {
    const now = monotonic();
    return members.filter((member) => {
      if (member.deadline > now) return true;
      member.reject(new StorageUnavailable(`a write took longer than ${deadline} ms: ${why.message}`));
      return false;
    });
  }

  return { append, underWay: (stream) => locked.get(stream), close };
}
