/** Where clients that write wait while nothing is to be written. */
import { createWatched } from "./within.ts";

const OPEN_MS = 600_000; // the longest that anybody holds the writers

export interface Gate {
  readonly isShut: boolean;
  /** Waits while it is shut: nothing of this client's is under way meanwhile. */
  pass(): Promise<void>;
  /** Shuts it; resolves once the client waits at it, or has ended. */
  shut(ms: number): Promise<void>;
  open(): void;
  /** The client has ended. */
  end(): void;
}

export function createGate(name: string): Gate {
  const watched = createWatched();
  let [isShut, isWaiting, hasEnded] = [false, false, false];
  return {
    get isShut() {
      return isShut;
    },
    async pass() {
      if (!isShut) return;
      isWaiting = true;
      watched.changed();
      await watched.until(() => !isShut, OPEN_MS, `${name} to go on`);
      isWaiting = false;
    },
    async shut(ms) {
      isShut = true;
      await watched.until(() => isWaiting || hasEnded, ms, `the last acknowledgement of ${name}`);
    },
    open() {
      isShut = false;
      watched.changed();
    },
    end() {
      hasEnded = true;
      watched.changed();
    },
  };
}
