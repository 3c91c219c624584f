/** Moves my mark as I read: at most once in 5 s a room, and on leaving it (lib/README.md, The hub and the session). */
import type { Message } from "../../protocol/messages.ts";
import { backoff } from "../connection/backoff.ts";
import type { Caller } from "../connection/calls.ts";
import type { Cancel, Clock } from "../connection/clock.ts";
import { isPassing } from "../connection/refusal.ts";
import type { RoomsStore } from "./rooms_store.ts";

export const MARK_EVERY_MS = 5_000;

export interface Reads {
  /** `message` and all before it were on screen. */
  seen(message: Message): void;
  /** Sends the marks that wait, at once. */
  flush(): void;
  /** Drops the room's mark that waits, because it belongs to a history that is gone. */
  forget(room: string): void;
  /** Marks `message` and all after it unread. Throws `Refusal`. */
  markUnread(message: Message): Promise<void>;
}

export interface ReadsDeps {
  call: Caller;
  clock: Clock;
  rooms: RoomsStore;
  /** From 0 to below 1. */
  random(): number;
}

export function createReads({ call, clock, rooms, random }: ReadsDeps): Reads {
  /** By room, the mark that the server is not known to have. */
  const due = new Map<string, { seq: number }>();
  const underWay = new Map<string, { seq: number }>();
  const resting = new Map<string, Cancel>();
  let failures = 0; // in a row

  function rest(room: string, ms: number) {
    resting.get(room)?.();
    resting.set(room, clock.after(ms, () => void send(room)));
  }

  async function send(room: string) {
    resting.delete(room);
    const mark = due.get(room);
    if (!mark || underWay.get(room) === mark) return;
    underWay.set(room, mark);
    rest(room, MARK_EVERY_MS);
    const isSettled = await call("reads.mark", { room, ...mark }).then(() => true, (error) => !isPassing(error));
    if (underWay.get(room) === mark) underWay.delete(room);
    failures = isSettled ? 0 : failures + 1;
    if (due.get(room) !== mark) return; // A newer one covers it.
    if (isSettled) due.delete(room);
    else rest(room, MARK_EVERY_MS + backoff(failures, random)); // A mark is not worth an error on the screen.
  }

  return {
    seen(message) {
      const summary = rooms.summary(message.room);
      const n = message.n ?? 0;
      if (!summary?.joined || n <= rooms.mark(message.room)) return;
      rooms.setMark(message.room, n);
      due.set(message.room, { seq: message.seq });
      if (!resting.has(message.room)) void send(message.room);
    },
    flush() {
      for (const room of [...due.keys()]) {
        resting.get(room)?.();
        void send(room);
      }
    },
    forget: (room) => void due.delete(room),
    async markUnread({ room, seq }) {
      const was = due.get(room);
      due.delete(room);
      try {
        const { n } = await call("reads.mark", { room, seq: seq - 1, back: true });
        rooms.setMark(room, n);
      } catch (error) {
        if (was && !due.has(room)) {
          due.set(room, was);
          rest(room, MARK_EVERY_MS);
        }
        throw error;
      }
    },
  };
}
