import type { Session } from "../session.ts";

/**
 * Tells a session who types in a room, but for its own person; once it reads again where it doesn't now. `frames` shares
 * one encoding among all who are told at once and don't type themselves.
 */
export function tellTyping(
  session: Session,
  room: string,
  users: string[],
  frames: Map<string, string> = new Map(),
): void {
  const me = users.includes(session.user.id) ? session.user.id : "";
  const frame = frames.get(me) ?? JSON.stringify({ t: "typing", room, users: users.filter((user) => user !== me) });
  frames.set(me, frame);
  if (!session.tell("typing", frame)) session.oweTyping(room);
}
