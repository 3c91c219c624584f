/**
 * Tells that streams may have grown in another process: `kv.watch` on their heads, ten a watch. It may coalesce, be late,
 * end or throw, so it only says *look*; lost rings are covered by a safety poll (ARCHITECTURE.md, the hub).
 */
import type { Log } from "../log/log.ts";
import { parseStream } from "../protocol/streams.ts";

const POOL = 10; // KV's limit of keys a watch
const RESTART_BASE_MS = 250;
const RESTART_MAX_MS = 10_000;
const ROOMS_POLL_MS = 5_000;
const USERS_POLL_MS = 60_000;

export interface Doorbell {
  add(stream: string): void;
  remove(stream: string): void;
  close(): void;
}

export interface DoorbellOptions {
  log: Log;
  /** The current heads' versionstamps, then the latest at each change. */
  watch(streams: string[]): ReadableStream<(string | null)[]>;
  ring(stream: string): void;
}

interface Pool {
  streams: Set<string>;
  reader?: ReadableStreamDefaultReader<(string | null)[]>;
  restart?: ReturnType<typeof setTimeout>;
  failures: number;
}

export function createDoorbell({ log, watch, ring }: DoorbellOptions): Doorbell {
  const pools: Pool[] = [];
  const poolOf = new Map<string, Pool>();
  const seen = new Map<string, number>();
  let closed = false;

  function schedule(pool: Pool, delay: number): void {
    clearTimeout(pool.restart);
    pool.restart = setTimeout(() => run(pool), delay);
  }

  async function run(pool: Pool): Promise<void> {
    pool.reader?.cancel().catch(() => {});
    delete pool.reader;
    if (closed || pool.streams.size === 0) return;
    const streams = [...pool.streams];
    try {
      const reader = watch(streams).getReader();
      pool.reader = reader;
      let last: (string | null)[] = [];
      for (;;) {
        const { done, value } = await reader.read();
        if (pool.reader !== reader) return;
        if (done) break;
        pool.failures = 0;
        streams.forEach((stream, at) => {
          if (value[at] !== last[at] && pool.streams.has(stream)) ring(stream);
        });
        last = value;
      }
    } catch {
      // A watch that throws is started again like one that ends.
    }
    if (closed) return;
    const span = Math.min(RESTART_MAX_MS, RESTART_BASE_MS * 2 ** pool.failures++);
    schedule(pool, span / 2 + Math.random() * span / 2);
  }

  async function poll(kinds: "user" | "others"): Promise<void> {
    const streams = [...poolOf.keys()].filter((stream) =>
      (parseStream(stream)?.kind === "user") === (kinds === "user")
    );
    const heads = await log.heads(streams);
    heads.forEach((head, at) => {
      const stream = streams[at] ?? "";
      if (seen.get(stream) !== head.seq) ring(stream);
      if (poolOf.has(stream)) seen.set(stream, head.seq);
    });
  }

  const timers = [
    setInterval(() => poll("others").catch(() => {}), ROOMS_POLL_MS),
    setInterval(() => poll("user").catch(() => {}), USERS_POLL_MS),
  ];

  return {
    add(stream) {
      if (poolOf.has(stream)) return;
      let pool = pools.find((one) => one.streams.size < POOL);
      if (!pool) pools.push(pool = { streams: new Set(), failures: 0 });
      pool.streams.add(stream);
      poolOf.set(stream, pool);
      schedule(pool, 0);
    },
    remove(stream) {
      const pool = poolOf.get(stream);
      pool?.streams.delete(stream);
      poolOf.delete(stream);
      seen.delete(stream);
      if (pool) schedule(pool, 0);
    },
    close() {
      closed = true;
      timers.forEach(clearInterval);
      for (const pool of pools) {
        clearTimeout(pool.restart);
        pool.reader?.cancel().catch(() => {});
      }
    },
  };
}
