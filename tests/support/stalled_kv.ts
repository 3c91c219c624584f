/** Deno KV whose commits are late, or whose answers are: as a disk that stalls, or a network that loses what goes by. */
import type { KvHandle } from "../../lib/server/kv/database.ts";

/**
 * What becomes of a commit. "answer": it lands at once, and is answered when released. "commit": it waits to be
 * released, lands, and is answered. "lost answer": it lands at once, and is never answered. "lost commit": it waits to
 * be released, and lands without an answer. "never": it does neither.
 */
export type Stall = "answer" | "commit" | "lost answer" | "lost commit" | "never";

export interface StalledKv {
  handle: KvHandle;
  /** The next commits stall so, one each; those behind them don't. */
  stall(...how: Stall[]): void;
  /** Each commit stalls so, until it is released. */
  stallAll(how: Stall): void;
  /** Lets go of what waits, and stalls nothing more. */
  release(): void;
  /** Commits that were asked for since the first one stalled. */
  readonly asked: number;
  /** Resolves once so many were. */
  until(asked: number): Promise<void>;
  /** Resolves once each commit that was let go is on disk. */
  landed(): Promise<void>;
}

export function stalling(kv: Deno.Kv): StalledKv {
  const next: Stall[] = [];
  const never = new Promise<never>(() => {});
  const onDisk: Promise<unknown>[] = [];
  let all: Stall | undefined;
  let gate = Promise.withResolvers<void>();
  let asked = 0;
  let looks: (() => void)[] = [];

  async function stalled(how: Stall, commit: () => Promise<Deno.KvCommitResult | Deno.KvCommitError>) {
    const { promise: released } = gate;
    if (how === "never") return await never;
    if (how === "commit" || how === "lost commit") await released;
    const result = commit();
    onDisk.push(result);
    await result;
    if (how === "answer") await released;
    return how === "lost answer" || how === "lost commit" ? await never : await result;
  }

  return {
    handle: {
      get: (key) => kv.get(key),
      getMany: (keys) => kv.getMany(keys),
      list: (selector, options) => kv.list(selector, options),
      watch: (keys) => kv.watch(keys),
      close: () => kv.close(),
      atomic() {
        const atomic = kv.atomic();
        const commit = atomic.commit.bind(atomic);
        atomic.commit = () => {
          const how = next.shift() ?? all;
          if (how || asked > 0) asked++;
          for (const look of looks) look();
          return how ? stalled(how, commit) : commit();
        };
        return atomic;
      },
    },
    stall: (...how) => void next.push(...how),
    stallAll: (how) => void (all = how),
    release() {
      all = undefined;
      gate.resolve();
      gate = Promise.withResolvers();
    },
    get asked() {
      return asked;
    },
    async until(count) {
      while (asked < count) await new Promise<void>((resolve) => looks.push(resolve));
      looks = [];
    },
    async landed() {
      for (let settled = -1; settled !== onDisk.length;) {
        settled = onDisk.length;
        await Promise.allSettled(onDisk);
      }
    },
  };
}
