/**
 * Notices that streams may have grown in another process: `kv.watch` on their heads, ten to a watch. A watch may
 * coalesce, be late, end or throw, so it only starts a read; a poll of all heads makes up for lost changes
 * (lib/README.md, The hub and the session).
 */
import type { Log } from "../../log/log.ts";
import { parseStream } from "../../../protocol/streams.ts";
import { type Clock, every } from "../clock.ts";
import { createWatching, type Watching } from "./watching.ts";

const POOL = 10; // KV's limit of keys a watch
const ROOMS_POLL_MS = 5_000;
const USERS_POLL_MS = 60_000;
const LET_GO_MS = 5_000; // an unfollowed stream stays watched for once or twice this: polls begin and end

export interface ChangeWatcher {
  add(stream: string): void;
  /** Nobody needs the stream any more. `changed` may still be called for some seconds. */
  remove(stream: string): void;
  close(): void;
}

export interface ChangeWatcherOptions {
  clock: Clock;
  log: Log;
  /** The current heads' versionstamps, then the latest at each change. */
  watch(streams: string[]): ReadableStream<(string | null)[]>;
  changed(stream: string): void;
}

interface Pool {
  streams: Set<string>;
  watching: Watching;
}

export function createChangeWatcher({ clock, log, watch, changed }: ChangeWatcherOptions): ChangeWatcher {
  const pools: Pool[] = [];
  const poolOf = new Map<string, Pool>();
  /** Streams that nobody follows: since the last poll of the heads, and since before it. */
  let [unwanted, due] = [new Set<string>(), new Set<string>()];

  function createPool(): Pool {
    const streams = new Set<string>();
    let watched: string[] = [];
    let last = new Map<string, string | null | undefined>(); // a new watch starts with the values of the old one
    const watching = createWatching(() => {
      watched = [...streams];
      return watched.length > 0 ? watch(watched) : undefined;
    }, (now) => {
      const before = last;
      last = new Map(watched.map((stream, at) => [stream, now[at]]));
      for (const [stream, version] of last) {
        if (before.get(stream) !== version && streams.has(stream)) changed(stream);
      }
    }, clock);
    return { streams, watching };
  }

  async function poll(kinds: "user" | "others"): Promise<void> {
    const streams = [...poolOf.keys()].filter((stream) =>
      (parseStream(stream)?.kind === "user") === (kinds === "user")
    );
    await log.heads(streams); // `Log.onHead` gets what is new
  }

  function letGo(): void {
    for (const stream of due) {
      const pool = poolOf.get(stream);
      pool?.streams.delete(stream);
      poolOf.delete(stream);
      pool?.watching.reopen();
    }
    [due, unwanted] = [unwanted, new Set()];
  }

  const timers = [
    every(ROOMS_POLL_MS, () => poll("others").catch(() => {}), clock),
    every(USERS_POLL_MS, () => poll("user").catch(() => {}), clock),
    every(LET_GO_MS, letGo, clock),
  ];

  return {
    add(stream) {
      unwanted.delete(stream);
      due.delete(stream);
      if (poolOf.has(stream)) return;
      let pool = pools.find((one) => one.streams.size < POOL);
      if (!pool) pools.push(pool = createPool());
      pool.streams.add(stream);
      poolOf.set(stream, pool);
      pool.watching.reopen();
    },
    remove(stream) {
      if (poolOf.has(stream)) unwanted.add(stream);
    },
    close() {
      for (const cancel of timers) cancel();
      for (const { watching } of pools) watching.close();
    },
  };
}
