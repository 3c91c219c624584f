/** Looks up who is in which room, and who may see which. */
import { LRUCache } from "lru-cache";
import type { Log } from "../log/log.ts";
import type { Output, Parsed } from "../../protocol/commands.ts";
import { DIRECT_USERS_MAX } from "../../protocol/fields.ts";
import type { Room } from "../../protocol/rooms.ts";
import type { User } from "../../protocol/users.ts";
import { roomStream, userStream } from "../../protocol/streams.ts";
import type { RoomAccess } from "./access.ts";
import type { KnownRooms } from "./known_rooms.ts";
import type { Mark } from "./marks.ts";
import type { MyRooms } from "./my_rooms.ts";
import type { RoomsStore } from "./store.ts";

const PARTICIPANTS_MAX = DIRECT_USERS_MAX + 1;
const DIRECTS_KEPT_MAX = 10_000; // with the people of each: about 0.1 KB a person

export interface RoomLookups {
  listMembers(user: User, fields: Parsed<"rooms.members">): Promise<Output<"rooms.members">>;
  /** The people among these, given in id order, who are in a room. Throws `Refusal` if `user` may not see it. */
  filterMembers(user: User, room: string, people: string[]): Promise<ReadonlySet<string>>;
  /** A room, without a check of who may see it. */
  find(id: string): Promise<Room | undefined>;
  /** The rooms among these that a person may see, by id. */
  filterVisible(user: string, rooms: string[]): Promise<Map<string, Room>>;
  /** A person's read marks by room, those of rooms that they have left too. */
  marks(user: string): Promise<ReadonlyMap<string, Mark>>;
  /** Everybody in a direct conversation. */
  listParticipants(room: string): Promise<string[]>;
  /** The people among these who may see a room. */
  filterViewers(room: string, users: string[]): Promise<string[]>;
  /** The ids of the rooms that a person is a member of. */
  roomsOf(user: string): Promise<string[]>;
}

interface Deps {
  log: Log;
  store: RoomsStore;
  access: RoomAccess;
  myRooms: MyRooms;
  known: KnownRooms;
}

export function createRoomLookups({ log, store, access, myRooms, known }: Deps): RoomLookups {
  /** The people of direct conversations, as of an `authority`, which moves as somebody comes or goes. */
  const participants = new LRUCache<string, { authority: number; people: string[] }>({ max: DIRECTS_KEPT_MAX });

  return {
    async listMembers(user, { room, after = "", limit }) {
      await access.current(user.id, room, "list members");
      const members = await store.members(room, after, limit + 1);
      return { members: members.slice(0, limit), more: members.length > limit };
    },

    async filterMembers(user, room, people) {
      await access.current(user.id, room, "list people");
      return new Set(await store.membersAmong(room, people));
    },

    find: async (id) => (await store.rooms([id]))[0],

    async filterVisible(user, ids) {
      await log.settled(userStream(user)); // storage may show what follows a removal before it answers that commit
      const [mine, heads] = await Promise.all([myRooms(user), log.heads(ids.map(roomStream))]);
      const rooms = await known(ids, heads);
      const joined = new Set(mine.rooms.map(({ id }) => id));
      const seen = rooms.filter((room) => room && (room.visibility === "public" || joined.has(room.id)));
      return new Map(seen.flatMap((room) => room ? [[room.id, room]] : []));
    },

    async marks(user) {
      const { rooms, left } = await myRooms(user);
      return new Map([...left, ...rooms.map(({ id, mark }) => [id, mark] as const)]);
    },

    async listParticipants(room) {
      const { authority } = await log.head(roomStream(room));
      const known = participants.get(room);
      if (known?.authority === authority) return known.people;
      const people = await store.members(room, "", PARTICIPANTS_MAX);
      participants.set(room, { authority, people });
      return people;
    },

    async filterViewers(id, users) {
      const [room] = await store.rooms([id]);
      if (room?.visibility === "public") return users;
      const inside = await store.areMembers(id, users);
      return users.filter((_, at) => inside[at]);
    },

    roomsOf: async (user) => (await myRooms(user)).rooms.map(({ id }) => id),
  };
}
