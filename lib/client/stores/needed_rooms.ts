/** Fetches rooms whose summaries are out of date: each once at a time, and again after a failure that passes. */
import type { Clock } from "../connection/clock.ts";

/** All members of a room hear of its change at once. They fetch it at different moments, not to flood the server. */
export const SPREAD_MS = 2_000;

export interface NeededRooms {
  /** Fetches the room now, if it is needed. */
  need(room: string): void;
  /** Fetches it within `SPREAD_MS`, if it is still needed then. */
  needSoon(room: string): void;
  /** Tries those again whose fetch failed. */
  again(): void;
}

export interface NeededRoomsDeps {
  clock: Clock;
  /** From 0 to below 1. */
  random(): number;
  isNeeded(room: string): boolean;
  /** Gives false where it should be tried again. Never rejects. */
  fetch(room: string): Promise<boolean>;
}

export function createNeededRooms({ clock, random, isNeeded, fetch }: NeededRoomsDeps): NeededRooms {
  const asking = new Set<string>();
  const unanswered = new Set<string>();
  const due = new Set<string>();

  async function ask(room: string) {
    asking.add(room);
    unanswered.delete(room);
    if (!await fetch(room)) unanswered.add(room);
    asking.delete(room);
  }

  function need(room: string) {
    if (isNeeded(room) && !asking.has(room)) void ask(room);
  }

  return {
    need,
    needSoon(room) {
      if (due.has(room)) return;
      due.add(room);
      clock.after(random() * SPREAD_MS, () => {
        due.delete(room);
        need(room);
      });
    },
    again: () => unanswered.forEach(need),
  };
}
