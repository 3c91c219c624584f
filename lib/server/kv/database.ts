/** Deno KV with a deadline on every call, pages as arrays, and our own form of values. All storage goes through it. */
import { decode, encode } from "./codec.ts";
import { StorageUnavailable, toStorageError } from "./errors.ts";
import type { KvSet, ValueAt, ValueIn } from "./key.ts";

export type KvGet<T> = Deno.KvEntryMaybe<T>;

/** What stands at each of several keys. */
export type GetAll<K extends readonly Deno.KvKey[]> = { -readonly [At in keyof K]: KvGet<ValueAt<K[At]>> };

export interface Write {
  checks?: Deno.AtomicCheck[];
  sets?: KvSet[];
  deletes?: Deno.KvKey[];
}

export interface Database {
  /** A strong read. */
  get<K extends Deno.KvKey>(key: K): Promise<KvGet<ValueAt<K>>>;
  /** Strong reads of any number of keys, in order; ten a request, each ten consistent among themselves. */
  getMany<const K extends readonly Deno.KvKey[]>(keys: K): Promise<GetAll<K>>;
  /** Up to `limit` entries, in key order or backwards. */
  list<S extends Deno.KvListSelector>(
    selector: S,
    options: { limit: number; reverse?: boolean },
  ): Promise<Deno.KvEntry<ValueIn<S>>[]>;
  /** One atomic try: its versionstamp, or undefined where a check failed. */
  commit(write: Write): Promise<string | undefined>;
  /** The current versionstamps, then those after each change; may coalesce, end or throw. */
  watch(keys: Deno.KvKey[]): ReadableStream<(string | null)[]>;
  close(): void;
}

/** How long one call to storage may take before it counts as unavailable. */
export const CALL_DEADLINE_MS = 5_000;
/** A timer that fires later than this means that the process stood still, not storage. */
const STOOD_MS = 1_000;
const STOOD_GRACE_MS = 1_000; // so that an answer that came meanwhile is handled first
const GET_MANY_MAX = 10; // KV's limit a request
const BATCH = 100; // entries of a list that are read, and decoded, in one turn of the event loop: about 2 ms

/** What both clients have: the built-in one and `@deno/kv`. */
export type KvHandle = Pick<Deno.Kv, "get" | "getMany" | "list" | "atomic" | "watch" | "close">;

/** A database over an open KV handle; `deadline`: of one call, ms. */
export function createDatabase(kv: KvHandle, { deadline = CALL_DEADLINE_MS } = {}): Database {
  const inTime = createInTime(deadline);
  return {
    get: async <K extends Deno.KvKey>(key: K) => decoded(await inTime(() => kv.get<ValueAt<K>>(key))),
    getMany,
    list: <S extends Deno.KvListSelector>(selector: S, options: { limit: number; reverse?: boolean }) =>
      inTime(() => listed<ValueIn<S>>(kv, selector, options)),
    async commit({ checks = [], sets = [], deletes = [] }) {
      const atomic = kv.atomic().check(...checks);
      for (const { key, value, json, expireIn } of sets) {
        atomic.set(key, encode(value, json), expireIn === undefined ? {} : { expireIn });
      }
      for (const key of deletes) atomic.delete(key);
      return await inTime(async () => {
        const result = await atomic.commit();
        return result.ok ? result.versionstamp : undefined;
      });
    },
    watch: (keys) => kv.watch(keys).pipeThrough(versionstamps()),
    close: () => kv.close(),
  };

  // The signature for callers names the type at each key; the implementation does not need it.
  function getMany<const K extends readonly Deno.KvKey[]>(keys: K): Promise<GetAll<K>>;
  async function getMany(keys: readonly Deno.KvKey[]): Promise<KvGet<unknown>[]> {
    const pages: Promise<KvGet<unknown>[]>[] = [];
    for (let at = 0; at < keys.length; at += GET_MANY_MAX) pages.push(page(keys.slice(at, at + GET_MANY_MAX)));
    return (await Promise.all(pages)).flat();
  }

  /** Decoded as it comes in, not all pages in one turn of the event loop. */
  async function page(keys: readonly Deno.KvKey[]): Promise<KvGet<unknown>[]> {
    return (await inTime(() => kv.getMany([...keys]))).map(decoded);
  }
}

async function listed<T>(
  kv: KvHandle,
  selector: Deno.KvListSelector,
  options: { limit: number; reverse?: boolean },
): Promise<Deno.KvEntry<T>[]> {
  const entries: Deno.KvEntry<T>[] = [];
  for await (const entry of kv.list<T>(selector, { ...options, batchSize: Math.min(options.limit, BATCH) })) {
    entries.push({ ...entry, value: valueOf(entry.value) });
  }
  return entries;
}

function decoded<T>(entry: KvGet<T>): KvGet<T> {
  return entry.versionstamp === null ? entry : { ...entry, value: valueOf(entry.value) };
}

/** The value of an entry. A value in another form is of a layout before 3: the migration reads it (layout.ts). */
function valueOf<T>(stored: T): T {
  return stored instanceof Uint8Array ? decode<T>(stored) : stored;
}

function versionstamps(): TransformStream<KvGet<unknown>[], (string | null)[]> {
  return new TransformStream({
    transform: (entries, out) => out.enqueue(entries.map((entry) => entry.versionstamp)),
  });
}

/** Makes a function that waits for an answer of storage until the deadline, then throws `StorageUnavailable`. */
function createInTime(deadline: number): <T>(ask: () => Promise<T>) => Promise<T> {
  return async <T>(ask: () => Promise<T>) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const answer = ask();
      const late = new Promise<never>((_, reject) => {
        const began = performance.now();
        const end = () => reject(new StorageUnavailable(`the database did not answer in ${deadline} ms`, answer));
        timer = setTimeout(() => {
          // A process that was stopped runs its timers before it reads any answer.
          if (performance.now() - began < deadline + STOOD_MS) end();
          else timer = setTimeout(end, STOOD_GRACE_MS);
        }, deadline);
      });
      return await Promise.race([answer, late]);
    } catch (error) {
      throw toStorageError(error);
    } finally {
      clearTimeout(timer);
    }
  };
}

export { StorageFull, StorageUnavailable } from "./errors.ts";
