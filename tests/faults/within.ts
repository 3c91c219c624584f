/** Waiting for a thing, and for how long at most: no test of this folder sleeps or hangs. */

const ASK_AGAIN_MS = 20;

/** `promise`, or a rejection that says what did not come within `ms`. */
export async function within<T>(ms: number, what: string | (() => string), promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`Waited ${ms} ms for ${typeof what === "string" ? what : what()}`)),
    ms,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again until it holds, for what tells nobody that it has changed; rejects after `ms`. */
export async function asked(ms: number, what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + ms; !await holds(); await pause(ASK_AGAIN_MS)) {
    if (performance.now() > end) throw new Error(`Waited ${ms} ms for ${what}`);
  }
}

/** The wait of a client before it tries again. Tests wait for things, not for times. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Something that changes, and those who wait until it is as they want it. */
export interface Watched {
  changed(): void;
  /** Rejects after `ms`; `what` names the condition. */
  until(holds: () => boolean, ms: number, what: string | (() => string)): Promise<void>;
}

export function createWatched(): Watched {
  let waiting: (() => void)[] = [];
  return {
    changed() {
      const due = waiting;
      waiting = [];
      for (const wake of due) wake();
    },
    async until(holds, ms, what) {
      const end = performance.now() + ms;
      while (!holds()) {
        await within(Math.max(1, end - performance.now()), what, new Promise<void>((wake) => waiting.push(wake)));
      }
    },
  };
}
