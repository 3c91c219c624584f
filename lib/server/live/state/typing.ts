/** Tracks who types in which room, and sends it to the room's followers (lib/protocol/README.md §3, §5). */
import { type Cancel, type Clock, every } from "../clock.ts";

const SHOWN_MS = 5_000;
const AGAIN_MS = 3_000; // a second call by the same person within this does nothing
const TICK_MS = 250;

export interface Typing {
  /** A person types in a room. Returns false, and does nothing, if they said so just before. */
  typed(room: string, user: string): boolean;
  /** A person types in a room, at another instance. */
  typedElsewhere(room: string, user: string): void;
  /** A person types no longer, because they sent the message, say. */
  stopped(room: string, user: string): void;
  /** The people typing in a room. */
  in(room: string): string[];
  close(): void;
}

/** Calls `changed` each time that the people typing in a room change, with who began or ended. */
export function createTyping(changed: (room: string, who: string) => void, clock: Clock): Typing {
  const rooms = new Map<string, Map<string, number>>(); // user → when it was typed last, monotonic ms
  let cancel: Cancel | undefined;

  function remove(room: string, user: string): void {
    const typing = rooms.get(room);
    if (!typing?.delete(user)) return;
    if (typing.size === 0) rooms.delete(room);
    changed(room, user);
    if (rooms.size === 0) {
      cancel?.();
      cancel = undefined;
    }
  }

  function tick(): void {
    const now = clock.now();
    for (const [room, typing] of rooms) {
      for (const [user, at] of typing) {
        if (now - at >= SHOWN_MS) remove(room, user);
      }
    }
  }

  function note(room: string, user: string): void {
    const typing = rooms.get(room) ?? new Map<string, number>();
    rooms.set(room, typing);
    const isNew = !typing.has(user);
    typing.set(user, clock.now());
    cancel ??= every(TICK_MS, tick, clock);
    if (isNew) changed(room, user);
  }

  return {
    typed(room, user) {
      const at = rooms.get(room)?.get(user);
      if (at !== undefined && clock.now() - at < AGAIN_MS) return false;
      note(room, user);
      return true;
    },
    typedElsewhere: note,
    stopped: remove,
    in: (room) => [...(rooms.get(room)?.keys() ?? [])],
    close: () => cancel?.(),
  };
}
