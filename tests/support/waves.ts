/** Counts the reads of storage that wait for one another: each wave is one round trip to a database that is far away. */
import type { Database } from "../../lib/server/kv/database.ts";

/** Turns of the event loop without another read, after which what was asked for is a wave. */
const QUIET_TURNS = 5;

export interface Waves {
  db: Database;
  /** Runs `work`; gives the keys and ranges that each wave asked for. */
  during(work: () => Promise<unknown>): Promise<string[][]>;
}

interface Held {
  names: string[];
  /** Reads, and resolves once the answer is here. */
  go(): Promise<void>;
}

/** A database that, while it is watched, answers nothing before nothing more is asked for. */
export function inWaves(over: Database): Waves {
  let waiting: Held[] | undefined;

  function held<T>(keys: readonly Deno.KvKey[], read: () => Promise<T>): Promise<T> {
    // Instances look for each other every few seconds, whoever asks for what.
    if (!waiting || keys.every(([kind]) => kind === "board")) return read();
    const { promise, resolve } = Promise.withResolvers<T>();
    const go = async () => {
      const answer = read();
      resolve(answer);
      await answer.catch(() => {});
    };
    waiting.push({ names: keys.map((key) => key.map(String).join("/")), go });
    return promise;
  }

  async function quiet(asked: readonly Held[]): Promise<void> {
    for (let turns = 0, before = asked.length; turns < QUIET_TURNS; turns++) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (asked.length !== before) [turns, before] = [-1, asked.length];
    }
  }

  async function during(work: () => Promise<unknown>): Promise<string[][]> {
    const waves: string[][] = [];
    waiting = [];
    let isDone = false;
    const done = work().finally(() => isDone = true);
    done.catch(() => {}); // is thrown below
    while (!isDone) {
      await quiet(waiting);
      const wave = waiting.splice(0);
      if (wave.length > 0) waves.push(wave.flatMap(({ names }) => names));
      await Promise.all(wave.map(({ go }) => go()));
    }
    waiting = undefined;
    await done;
    return waves;
  }

  return {
    during,
    db: {
      ...over,
      get: (key) => held([key], () => over.get(key)),
      getMany: (keys) => held(keys, () => over.getMany(keys)),
      list: (selector, options) =>
        held(["prefix" in selector ? selector.prefix : selector.start], () => over.list(selector, options)),
    },
  };
}
