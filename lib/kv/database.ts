/**
 * Deno KV with a deadline on every call, pages as arrays, and values in a form of our own. The rest of Rivulet sees
 * storage only through this.
 */
import { decode, encode } from "./codec.ts";
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
  /** The current versionstamps, then those after each change; may coalesce. Ends or throws when it pleases: a doorbell. */
  watch(keys: Deno.KvKey[]): ReadableStream<(string | null)[]>;
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
    get: async <T>(key: Deno.KvKey) => decoded(await inTime(() => kv.get<T>(key))),
    async getMany<T>(keys: Deno.KvKey[]) {
      const pages: Promise<KvGet<T>[]>[] = [];
      for (let at = 0; at < keys.length; at += GET_MANY_MAX) {
        pages.push(inTime(() => kv.getMany<T[]>(keys.slice(at, at + GET_MANY_MAX))));
      }
      return (await Promise.all(pages)).flat().map(decoded);
    },
    list: (selector, options) => inTime(() => listed(kv, selector, options)),
    async commit({ checks = [], sets = [], deletes = [] }) {
      const atomic = kv.atomic().check(...checks);
      for (const { key, value, expireIn } of sets) {
        atomic.set(key, encode(value), expireIn === undefined ? {} : { expireIn });
      }
      for (const key of deletes) atomic.delete(key);
      const result = await inTime(() => atomic.commit());
      return result.ok ? result.versionstamp : undefined;
    },
    watch: (keys) => kv.watch(keys).pipeThrough(versionstamps()),
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
    entries.push({ ...entry, value: valueOf(entry.value) });
  }
  return entries;
}

function decoded<T>(entry: KvGet<T>): KvGet<T> {
  return entry.versionstamp === null ? entry : { ...entry, value: valueOf(entry.value) };
}

/** The value of an entry. One in no form of ours is of a layout before 3: the migration reads it (layout.ts). */
function valueOf<T>(stored: T): T {
  return stored instanceof Uint8Array ? decode<T>(stored) : stored;
}

function versionstamps(): TransformStream<KvGet<unknown>[], (string | null)[]> {
  return new TransformStream({
    transform: (entries, out) => out.enqueue(entries.map((entry) => entry.versionstamp)),
  });
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
