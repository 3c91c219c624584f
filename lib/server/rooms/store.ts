/** Rooms and memberships in KV. Private to this feature. */
import type { Database } from "../kv/database.ts";
import type { Membership } from "../kv/documents.ts";
import { type KvSet, type Prefix, setAt } from "../kv/key.ts";
import { keys } from "../kv/keys.ts";
import type { Head, Log } from "../log/log.ts";
import { roomStream } from "../../protocol/streams.ts";
import type { Level, Room } from "../../protocol/rooms.ts";

/** One name may fold to more characters than a key may have; the rest of it does not count. */
const FOLDED_MAX = 400;

/** A name without the differences of case and width; a layout of its own is needed to change this (layout_5.ts). */
function folded(name: string): string {
  return name.normalize("NFKC").toLowerCase().normalize("NFKC").slice(0, FOLDED_MAX);
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

/** A room that a person is in. */
export interface Joined {
  id: string;
  membership: Membership;
}

export interface RoomsStore {
  /** The numbers of the messages past `seq` that mention a person, in order; up to `limit`. */
  mentioned(user: string, room: string, seq: number, limit: number): Promise<number[]>;
  view(user: string, room: string): Promise<View | undefined>;
  /** The ids of the public rooms alone, in id order, after `after`. */
  publicIds(after: string, limit: number): Promise<string[]>;
  /** A person's rooms alone, in id order, after `after`. */
  joinedIds(user: string, after: string, limit: number): Promise<Joined[]>;
  rooms(ids: string[]): Promise<(Room | undefined)[]>;
  /** The same for many in id order: one read from the first to the last, if not much else lies in between. */
  roomsInOrder(ids: string[]): Promise<(Room | undefined)[]>;
  memberships(user: string, rooms: string[]): Promise<(Membership | undefined)[]>;
  members(room: string, after: string, limit: number): Promise<string[]>;
  /** The members among people who are given in id order, by one read of what lies between the first and the last. */
  membersAmong(room: string, people: string[]): Promise<string[]>;
  areMembers(room: string, users: string[]): Promise<boolean[]>;
  /** The room that has a name, however it is written, with the check that this stays so. */
  name(name: string): Promise<{ room: string | undefined; check: Deno.AtomicCheck }>;
  setName(name: string, room: string): KvSet;
  nameKey(name: string): Deno.KvKey;
  direct(people: string): Promise<string | undefined>;
  /** How many rooms a person has made since they are counted. */
  made(user: string): Promise<{ count: number; check: Deno.AtomicCheck }>;
  setMade(user: string, count: number): KvSet;
  setRoom(room: Room): KvSet;
  setDirect(people: string, room: string): KvSet;
  setMembership(user: string, room: string, it: Membership): KvSet;
  joinSets(user: string, room: string, it: Membership): KvSet[];
  leaveDeletes(user: string, room: string): Deno.KvKey[];
  createSets(room: Room): KvSet[];
  roomCheck(view: View): Deno.AtomicCheck;
  membershipCheck(user: string, view: View): Deno.AtomicCheck;
  absent(room: string): Deno.AtomicCheck;
  directAbsent(people: string): Deno.AtomicCheck;
}

export function createRoomsStore(db: Database, log: Pick<Log, "noteHead">): RoomsStore {
  const idOf = ({ key }: { key: Deno.KvKey }) => String(key.at(-1));
  const listIn = <T>(prefix: Prefix<T>, after: string, limit: number) =>
    db.list({ prefix, start: [...prefix, `${after}\0`] }, { limit });
  const idsIn = async (prefix: Prefix<unknown>, after: string, limit: number): Promise<string[]> =>
    (await listIn(prefix, after, limit)).map(idOf);
  const rooms: RoomsStore["rooms"] = async (ids) =>
    (await db.getMany(ids.map(keys.room))).map((entry) => entry.value ?? undefined);
  const joinSets: RoomsStore["joinSets"] = (user, room, it) => [
    setAt(keys.membership(user, room), it),
    setAt(keys.member(room, user), true),
  ];

  return {
    async mentioned(user, room, seq, limit) {
      const prefix = keys.mentions(user, room);
      const entries = await db.list({ prefix, start: [...prefix, seq + 1] }, { limit });
      return entries.map((entry) => entry.value);
    },
    async view(user, id) {
      const [head, room, membership] = await db.getMany([
        keys.head(roomStream(id)),
        keys.room(id),
        keys.membership(user, id),
      ]);
      if (!room.value) return undefined;
      return {
        room: room.value,
        head: log.noteHead(roomStream(id), head),
        membership: membership.value ?? undefined,
        roomVersion: room.versionstamp,
        membershipVersion: membership.versionstamp,
      };
    },
    publicIds: (after, limit) => idsIn(keys.publicRooms(), after, limit),
    async joinedIds(user, after, limit) {
      const entries = await listIn(keys.memberships(user), after, limit);
      return entries.map((entry) => ({ id: idOf(entry), membership: entry.value }));
    },
    rooms,
    async roomsInOrder(ids) {
      const [first, last] = [ids.at(0), ids.at(-1)];
      if (first === undefined || last === undefined) return [];
      const limit = 2 * ids.length;
      const entries = await db.list({ start: keys.room(first), end: keys.room(`${last}\0`) }, { limit });
      if (entries.length === limit) return await rooms(ids);
      const found = new Map(entries.map(({ value }) => [value.id, value]));
      return ids.map((id) => found.get(id));
    },
    async memberships(user, rooms) {
      const entries = await db.getMany(rooms.map((room) => keys.membership(user, room)));
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
    async name(name) {
      const { key, value, versionstamp } = await db.get(keys.roomName(folded(name)));
      return { room: value ?? undefined, check: { key, versionstamp } };
    },
    setName: (name, room) => setAt(keys.roomName(folded(name)), room),
    nameKey: (name) => keys.roomName(folded(name)),
    async direct(people) {
      return (await db.get(keys.direct(people))).value ?? undefined;
    },
    async made(user) {
      const { key, value, versionstamp } = await db.get(keys.roomsMade(user));
      return { count: value ?? 0, check: { key, versionstamp } };
    },
    setMade: (user, count) => setAt(keys.roomsMade(user), count),
    setRoom: (room) => setAt(keys.room(room.id), room),
    setDirect: (people, room) => setAt(keys.direct(people), room),
    setMembership: (user, room, it) => setAt(keys.membership(user, room), it),
    joinSets,
    leaveDeletes: (user, room) => [keys.membership(user, room), keys.member(room, user)],
    createSets: (room) => [
      setAt(keys.room(room.id), room),
      ...(room.visibility === "public" ? [setAt(keys.publicRoom(room.id), true)] : []),
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
