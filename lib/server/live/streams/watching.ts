/** Keeps a watch of storage open: reopens it when it ends or throws, each time after a longer, random wait. */
import type { Cancel, Clock } from "../clock.ts";

const RESTART_BASE_MS = 250;
const RESTART_MAX_MS = 10_000;

export interface Watching {
  /** Reopens it on the next turn of the event loop. */
  reopen(): void;
  close(): void;
}

/** Opens nothing yet. `open` returns undefined if there is nothing to watch. */
export function createWatching<T>(
  open: () => ReadableStream<T> | undefined,
  changed: (value: T) => void,
  clock: Clock,
): Watching {
  let reader: ReadableStreamDefaultReader<T> | undefined;
  let cancel: Cancel | undefined;
  let failures = 0;
  let closed = false;

  function schedule(delay: number): void {
    cancel?.();
    if (!closed) cancel = clock.after(delay, run);
  }

  async function run(): Promise<void> {
    let own: typeof reader;
    reader?.cancel().catch(() => {});
    reader = undefined;
    try {
      reader = own = open()?.getReader();
      if (!own) return;
      for (;;) {
        const { done, value } = await own.read();
        if (reader !== own) return;
        if (done) break;
        failures = 0;
        changed(value);
      }
    } catch {
      // A watch that throws is reopened like one that ends.
    }
    if (reader !== own) return;
    const span = Math.min(RESTART_MAX_MS, RESTART_BASE_MS * 2 ** failures++);
    schedule(span / 2 + Math.random() * span / 2);
  }

  return {
    reopen: () => schedule(0),
    close() {
      closed = true;
      cancel?.();
      reader?.cancel().catch(() => {});
      reader = undefined;
    },
  };
}
