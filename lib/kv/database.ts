/** Deno KV with a deadline on every call and pages as arrays. The rest of Rivulet sees storage only through this. */

export type KvGet<T> = Deno.KvEntryMaybe<T>;

export interface Write {
  checks?: Deno.AtomicCheck[];
  sets?: { key: Deno.KvKey; value: unknown; expireIn?: number }[];
  deletes?: Deno.KvKey[];
}

export interface Database {
  /** A strong read. */
  get<T>(key: Deno.KvKey): Promise<KvGet<T>>;
  /** Strong reads of any number of keys, in order; ten a request, each ten consistent among themselves. */
  getMany<T>(keys: Deno.KvKey[]): Promise<KvGet<T>[]>;
  /** Up to `limit` entries, in key order or backwards. */
  list<T>(selector: Deno.KvListSelector, options: { limit: number; reverse?: boolean }): Promise<Deno.KvEntry<T>[]>;
  /** One atomic try: its versionstamp, or undefined where a check failed. */
  commit(write: Write): Promise<string | undefined>;
  /** The current entries, then the latest at each change; may coalesce. Ends or throws when it pleases: a doorbell. */
  watch(keys: Deno.KvKey[]): ReadableStream<Deno.KvEntryMaybe<unknown>[]>;
  close(): void;
}

/** How long one call to storage may take before it counts as unavailable. */
export const CALL_DEADLINE_MS = 5_000;
const GET_MANY_MAX = 10; // KV's limit a request

/** Thrown by every call that storage didn't answer in time, or can't answer. The work may have been done. */
export class StorageUnavailable extends Error {
  override name = "StorageUnavailable";
}

/** Thrown by a commit that the disk has no room for. Nothing was written. */
export class StorageFull extends Error {
  override name = "StorageFull";
}

/** What both clients have: the built-in one and `@deno/kv`. */
export type KvHandle = Pick<Deno.Kv, "get" | "getMany" | "list" | "atomic" | "watch" | "close">;

/** A database over an open KV handle. */
export function createDatabase(kv: KvHandle): Database {
  return {
    get: (key) => inTime(kv.get(key)),
    async getMany<T>(keys: Deno.KvKey[]) {
      const pages: Promise<KvGet<T>[]>[] = [];
      for (let at = 0; at < keys.length; at += GET_MANY_MAX) {
        pages.push(inTime(kv.getMany<T[]>(keys.slice(at, at + GET_MANY_MAX))));
      }
      return (await Promise.all(pages)).flat();
    },
    list: (selector, options) => inTime(listed(kv, selector, options)),
    async commit({ checks = [], sets = [], deletes = [] }) {
      const atomic = kv.atomic().check(...checks);
      for (const { key, value, expireIn } of sets) atomic.set(key, value, expireIn === undefined ? {} : { expireIn });
      for (const key of deletes) atomic.delete(key);
      const result = await inTime(atomic.commit());
      return result.ok ? result.versionstamp : undefined;
    },
    watch: (keys) => kv.watch(keys),
    close: () => kv.close(),
  };
}

async function listed<T>(
  kv: KvHandle,
  selector: Deno.KvListSelector,
  options: { limit: number; reverse?: boolean },
): Promise<Deno.KvEntry<T>[]> {
  const entries: Deno.KvEntry<T>[] = [];
  for await (const entry of kv.list<T>(selector, { ...options, batchSize: Math.min(options.limit, 500) })) {
    entries.push(entry);
  }
  return entries;
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StorageUnavailable(`Storage did not answer in ${CALL_DEADLINE_MS} ms`)),
      CALL_DEADLINE_MS,
    );
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw told(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Storage's own errors in our words; a TypeError (a value or commit over KV's limits) is the caller's bug and stays. */
function told(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StorageUnavailable) return error;
  // A remote one answers 400 to what the embedded one throws a TypeError for.
  if (/response status: 400/.test(error.message)) return new TypeError(error.message);
  if (/disk is full|no space left/i.test(error.message)) return new StorageFull(error.message);
  if (/locked|closed|Busy|connection|fetch|sqlite|disk I\/O/i.test(error.message) || error.name === "BadResource") {
    return new StorageUnavailable(error.message);
  }
  return error;
}
