/** Lets people join and leave. A membership changes only together with an event on the room's stream. */
import { type EntriesService, joinWrites, type Known, NO_WRITES, subjectOf } from "../entries/service.ts";
import type { Log, NewEvent } from "../log/log.ts";
import type { AppendSlot, Written } from "../log/types.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { Room } from "../../protocol/rooms.ts";
import { roomStream, userStream } from "../../protocol/streams.ts";
import type { User } from "../../protocol/users.ts";
import type { RoomAccess } from "./access.ts";
import { entered, left } from "./events.ts";
import { marked } from "./marks.ts";
import { assertManages, assertMember, assertNotArchived, assertNotDirect } from "./policy.ts";
import { DEFAULT_LEVEL, type RoomsStore, type View } from "./store.ts";

export interface Memberships {
  /** Joins a public room; a member stays one. Marks the room read up to its head. */
  join(user: User, room: string): Promise<Room>;
  /** Leaves a room; does nothing for somebody who isn't in it. */
  leave(user: User, room: string): Promise<void>;
  addMember(user: User, room: string, added: string): Promise<void>;
  removeMember(user: User, room: string, removed: string): Promise<void>;
}

interface Deps {
  log: Log;
  entries: EntriesService;
  store: RoomsStore;
  access: RoomAccess;
  getPeople(ids: string[]): Promise<User[]>;
}

export function createMemberships({ log, entries, store, access, getPeople }: Deps): Memberships {
  /** Puts `who` into the room that `by` sees. */
  function enter(by: User, id: string, who: string, verb: string, allow: (view: View) => void): Promise<Room> {
    return log.append<Room>([roomStream(id), userStream(who)], async () => {
      const view = await access.authorize(by.id, id, verb);
      assertNotDirect(view, verb);
      allow(view);
      assertNotArchived(view, verb);
      const [theirs, [known]] = await Promise.all([
        by.id === who ? view : store.view(who, id),
        entries.findRecords([subjectOf(who, { kind: "invited", by, room: view.room })]),
      ]);
      if (!theirs || theirs.membership) return { result: view.room };
      return {
        checks: [store.membershipCheck(who, theirs)],
        asOf: { [roomStream(id)]: Math.min(view.head.seq, theirs.head.seq) },
        write: (slotOf) => entering({ store, entries }, view.room, { who, by, record: known }, slotOf),
      };
    });
  }

  function exit(by: User, id: string, who: string, verb: string, allow: (view: View) => void): Promise<void> {
    return log.append<void>([roomStream(id), userStream(who)], async () => {
      const view = await access.authorize(by.id, id, verb);
      assertNotDirect(view, verb);
      allow(view);
      assertNotArchived(view, verb);
      const [theirs, invites] = await Promise.all([
        by.id === who ? view : store.view(who, id),
        entries.listInvites(who, id),
      ]);
      if (!theirs?.membership) return { result: undefined };
      return {
        checks: [store.membershipCheck(who, theirs)],
        asOf: { [roomStream(id)]: Math.min(view.head.seq, theirs.head.seq) },
        write(slotOf) {
          const withdrawn = invites.map(({ subject, record }) => {
            const draft = { kind: "invited" as const, by: { ...by, id: subject.by ?? "" }, room: view.room };
            return entries.settle(slotOf, who, draft, { record, stands: false });
          });
          const { events, sets, deletes } = joinWrites(withdrawn);
          return {
            events: [...left(view.room, who, by.id), ...events],
            sets,
            deletes: [...deletes, ...store.leaveDeletes(who, id)],
            result: undefined,
          };
        },
      };
    });
  }

  async function findPerson(id: string, verb: string): Promise<User> {
    const [person] = await getPeople([id]);
    if (!person) throw new Refusal("not_found", `Cannot ${verb}: there is no such person`);
    return person;
  }

  return {
    join: (user, room) => enter(user, room, user.id, "join room", () => {}),
    leave: (user, room) => exit(user, room, user.id, "leave room", () => {}),

    async addMember(user, room, added) {
      const verb = "add member";
      await access.authorize(user.id, room, verb);
      const { deactivatedAt } = await findPerson(added, verb);
      await enter(user, room, added, verb, (view) => {
        assertMember(view, verb);
        assertNotArchived(view, verb);
        if (deactivatedAt !== undefined) throw new Refusal("conflict", `Cannot ${verb}: person is deactivated`);
      });
    },

    async removeMember(user, room, removed) {
      const verb = "remove member";
      if (removed === user.id) return await exit(user, room, removed, verb, () => {});
      await access.authorize(user.id, room, verb);
      await findPerson(removed, verb);
      await exit(user, room, removed, verb, (view) => assertManages(user, view, verb));
    },
  };
}

/** The person who enters, who lets them in, and the record of an earlier invitation. */
interface Entering {
  who: string;
  by: User;
  record?: Known | undefined;
}

/**
 * The writes that put a person into a room: membership, both events, the read mark at the head (lib/protocol/README.md
 * §3), and an entry if somebody else brought them in.
 */
export function entering(
  { store, entries }: Pick<Deps, "store" | "entries">,
  room: Room,
  { who, by, record }: Entering,
  slotOf: (stream: string) => AppendSlot,
): Written<Room> {
  const { seq, n, at } = slotOf(roomStream(room.id));
  const mark = { seq: seq - 1, n: n - 1 };
  const level = room.visibility === "direct" ? "everything" : DEFAULT_LEVEL;
  const writes = by.id === who
    ? NO_WRITES
    : entries.settle(slotOf, who, { kind: "invited", by, room }, { record, stands: true });
  const events: NewEvent[] = [...writes.events, ...entered(room, who, by.id)];
  if (mark.n > 0) events.push(marked(who, room.id, mark));
  const sets = [...writes.sets, ...store.joinSets(who, room.id, { level, at })];
  return { events, sets, deletes: writes.deletes, result: room };
}
