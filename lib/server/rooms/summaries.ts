/** Lists rooms as summaries: my rooms and public ones, with what is unread, which is derived, never counted up. */
import type { Log } from "../log/log.ts";
import type { Output, Parsed } from "../../protocol/commands.ts";
import type { Room, RoomSummary } from "../../protocol/rooms.ts";
import { roomStream } from "../../protocol/streams.ts";
import { countUnread, MENTIONS_COUNTED_MAX, MENTIONS_NAMED_MAX } from "../../model/unread.ts";
import type { User } from "../../protocol/users.ts";
import { matches } from "../users/service.ts";
import type { RoomAccess } from "./access.ts";
import { createKnownRooms } from "./known_rooms.ts";
import { readMarks } from "./marks.ts";
import { DEFAULT_LEVEL, type Listed, type RoomsStore } from "./store.ts";

export interface Summaries {
  list(user: User, page: Parsed<"rooms.list">): Promise<Output<"rooms.list">>;
  get(user: User, room: string): Promise<RoomSummary>;
}

interface Deps {
  log: Log;
  store: RoomsStore;
  access: RoomAccess;
}

const SCAN = 500; // rooms that are searched at once

interface Wanted {
  after: string;
  limit: number;
  joined: boolean | undefined;
  /** Public rooms alone. */
  open: boolean | undefined;
  query: string | undefined;
}

export function createSummaries({ log, store, access }: Deps): Summaries {
  const known = createKnownRooms(store.rooms);

  async function summariesOf(user: User, listed: Listed[]): Promise<RoomSummary[]> {
    const names = listed.map(({ id }) => id);
    const heads = await log.heads(names.map(roomStream));
    const [rooms, marks] = await Promise.all([known(names, heads), readMarks(log, user.id, names)]);
    const mentioned = await Promise.all(listed.map(({ id, membership }, at) => {
      const { seq, n } = marks[at]?.mark ?? { seq: 0, n: 0 };
      return membership && n < (heads[at]?.n ?? 0) ? store.mentioned(user.id, id, seq, MENTIONS_COUNTED_MAX) : []; // otherwise everything is read
    }));
    const summaries: RoomSummary[] = [];
    listed.forEach(({ membership }, at) => {
      const [room, head] = [rooms[at], heads[at]];
      if (!room || !head) return;
      const joined = membership !== undefined;
      // Not mentions past `n`: they came since the head was read, and reach the client as events.
      const numbers = mentioned[at]?.filter((n) => n <= head.n) ?? [];
      summaries.push({
        room,
        joined,
        n: head.n,
        ...countUnread({ joined, n: head.n, mark: marks[at]?.mark.n ?? 0, mentioned: numbers }),
        mentioned: numbers.slice(0, MENTIONS_NAMED_MAX),
        lastAt: head.lastAt,
        level: membership?.level ?? DEFAULT_LEVEL,
      });
    });
    return summaries;
  }

  /** The wanted rooms among those that a person can see, in id order. */
  async function find(user: User, { after, limit, joined, open, query = "" }: Wanted): Promise<Listed[]> {
    const isWanted = (room: Room | undefined) =>
      room && (!open || room.visibility === "public") &&
      (query === "" || (room.visibility !== "direct" && matches(query, `#${room.name}`, room.topic)));
    const page = async (last: string, count: number): Promise<Listed[]> =>
      joined
        ? await store.joinedIds(user.id, last, count)
        : open
        ? (await store.publicIds(last, count)).map((id) => ({ id, membership: undefined }))
        : await store.ids(user.id, last, count);
    const count = query === "" ? limit : SCAN;
    const found: Listed[] = [];
    for (let last = after;;) {
      const listed = await page(last, count);
      const rooms = await store.roomsInOrder(listed.map(({ id }) => id));
      found.push(...listed.filter((_, at) => isWanted(rooms[at])));
      if (found.length >= limit || listed.length < count) break;
      last = listed.at(-1)?.id ?? "";
    }
    const some = found.slice(0, limit);
    if (joined || !open) return some;
    const memberships = await store.memberships(user.id, some.map(({ id }) => id));
    return some.map(({ id }, at) => ({ id, membership: memberships[at] }));
  }

  return {
    async list(user, { after = "", limit, joined, public: open, query }) {
      const listed = open || query
        ? await find(user, { after, limit: limit + 1, joined, open, query })
        : await (joined ? store.joinedIds : store.ids)(user.id, after, limit + 1);
      return { rooms: await summariesOf(user, listed.slice(0, limit)), more: listed.length > limit };
    },
    async get(user, id) {
      const { membership, room } = await access.authorize(user.id, id, "get room");
      const [summary] = await summariesOf(user, [{ id, membership }]);
      if (!summary) throw new RangeError(`Room ${room.id} has no line`);
      return summary;
    },
  };
}
