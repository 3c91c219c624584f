/** Real KV in memory for tests, and databases that misbehave in one named way. */
import { createDatabase, type Database, StorageUnavailable } from "../../lib/server/kv/database.ts";
import { assumeNew, lookUp } from "../../lib/server/log/idempotency.ts";
import { type AnyEvent, createLog, type Log } from "../../lib/server/log/log.ts";
import { assertEncoded } from "./encoded.ts";

export const random = (bytes: number): Uint8Array => crypto.getRandomValues(new Uint8Array(bytes));

/** A log that takes any event: what the log does with it doesn't depend on its type. */
export type TestLog = Log<AnyEvent>;

export interface Storage {
  db: Database;
  log: TestLog;
  clock: { now: number };
}

/** Runs `body` with a database of its own and a clock that it may turn. */
export async function withStorage(body: (storage: Storage) => Promise<void>): Promise<void> {
  const kv = await Deno.openKv(":memory:");
  const { db, idle } = watched(createDatabase(kv));
  const clock = { now: 1_764_000_000_000 };
  try {
    await body({ db, log: await openLog(db, clock), clock });
    await assertEncoded(kv);
  } finally {
    await idle(); // What a closed connection had asked for may still be read.
    db.close();
  }
}

/** A log that holds up what it reads: events are read by `reading`, and come once `release` is called. */
export function withHeldRead(log: Log): { log: Log; reading: Promise<void>; release(): void } {
  const [reading, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  return {
    log: {
      ...log,
      async read(stream, seq, limit) {
        const events = await log.read(stream, seq, limit);
        reading.resolve();
        await gate.promise;
        return events;
      },
    },
    reading: reading.promise,
    release: gate.resolve,
  };
}

/** A database that can tell when nothing is being read or written any more. */
export function watched(db: Database): { db: Database; idle(): Promise<void> } {
  const underWay = new Set<Promise<unknown>>();
  function watch<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(() => {}, () => {}).finally(() => underWay.delete(settled));
    underWay.add(settled);
    return work;
  }
  return {
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    db: {
      ...db,
      get: (key) => watch(db.get(key)),
      getMany: (keys) => watch(db.getMany(keys)),
      list: (selector, options) => watch(db.list(selector, options)),
      commit: (write) => watch(db.commit(write)),
    },
  };
}

/** One more log over a database: another process, as far as its append queue and caches go. */
export function openLog(db: Database, clock = { now: 1_764_000_000_000 }, shared = false): Promise<TestLog> {
  return createLog<AnyEvent>({ db, now: () => clock.now, random, shared });
}

/** A database whose next `times` commits land, but whose answers are lost. */
export function losingAnswers(db: Database, times: number): Database {
  return {
    ...db,
    async commit(write) {
      const result = await db.commit(write);
      if (times-- > 0) throw new StorageUnavailable("the answer was lost");
      return result;
    },
  };
}

/** A database that counts what commits write. */
export function counting(db: Database): { db: Database; count: { commits: number; mutations: number } } {
  const count = { commits: 0, mutations: 0 };
  return {
    count,
    db: {
      ...db,
      async commit(write) {
        const result = await db.commit(write);
        if (result === undefined) return result;
        count.commits++;
        count.mutations += (write.sets?.length ?? 0) + (write.deletes?.length ?? 0);
        return result;
      },
    },
  };
}

/** Counts the tries to commit to a database from now on, those too that fail. */
export function countTries(db: Database): { count: number } {
  const tries = { count: 0 };
  const { commit } = db;
  db.commit = (write) => {
    tries.count++;
    return commit(write);
  };
  return tries;
}

/** Counts the values that are read from a database from now on, and the keys that are asked for and aren't there. */
export function countReads(db: Database): { count: number } {
  const reads = { count: 0 };
  const { get, getMany, list } = db;
  db.get = (key) => {
    reads.count++;
    return get(key);
  };
  db.getMany = (keys) => {
    reads.count += keys.length;
    return getMany(keys);
  };
  db.list = async (selector, options) => {
    const entries = await list(selector, options);
    reads.count += entries.length;
    return entries;
  };
  return reads;
}

/** Appends one event with nothing else. */
export function tell(log: TestLog, stream: string, type: string, data: unknown, by = "u1"): Promise<number> {
  return log.append<number>([stream], () =>
    Promise.resolve({
      write: (place) => ({ events: [{ stream, type, by, data }], result: place(stream).seq }),
    }));
}

/** Appends one plain event. */
export function post(log: TestLog, stream: string, data: unknown = {}): Promise<number> {
  return log.append<number>([stream], () =>
    Promise.resolve({
      write: (place) => ({
        events: [{ stream, type: "test.posted", by: "u1", data, numbered: true }],
        result: place(stream).seq,
      }),
    }));
}

export interface Once {
  key: string;
  user?: string;
  stream?: string;
  now?: number;
}

/** Appends one event for an idempotency key, as `messages.send` does; gives the seq of the event that it has made. */
export function sendOnce({ db, log }: Pick<Storage, "db" | "log">, once: Once): Promise<number> {
  const { key, user = "u1", stream = "room:a", now = 1_764_000_000_000 } = once;
  const own = `user:${user}`;
  const use = { user, key, command: "test.send", fields: {}, verb: "send" };
  return log.append<number>([stream, own], async (attempt) => {
    const once = attempt === 0 ? assumeNew(use, now) : await lookUp(db, use, now);
    if (once.made !== undefined) return { result: Number(once.made) };
    return {
      checks: [once.check],
      write(slotOf) {
        const { seq } = slotOf(stream);
        const marked = { stream: own, type: "test.marked", by: user, data: seq, compactionKey: stream };
        const events = [{ stream, type: "test.posted", by: user, data: key }, marked];
        return { events, sets: [once.set(seq)], result: seq };
      },
    };
  });
}

/** What our clients' idempotency keys of that time begin with. */
export function timeText(ms: number): string {
  return ms.toString(36).padStart(9, "0");
}

/** A key as our clients make them. */
export function keyAt(ms: number, n = 0): string {
  return timeText(ms) + String(n).padStart(20, "0");
}
