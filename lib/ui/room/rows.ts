/** A room's messages as rows: groups by author, a separator for each day, the "New" line, and unsent messages last. */
import type { Message } from "../../protocol/messages.ts";
import { dayOf } from "../shell/format.ts";

/** Messages of one author within this form one group. */
const GROUP_MS = 5 * 60_000;

/** A message of mine that the server has not acknowledged. */
export interface Pending {
  key: string;
  text: string;
  at: number;
  state: "pending" | "failed";
  reason?: string;
}

export type Row =
  | { kind: "day"; id: string; at: number }
  | { kind: "new"; id: string; count: number; at: number }
  | { kind: "message"; id: string; message: Message; isMore: boolean }
  | { kind: "pending"; id: string; pending: Pending; isMore: boolean };

export interface RowsOf {
  messages: readonly Message[];
  pending: readonly Pending[];
  me: string;
  zone: string;
  /** The seq of the first unread message, before which the "New" line stands. */
  firstUnread: number | undefined;
  /** How many messages follow those that are loaded. */
  below?: number;
}

/** Every row has an id of its own that stays the same while it is on screen: a message's seq, a pending one's key. */
export function toRows({ messages, pending, me, zone, firstUnread, below = 0 }: RowsOf): Row[] {
  const rows: Row[] = [];
  let day = "";
  let last: { by: string; at: number } | undefined;

  function startsGroup(by: string, at: number): boolean {
    const today = dayOf(at, zone);
    if (today > day) { // Clocks of two servers may disagree about midnight; days only go forward.
      day = today;
      last = undefined;
      rows.push({ kind: "day", id: `day-${today}`, at });
    }
    const starts = !last || last.by !== by || at - last.at > GROUP_MS;
    last = { by, at };
    return starts;
  }

  for (const message of messages) {
    const starts = startsGroup(message.by, message.at);
    const isNew = message.seq === firstUnread;
    if (isNew) {
      const count = messages.filter((it) => it.n !== undefined && it.seq >= message.seq).length + below;
      rows.push({ kind: "new", id: "new", count, at: message.at });
    }
    rows.push({ kind: "message", id: `${message.seq}`, message, isMore: !starts && !isNew });
  }
  for (const one of pending) {
    // A clock behind the server's must not start a day of its own before the last one.
    const at = Math.max(one.at, messages.at(-1)?.at ?? 0);
    const starts = startsGroup(me, at);
    rows.push({ kind: "pending", id: one.key, pending: one, isMore: !starts });
  }
  return rows;
}

/** How many of a room's `n` messages follow the loaded ones, if any do. */
export function countBelow(messages: readonly Message[], n: number, isMore: boolean): number {
  const last = messages.findLast((it) => it.n !== undefined)?.n;
  return isMore && last !== undefined ? Math.max(0, n - last) : 0;
}
