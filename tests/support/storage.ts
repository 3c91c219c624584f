/** Real KV in memory for tests, and databases that misbehave in one named way. */
import { createDatabase, type Database, StorageUnavailable } from "../../lib/server/kv/database.ts";
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
