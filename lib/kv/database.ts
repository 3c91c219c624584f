/** Deno KV with a deadline on every call and pages as arrays. The rest of Rivulet sees storage only through this. */
import { StorageUnavailable, told } from "./errors.ts";

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

/** What both clients have: the built-in one and `@deno/kv`. */
export type KvHandle = Pick<Deno.Kv, "get" | "getMany" | "list" | "atomic" | "watch" | "close">;

/** A database over an open KV handle. */
export function createDatabase(kv: KvHandle): Database {
  return {
    get: (key) => inTime(() => kv.get(key)),
    async getMany<T>(keys: Deno.KvKey[]) {
      const pages: Promise<KvGet<T>[]>[] = [];
      for (let at = 0; at < keys.length; at += GET_MANY_MAX) {
        pages.push(inTime(() => kv.getMany<T[]>(keys.slice(at, at + GET_MANY_MAX))));
      }
      return (await Promise.all(pages)).flat();
    },
    list: (selector, options) => inTime(() => listed(kv, selector, options)),
    async commit({ checks = [], sets = [], deletes = [] }) {
      const atomic = kv.atomic().check(...checks);
      for (const { key, value, expireIn } of sets) atomic.set(key, value, expireIn === undefined ? {} : { expireIn });
      for (const key of deletes) atomic.delete(key);
      const result = await inTime(() => atomic.commit());
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

/** What `ask` gives, or `StorageUnavailable` after the deadline. */
async function inTime<T>(ask: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const answer = ask();
    const late = new Promise<never>((_, reject) => {
      const reason = `the database did not answer in ${CALL_DEADLINE_MS} ms`;
      timer = setTimeout(() => reject(new StorageUnavailable(reason, answer)), CALL_DEADLINE_MS);
    });
    return await Promise.race([answer, late]);
  } catch (error) {
    throw told(error);
  } finally {
    clearTimeout(timer);
  }
}

export { StorageFull, StorageUnavailable } from "./errors.ts";
