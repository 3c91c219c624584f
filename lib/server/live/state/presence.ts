/**
 * Tracks who is online, for the people whom a session watches. Latest state, never in a log. A person counts once for
 * each instance that has connections of theirs (cluster_state.ts); lib/protocol/README.md §5 gives the times.
 */
import type { Cancel, Clock } from "../clock.ts";
import { encode, type StateFrame } from "../frame.ts";
import type { Session } from "../session.ts";

const TICK_MS = 5_000; // a session gets at most one presence frame a tick
const OFFLINE_AFTER_MS = 8_000; // after the last connection ended, so that a reload is no absence

export type PresenceFrame = Extract<StateFrame, { t: "presence" }>;

export interface Presence {
  /** One more connection of a person's, and the end of one. */
  came(user: string): void;
  went(user: string): void;
  /** Replaces the people whom a session watches: it gets the state of all, then what changes. */
  watch(session: Session, users: string[]): void;
  end(session: Session): void;
  isOnline(user: string): boolean;
  close(): void;
}

export function createPresence(clock: Clock): Presence {
  const connections = new Map<string, number>();
  const leaving = new Map<string, Cancel>();
  const watchers = new Map<string, Set<Session>>();
  const watched = new Map<Session, string[]>();
  const due = new Map<Session, Set<string>>();
  const sentAt = new WeakMap<Session, number>();
  let cancel: Cancel | undefined;

  const isOnline = (user: string) => connections.has(user) || leaving.has(user);

  function changed(user: string): void {
    for (const session of watchers.get(user) ?? []) mark(session, [user]);
  }

  function mark(session: Session, users: string[]): void {
    const marked = due.get(session) ?? new Set();
    for (const user of users) marked.add(user);
    due.set(session, marked);
    const since = clock.now() - (sentAt.get(session) ?? -TICK_MS);
    if (since >= TICK_MS) send(session, marked);
    if (due.size > 0) cancel ??= clock.after(TICK_MS, tick);
  }

  function tick(): void {
    cancel = undefined;
    const now = clock.now();
    for (const [session, users] of due) {
      if (now - (sentAt.get(session) ?? -TICK_MS) >= TICK_MS) send(session, users);
    }
    if (due.size > 0) cancel = clock.after(TICK_MS, tick);
  }

  function send(session: Session, users: Set<string>): void {
    if (!session.sendState(presenceFrame(users, { isOnline }))) return;
    due.delete(session);
    sentAt.set(session, clock.now());
  }

  function unwatch(session: Session): void {
    for (const user of watched.get(session) ?? []) {
      const set = watchers.get(user);
      set?.delete(session);
      if (set?.size === 0) watchers.delete(user);
    }
    watched.delete(session);
    due.delete(session);
  }

  return {
    came(user) {
      const was = isOnline(user);
      connections.set(user, (connections.get(user) ?? 0) + 1);
      leaving.get(user)?.();
      leaving.delete(user);
      if (!was) changed(user);
    },
    went(user) {
      const left = (connections.get(user) ?? 1) - 1;
      if (left > 0) return void connections.set(user, left);
      connections.delete(user);
      leaving.set(
        user,
        clock.after(OFFLINE_AFTER_MS, () => {
          leaving.delete(user);
          changed(user);
        }),
      );
    },
    watch(session, users) {
      unwatch(session);
      const unique = [...new Set(users)];
      watched.set(session, unique);
      for (const user of unique) {
        const set = watchers.get(user);
        if (set) set.add(session);
        else watchers.set(user, new Set([session]));
      }
      if (unique.length > 0) mark(session, unique);
    },
    end: unwatch,
    isOnline,
    close() {
      cancel?.();
      for (const stay of leaving.values()) stay();
    },
  };
}

/** Who of these people is online, as a frame. */
export function presenceFrame(users: Iterable<string>, { isOnline }: Pick<Presence, "isOnline">): PresenceFrame {
  const states: PresenceFrame["users"] = {};
  for (const user of users) states[user] = isOnline(user) ? "online" : "offline";
  return encode({ t: "presence", users: states });
}
