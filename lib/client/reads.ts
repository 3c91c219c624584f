/** Moves my mark as I read: at most once in 5 s a room, and on leaving it (ARCHITECTURE.md, the hub). */
import type { Message } from "../protocol/messages.ts";
import type { Caller } from "./calls.ts";
import type { Cancel, Clock } from "./clock.ts";
import type { RoomsStore } from "./rooms_store.ts";

export const MARK_EVERY_MS = 5_000;

export interface Reads {
  /** `message` and all before it were on screen. */
  seen(message: Message): void;
  /** Tells at once what is still to tell. */
  flush(): void;
  /** Marks `message` and all after it unread. Throws `Refusal`. */
  markUnread(message: Message): Promise<void>;
}

export function createReads({ call, clock, rooms }: { call: Caller; clock: Clock; rooms: RoomsStore }): Reads {
  const due = new Map<string, Message>();
  const resting = new Map<string, Cancel>();

  function tell(room: string) {
    resting.delete(room);
    const message = due.get(room);
    if (!message) return;
    due.delete(room);
    resting.set(room, clock.after(MARK_EVERY_MS, () => tell(room)));
    // Lost marks heal: the next one covers them, and none is worth a word to the reader.
    void call("reads.mark", { room, seq: message.seq }).catch(() => {});
  }

  return {
    seen(message) {
      const line = rooms.line(message.room);
      const n = message.n ?? 0;
      if (!line?.joined || n <= rooms.mark(message.room)) return;
      rooms.setMark(message.room, n);
      due.set(message.room, message);
      if (!resting.has(message.room)) tell(message.room);
    },
    flush() {
      for (const room of [...due.keys()]) {
        resting.get(room)?.();
        tell(room);
      }
    },
    async markUnread(message) {
      due.delete(message.room);
      const { n } = await call("reads.mark", { room: message.room, seq: message.seq - 1, back: true });
      rooms.setMark(message.room, n);
    },
  };
}
