import { encode, type StateFrame } from "../frame.ts";
import type { Session } from "../session.ts";

/**
 * Sends a session who types in a room, without its own person; later if its client does not read now. `frames` shares
 * one frame among all who get it at once and don't type themselves.
 */
export function sendTyping(
  session: Session,
  room: string,
  users: string[],
  frames: Map<string, StateFrame> = new Map(),
): void {
  const me = users.includes(session.user.id) ? session.user.id : "";
  const frame = frames.get(me) ?? encode({ t: "typing", room, users: users.filter((user) => user !== me) });
  frames.set(me, frame);
  if (!session.sendState(frame)) session.deferTyping(room);
}

/** Sends a room's followers who types there, now that `who` began or ended. */
export function sendTypingToFollowers(
  followers: Iterable<{ readonly session: Session; readonly isLive: boolean }>,
  room: string,
  users: string[],
  who: string,
): void {
  const frames = new Map<string, StateFrame>();
  for (const { session, isLive } of followers) {
    if (isLive && session.user.id !== who) sendTyping(session, room, users, frames);
  }
}
