/** How much is new in my feed. It is read from the server whenever that may have changed, never counted up and down. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { UserEvent } from "../../protocol/events.ts";
import type { Caller } from "../connection/calls.ts";
import type { Clock } from "../connection/clock.ts";

/** Events that come together are read with one request. */
const GATHER_MS = 100;

export interface Unseen {
  /** Entries of the view `you` past my marker that I have not read in their rooms either, up to 100. */
  count: ReadonlySignal<number>;
  /** An event of my own stream. */
  apply(event: UserEvent): void;
  load(): void;
}

export function createUnseen({ first, call, clock }: { first: number; call: Caller; clock: Clock }): Unseen {
  const count = signal(first);
  let isDue = false;

  async function read() {
    isDue = false;
    try {
      count.value = (await call("feed.list", { view: "you", limit: 1 })).unseen;
    } catch {
      return; // The next event, or the next connection, reads it again.
    }
  }

  function load() {
    if (isDue) return;
    isDue = true;
    clock.after(GATHER_MS, () => void read());
  }

  return {
    count,
    load,
    apply({ type }) {
      // While nothing is new, reading a room changes nothing, and most marks are moved then.
      if (type.startsWith("inbox.") || type === "feed.seen" || (type === "reads.marked" && count.peek() > 0)) load();
    },
  };
}
