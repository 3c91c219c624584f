/** Keeps who is in a room, for the rooms whose members were needed. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { WATCH_MAX } from "../../protocol/frames.ts";
import type { Caller } from "../connection/calls.ts";
import type { PeopleStore } from "./people_store.ts";

const PAGE = 100;

export interface MembersStore {
  /** Ids by room. */
  members: ReadonlySignal<ReadonlyMap<string, readonly string[]>>;
  put(room: string, ids: readonly string[]): void;
  /** Fetches those of a room that are not known yet. */
  need(room: string): void;
  /** Fetches a room's members again, because those known are of a history that is gone. */
  renew(room: string): void;
  /** Somebody is in the room now, or no longer; does nothing if its members are not known. */
  joined(room: string, user: string): void;
  left(room: string, user: string): void;
  /** Fetches the ids of all of a room's, however many. Throws `Refusal`. */
  load(room: string): Promise<void>;
}

export function createMembersStore(
  { call, people }: { call: Caller; people: Pick<PeopleStore, "need"> },
): MembersStore {
  const members = signal<ReadonlyMap<string, readonly string[]>>(new Map());
  const asked = new Set<string>();

  function put(room: string, ids: readonly string[]) {
    asked.add(room);
    members.value = new Map(members.peek()).set(room, ids);
    people.need(ids.slice(0, WATCH_MAX)); // the pane shows so many; the server finds the others
  }

  async function load(room: string) {
    asked.add(room);
    const all: string[] = [];
    for (;;) {
      const got = await call("rooms.members", { room, limit: PAGE, after: all.at(-1) });
      all.push(...got.members);
      if (!got.more || got.members.length === 0) break;
    }
    put(room, all);
  }

  function joined(room: string, user: string) {
    const known = members.peek().get(room);
    if (known && !known.includes(user)) put(room, [...known, user]);
  }

  function left(room: string, user: string) {
    const known = members.peek().get(room);
    if (known?.includes(user)) put(room, known.filter((it) => it !== user));
  }

  return {
    members,
    put,
    need(room) {
      if (!asked.has(room)) void load(room).catch(() => asked.delete(room));
    },
    renew(room) {
      if (members.peek().has(room)) void load(room).catch(() => asked.delete(room));
    },
    load,
    joined,
    left,
  };
}
