/** Keeps who is typing in the rooms that I look at, and reports that I am. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Caller } from "../connection/calls.ts";
import type { Clock } from "../connection/clock.ts";

export const TYPING_EVERY_MS = 3_000; // lib/protocol/README.md §3: more than one in 3 s does nothing.

export interface TypingStore {
  /** Ids by room, without me. */
  users: ReadonlySignal<ReadonlyMap<string, readonly string[]>>;
  set(room: string, users: readonly string[]): void;
  /** Their message has come, so they no longer type. */
  sent(room: string, user: string): void;
  /** Nothing is known any more, e.g. the connection is gone. */
  clear(): void;
  /** I typed something. */
  typed(room: string): void;
  /** I sent it: typing on is news at once. */
  stopped(): void;
}

export interface TypingStoreDeps {
  call: Caller;
  /** Nothing is reported while there is no session: it would come late, and cost a request of its own. */
  live: ReadonlySignal<boolean>;
  clock: Clock;
}

export function createTypingStore({ call, live, clock }: TypingStoreDeps): TypingStore {
  const users = signal<ReadonlyMap<string, readonly string[]>>(new Map());
  let last = { room: "", at: -Infinity };

  function set(room: string, now: readonly string[]) {
    const next = new Map(users.peek());
    if (now.length > 0) next.set(room, now);
    else next.delete(room);
    users.value = next;
  }

  return {
    users,
    set,
    sent: (room, user) => set(room, (users.peek().get(room) ?? []).filter((it) => it !== user)),
    clear: () => void (users.value = new Map()),
    typed(room) {
      const now = clock.now();
      if (!live.peek() || last.room === room && now - last.at < TYPING_EVERY_MS) return;
      last = { room, at: now };
      void call("presence.typing", { room }).catch(() => {});
    },
    stopped: () => void (last = { room: "", at: -Infinity }),
  };
}
