/** Lists rooms as summaries: my rooms and public ones, with what is unread, which is derived, never counted up. */
import type { Log } from "../log/log.ts";
import type { Output, Parsed } from "../../protocol/commands.ts";
import type { Room, RoomSummary } from "../../protocol/rooms.ts";
import { roomStream } from "../../protocol/streams.ts";
import { countUnread, MENTIONS_NAMED_MAX } from "../../model/unread.ts";
import type { User } from "../../protocol/users.ts";
import { matches } from "../users/service.ts";
import type { RoomAccess } from "./access.ts";
import { createKnownMentions } from "./known_mentions.ts";
import type { KnownRooms } from "./known_rooms.ts";
import type { MyRoom, MyRooms } from "./my_rooms.ts";
import { DEFAULT_LEVEL, type RoomsStore } from "./store.ts";

export interface Summaries {
  list(user: User, page: Parsed<"rooms.list">): Promise<Output<"rooms.list">>;
  /** All of a person's rooms, in id order. */
  listMine(user: User): Promise<RoomSummary[]>;
  get(user: User, room: string): Promise<RoomSummary>;
  /** How many messages a room has, and how many of them a person has not read: none where they are not in it. */
  unread(user: string, room: string): Promise<{ n: number; unread: number }>;
}

interface Deps {
  log: Log;
  store: RoomsStore;
  access: RoomAccess;
  myRooms: MyRooms;
  known: KnownRooms;
}

const SCAN = 500; // rooms that are searched at once

/** A room of a list; with membership and mark where the person is in it. */
type Listed = MyRoom | { id: string; membership?: never; mark?: never };

export function createSummaries({ log, store, access, myRooms, known }: Deps): Summaries {
  const mentions = createKnownMentions(store.mentioned);

  async function summariesOf(user: User, listed: readonly Listed[]): Promise<RoomSummary[]> {
    const names = listed.map(({ id }) => id);
    const heads = await log.heads(names.map(roomStream));
    const [rooms, mentioned] = await Promise.all([
      known(names, heads),
      Promise.all(listed.map(({ id, mark }, at) => {
        const head = heads[at];
        return mark && head && mark.n < head.n ? mentions(user.id, id, mark.seq, head) : []; // else all is read
      })),
    ]);
    const summaries: RoomSummary[] = [];
    listed.forEach(({ membership, mark }, at) => {
      const [room, head] = [rooms[at], heads[at]];
      if (!room || !head) return;
      const joined = membership !== undefined;
      // Not mentions past `n`: they came since the head was read, and reach the client as events.
      const numbers = mentioned[at]?.filter((n) => n <= head.n) ?? [];
      summaries.push({
        room,
        joined,
        n: head.n,
        ...countUnread({ joined, n: head.n, mark: mark?.n ?? 0, mentioned: numbers }),
        mentioned: numbers.slice(0, MENTIONS_NAMED_MAX),
        lastAt: head.lastAt,
        level: membership?.level ?? DEFAULT_LEVEL,
        members: head.members ?? 0,
      });
    });
    return summaries;
  }

  /** Up to `count` rooms of those that are asked for, in id order, after `after`. */
  async function page(all: readonly MyRoom[], wanted: Parsed<"rooms.list">, after: string, count: number) {
    const rest = all.filter(({ id }) => id > after);
    if (wanted.mine) return rest.slice(0, count);
    const open: Listed[] = (await store.publicIds(after, count)).map((id) => ({ id }));
    const mine = new Map<string, Listed>(rest.map((room) => [room.id, room]));
    if (wanted.public) return open.map((room) => mine.get(room.id) ?? room);
    for (const room of open) if (!mine.has(room.id)) mine.set(room.id, room);
    return [...mine.values()].sort((a, b) => a.id < b.id ? -1 : 1).slice(0, count);
  }

  /** Those that also fit the query, or are public. */
  async function find(all: readonly MyRoom[], wanted: Parsed<"rooms.list">, limit: number): Promise<Listed[]> {
    const { after = "", query = "" } = wanted;
    const isWanted = (room: Room | undefined) =>
      room && (!wanted.public || room.visibility === "public") &&
      (query === "" || (room.visibility !== "direct" && matches(query, `#${room.name}`, room.topic)));
    const count = query === "" ? limit : SCAN;
    const found: Listed[] = [];
    for (let last = after;;) {
      const listed = await page(all, wanted, last, count);
      const rooms = await store.roomsInOrder(listed.map(({ id }) => id));
      found.push(...listed.filter((_, at) => isWanted(rooms[at])));
      if (found.length >= limit || listed.length < count) return found.slice(0, limit);
      last = listed.at(-1)?.id ?? "";
    }
  }

  return {
    async list(user, wanted) {
      const { after = "", limit, public: open, query } = wanted;
      const { rooms: all } = await myRooms(user.id);
      const listed = open || query ? await find(all, wanted, limit + 1) : await page(all, wanted, after, limit + 1);
      return { rooms: await summariesOf(user, listed.slice(0, limit)), more: listed.length > limit };
    },
    listMine: async (user) => await summariesOf(user, (await myRooms(user.id)).rooms),
    async get(user, id) {
      const [{ room }, mine] = await Promise.all([access.authorize(user.id, id, "get room"), myRooms(user.id)]);
      const [summary] = await summariesOf(user, [mine.rooms.find((it) => it.id === id) ?? { id }]);
      if (!summary) throw new RangeError(`Room ${room.id} has no line`);
      return summary;
    },
    async unread(user, id) {
      const [{ rooms }, { n }] = await Promise.all([myRooms(user), log.head(roomStream(id))]);
      const joined = rooms.find((it) => it.id === id);
      return { n, unread: joined ? Math.max(0, n - joined.mark.n) : 0 };
    },
  };
}
