/** Rooms and memberships in KV. Private to this feature. */
import type { Database } from "../kv/database.ts";
import { keys } from "../kv/keys.ts";
import type { Head, Log } from "../log/log.ts";
import { roomStream } from "../../protocol/streams.ts";
import type { Level, Room } from "../../protocol/rooms.ts";

const PAGE = 500; // ids read at once: KV's limit of a batch

export interface Membership {
  level: Level;
  at: number;
}

/** The level of a room that somebody has just entered. */
export const DEFAULT_LEVEL: Level = "mentions";

/** A room as one person sees it, all read at one moment. */
export interface View {
  room: Room;
  head: Head;
  membership: Membership | undefined;
  roomVersion: string;
  membershipVersion: string | null;
}

/** A room of a list. */
export interface Listed {
  id: string;
  membership: Membership | undefined;
}

type Set = { key: Deno.KvKey; value: unknown };

export interface RoomsStore {
  view(user: string, room: string): Promise<View | undefined>;
  /** A person's rooms and the public ones, in id order, after `after`; with their membership where they are in it. */
  ids(user: string, after: string, limit: number): Promise<Listed[]>;
  /** The ids of the public rooms alone, in id order, after `after`. */
  publicIds(after: string, limit: number): Promise<string[]>;
  /** A person's rooms alone, in id order, after `after`. */
  joinedIds(user: string, after: string, limit: number): Promise<Listed[]>;
  /** All of a person's rooms, however many. */
  myIds(user: string): Promise<string[]>;
  rooms(ids: string[]): Promise<(Room | undefined)[]>;
  /** The same for many that are in id order: one read of all between the first and the last, if not much else is there. */
  roomsInOrder(ids: string[]): Promise<(Room | undefined)[]>;
  memberships(user: string, rooms: string[]): Promise<(Membership | undefined)[]>;
  members(room: string, after: string, limit: number): Promise<string[]>;
  /** The members among people who are given in id order, by one read of what lies between the first and the last. */
  membersAmong(room: string, people: string[]): Promise<string[]>;
  areMembers(room: string, users: string[]): Promise<boolean[]>;
  direct(people: string): Promise<string | undefined>;
  /** How many rooms a person has made, as far as they were counted. */
  made(user: string): Promise<{ count: number; check: Deno.AtomicCheck }>;
  setRoom(room: Room): Set;
  setDirect(people: string, room: string): Set;
  setMembership(user: string, room: string, it: Membership): Set;
  joinSets(user: string, room: string, it: Membership): Set[];
  leaveDeletes(user: string, room: string): Deno.KvKey[];
  createSets(room: Room): Set[];
  roomCheck(view: View): Deno.AtomicCheck;
  membershipCheck(user: string, view: View): Deno.AtomicCheck;
  absent(room: string): Deno.AtomicCheck;
  directAbsent(people: string): Deno.AtomicCheck;
}

export function createRoomsStore(db: Database, log: Pick<Log, "heard">): RoomsStore {
  const idOf = ({ key }: { key: Deno.KvKey }) => String(key.at(-1));
  const listIn = <T>(prefix: Deno.KvKey, after: string, limit: number) =>
    db.list<T>({ prefix, start: [...prefix, `${after}\0`] }, { limit });
  const idsIn = async (prefix: Deno.KvKey, after: string, limit: number): Promise<string[]> =>
    (await listIn(prefix, after, limit)).map(idOf);
  const joinedIds: RoomsStore["joinedIds"] = async (user, after, limit) =>
    (await listIn<Membership>(keys.memberships(user), after, limit)).map((entry) => ({
      id: idOf(entry),
      membership: entry.value,
    }));
  const rooms: RoomsStore["rooms"] = async (ids) =>
    (await db.getMany<Room>(ids.map(keys.room))).map((entry) => entry.value ?? undefined);
  const joinSets: RoomsStore["joinSets"] = (user, room, it) => [
    { key: keys.membership(user, room), value: it },
    { key: keys.member(room, user), value: true },
  ];

  return {
    async view(user, id) {
      const [head, room, membership] = await db.getMany<Head & Room & Membership>([
        keys.head(roomStream(id)),
        keys.room(id),
        keys.membership(user, id),
      ]);
      if (!head || !room?.value) return undefined;
      return {
        room: room.value,
        head: log.heard(roomStream(id), head),
        membership: membership?.value ?? undefined,
        roomVersion: room.versionstamp,
        membershipVersion: membership?.versionstamp ?? null,
      };
    },
    async ids(user, after, limit) {
      const [mine, open] = await Promise.all([joinedIds(user, after, limit), idsIn(keys.publicRooms(), after, limit)]);
      const all = new Map<string, Membership | undefined>(open.map((id) => [id, undefined]));
      for (const { id, membership } of mine) all.set(id, membership);
      return [...all.keys()].sort().slice(0, limit).map((id) => ({ id, membership: all.get(id) }));
    },
    publicIds: (after, limit) => idsIn(keys.publicRooms(), after, limit),
    joinedIds,
    async myIds(user) {
      const all: string[] = [];
      for (;;) {
        const some = await idsIn(keys.memberships(user), all.at(-1) ?? "", PAGE);
        all.push(...some);
        if (some.length < PAGE) return all;
      }
    },
    rooms,
    async roomsInOrder(ids) {
      const [first, last] = [ids.at(0), ids.at(-1)];
      if (first === undefined || last === undefined) return [];
      const limit = 2 * ids.length;
      const entries = await db.list<Room>({ start: keys.room(first), end: keys.room(`${last}\0`) }, { limit });
      if (entries.length === limit) return await rooms(ids);
      const found = new Map(entries.map(({ value }) => [value.id, value]));
      return ids.map((id) => found.get(id));
    },
    async memberships(user, rooms) {
      const entries = await db.getMany<Membership>(rooms.map((room) => keys.membership(user, room)));
      return entries.map((entry) => entry.value ?? undefined);
    },
    members: (room, after, limit) => idsIn(keys.members(room), after, limit),
    async membersAmong(room, people) {
      const [first, last] = [people.at(0), people.at(-1)];
      if (first === undefined || last === undefined) return [];
      const range = { start: keys.member(room, first), end: keys.member(room, `${last}\0`) };
      return (await db.list(range, { limit: people.length })).map((entry) => String(entry.key.at(-1)));
    },
    async areMembers(room, users) {
      return (await db.getMany(users.map((user) => keys.member(room, user)))).map((entry) => entry.value !== null);
    },
    async direct(people) {
      return (await db.get<string>(keys.direct(people))).value ?? undefined;
    },
    async made(user) {
      const { key, value, versionstamp } = await db.get<number>(keys.roomsMade(user));
      return { count: value ?? 0, check: { key, versionstamp } };
    },
    setRoom: (room) => ({ key: keys.room(room.id), value: room }),
    setDirect: (people, room) => ({ key: keys.direct(people), value: room }),
    setMembership: (user, room, it) => ({ key: keys.membership(user, room), value: it }),
    joinSets,
    leaveDeletes: (user, room) => [keys.membership(user, room), keys.member(room, user)],
    createSets: (room) => [
      { key: keys.room(room.id), value: room },
      ...(room.visibility === "public" ? [{ key: keys.publicRoom(room.id), value: true }] : []),
    ],
    roomCheck: (view) => ({ key: keys.room(view.room.id), versionstamp: view.roomVersion }),
    membershipCheck: (user, view) => ({
      key: keys.membership(user, view.room.id),
      versionstamp: view.membershipVersion,
    }),
    absent: (room) => ({ key: keys.room(room), versionstamp: null }),
    directAbsent: (people) => ({ key: keys.direct(people), versionstamp: null }),
  };
}
