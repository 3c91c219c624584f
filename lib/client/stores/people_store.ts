/** People by id, fetched in batches when they are first needed, and who of the watched ones is online. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { USERS_GET_MAX } from "../../protocol/fields.ts";
import type { Presence } from "../../protocol/presence.ts";
import type { User } from "../../protocol/users.ts";
import type { Caller } from "../connection/calls.ts";
import type { Clock } from "../connection/clock.ts";

/** Ids asked for within this go into one call. */
const GATHER_MS = 20;
/** The most people kept, those whom the page needed last; the others are fetched again when needed. */
export const KNOWN_MAX = 5_000;

export interface PeopleStore {
  users: ReadonlySignal<ReadonlyMap<string, User>>;
  presence: ReadonlySignal<ReadonlyMap<string, Presence>>;
  put(users: readonly User[]): void;
  /** Somebody's name changed, say. Does nothing for people whom the page doesn't know. */
  changed(user: User): void;
  /** Fetches those that are not known; they appear in `users`. */
  need(ids: Iterable<string>): void;
  setPresence(users: Record<string, Presence>): void;
}

export function createPeopleStore(
  { users: first, call, clock }: { users: readonly User[]; call: Caller; clock: Clock },
): PeopleStore {
  const users = signal<ReadonlyMap<string, User>>(new Map(first.map((it) => [it.id, it])));
  const presence = signal<ReadonlyMap<string, Presence>>(new Map());
  /** Everybody known, in the order in which they were needed last. */
  const recent = new Set<string>(users.peek().keys());
  /** People who are being fetched, and those who do not exist. */
  const asked = new Set<string>();
  const wanted = new Set<string>();

  function put(more: readonly User[]) {
    const next = new Map(users.peek());
    for (const user of more) {
      next.set(user.id, user);
      touch(user.id);
      asked.delete(user.id);
    }
    for (const id of recent) {
      if (next.size <= KNOWN_MAX) break;
      next.delete(id);
      recent.delete(id);
    }
    users.value = next;
  }

  function touch(id: string) {
    recent.delete(id);
    recent.add(id);
  }

  function ask(id: string) {
    const [oldest] = asked;
    if (asked.size >= KNOWN_MAX && oldest !== undefined) asked.delete(oldest);
    asked.add(id);
    if (wanted.size === 0) clock.after(GATHER_MS, fetch);
    wanted.add(id);
  }

  async function fetch() {
    const ids = [...wanted].slice(0, USERS_GET_MAX);
    ids.forEach((id) => wanted.delete(id));
    if (wanted.size > 0) clock.after(GATHER_MS, fetch);
    try {
      // An event may have named these people meanwhile, so what was read may be older.
      put((await call("users.get", { ids })).users.filter((it) => !users.peek().has(it.id)));
    } catch {
      ids.forEach((id) => asked.delete(id)); // They are fetched again when they are needed next.
    }
  }

  return {
    users,
    presence,
    put,
    changed: (user) => (users.peek().has(user.id) || asked.has(user.id)) && put([user]),
    need(ids) {
      for (const id of ids) {
        if (users.peek().has(id)) touch(id);
        else if (!asked.has(id)) ask(id);
      }
    },
    setPresence: (changed) => void (presence.value = new Map([...presence.peek(), ...Object.entries(changed)])),
  };
}
