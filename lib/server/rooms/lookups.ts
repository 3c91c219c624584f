/** Looks up who is in which room, and who may see which. */
import type { Log } from "../log/log.ts";
import type { Output, Parsed } from "../../protocol/commands.ts";
import { DIRECT_USERS_MAX } from "../../protocol/fields.ts";
import type { Room } from "../../protocol/rooms.ts";
import type { User } from "../../protocol/users.ts";
import type { RoomAccess } from "./access.ts";
import { type Mark, readMarks, UNREAD } from "./marks.ts";
import type { MyRooms } from "./my_rooms.ts";
import type { RoomsStore } from "./store.ts";

const PARTICIPANTS_MAX = DIRECT_USERS_MAX + 1;

export interface RoomLookups {
  listMembers(user: User, fields: Parsed<"rooms.members">): Promise<Output<"rooms.members">>;
  /** The people among these, given in id order, who are in a room. Throws `Refusal` if `user` may not see it. */
  filterMembers(user: User, room: string, people: string[]): Promise<ReadonlySet<string>>;
  /** A room, without a check of who may see it. */
  find(id: string): Promise<Room | undefined>;
  /** The rooms among these that a person may see, by id. */
  filterVisible(user: string, rooms: string[]): Promise<Map<string, Room>>;
  /** A person's read marks in these rooms, which they may have left. */
  marks(user: string, rooms: string[]): Promise<ReadonlyMap<string, Mark>>;
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
}

export function createRoomLookups({ log, store, access, myRooms }: Deps): RoomLookups {
  return {
    async listMembers(user, { room, after = "", limit }) {
      await access.authorize(user.id, room, "list members");
      const members = await store.members(room, after, limit + 1);
      return { members: members.slice(0, limit), more: members.length > limit };
    },

    async filterMembers(user, room, people) {
      await access.authorize(user.id, room, "list people");
      return new Set(await store.membersAmong(room, people));
    },

    find: async (id) => (await store.rooms([id]))[0],

    async filterVisible(user, ids) {
      const [rooms, memberships] = await Promise.all([store.rooms(ids), store.memberships(user, ids)]);
      const seen = rooms.filter((room, at) => room && (room.visibility === "public" || memberships[at]));
      return new Map(seen.flatMap((room) => room ? [[room.id, room]] : []));
    },

    async marks(user, ids) {
      const marks = new Map((await myRooms(user)).map(({ id, mark }) => [id, mark]));
      const others = ids.filter((id) => !marks.has(id));
      const read = await readMarks(log, user, others);
      others.forEach((id, at) => marks.set(id, read[at]?.mark ?? UNREAD));
      return marks;
    },

    listParticipants: (room) => store.members(room, "", PARTICIPANTS_MAX),

    async filterViewers(id, users) {
      const [room] = await store.rooms([id]);
      if (room?.visibility === "public") return users;
      const inside = await store.areMembers(id, users);
      return users.filter((_, at) => inside[at]);
    },

    roomsOf: async (user) => (await myRooms(user)).map(({ id }) => id),
  };
}
