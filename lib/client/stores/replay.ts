/** Applies again what comes while a request is under way: it may be newer than the answer, which replaces the state. */
export interface Replay {
  /** Runs a change, and again after each answer that is under way now. */
  live(run: () => void): void;
  /** Asks, and hands the answer to `apply`, which gives whether it took it. Throws what `ask` throws. */
  during<T>(ask: () => Promise<T>, apply: (answer: T) => boolean): Promise<void>;
}

export function createReplay(): Replay {
  const underWay = new Set<(() => void)[]>();
  return {
    live(run) {
      for (const changes of underWay) changes.push(run);
      run();
    },
    async during(ask, apply) {
      const changes: (() => void)[] = [];
      underWay.add(changes);
      try {
        if (apply(await ask())) changes.forEach((run) => run());
      } finally {
        underWay.delete(changes);
      }
    },
  };
}
