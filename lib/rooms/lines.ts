/** The room list: my rooms and the public ones, with what is unread in them, derived and never counted up. */
import type { Database } from "../kv/database.ts";
import { keys } from "../kv/keys.ts";
import type { Log } from "../log/log.ts";
import type { Output, Parsed } from "../protocol/commands.ts";
import { isFound } from "../protocol/found.ts";
import type { Room, RoomLine } from "../protocol/rooms.ts";
import { roomStream } from "../protocol/streams.ts";
import { countUnread, MENTIONS_COUNTED_MAX, MENTIONS_NAMED_MAX } from "../protocol/unread.ts";
import type { User } from "../protocol/users.ts";
import type { RoomAccess } from "./access.ts";
import { readMarks } from "./marks.ts";
import { DEFAULT_LEVEL, type RoomsStore } from "./store.ts";

export interface Lines {
  list(user: User, page: Parsed<"rooms.list">): Promise<Output<"rooms.list">>;
  line(user: User, room: string): Promise<RoomLine>;
}

interface Deps {
  db: Database;
  log: Log;
  store: RoomsStore;
  access: RoomAccess;
}

const SCAN = 500; // rooms looked at at once for those that are looked for

interface Listed {
  id: string;
  joined: boolean;
}

interface Wanted {
  after: string;
  limit: number;
  joined: boolean | undefined;
  /** Public rooms alone. */
  open: boolean | undefined;
  query: string | undefined;
}

export function createLines({ db, log, store, access }: Deps): Lines {
  async function linesOf(user: User, ids: Listed[]): Promise<RoomLine[]> {
    const names = ids.map(({ id }) => id);
    const [rooms, heads, marks, memberships] = await Promise.all([
      store.rooms(names),
      log.heads(names.map(roomStream)),
      readMarks(log, user.id, names),
      store.memberships(user.id, names),
    ]);
    const mentioned = await Promise.all(
      ids.map(({ id, joined }, at) => joined ? mentionedPast(user.id, id, marks[at]?.mark.seq ?? 0) : []),
    );
    const lines: RoomLine[] = [];
    ids.forEach(({ joined }, at) => {
      const [room, head] = [rooms[at], heads[at]];
      if (!room || !head) return;
      // Not those past `n`: they came since the head was read, and come to the client as events.
      const numbers = mentioned[at]?.filter((n) => n <= head.n) ?? [];
      lines.push({
        room,
        joined,
        n: head.n,
        ...countUnread({ joined, n: head.n, mark: marks[at]?.mark.n ?? 0, mentioned: numbers }),
        mentioned: numbers.slice(0, MENTIONS_NAMED_MAX),
        lastAt: head.lastAt,
        level: memberships[at]?.level ?? DEFAULT_LEVEL,
      });
    });
    return lines;
  }

  /** The numbers of the messages past a mark that mention a person, in order. */
  async function mentionedPast(user: string, room: string, seq: number): Promise<number[]> {
    const prefix = keys.mentions(user, room);
    const entries = await db.list<number>({ prefix, start: [...prefix, seq + 1] }, { limit: MENTIONS_COUNTED_MAX });
    return entries.map((entry) => entry.value);
  }

  /** Those of the rooms that a person can see that are wanted, in id order. */
  async function find(user: User, { after, limit, joined, open, query = "" }: Wanted): Promise<Listed[]> {
    const isWanted = (room: Room | undefined) =>
      room && (!open || room.visibility === "public") &&
      (query === "" || (room.visibility !== "direct" && isFound(query, `#${room.name}`, room.topic)));
    const page = async (last: string, count: number) =>
      joined
        ? await store.joinedIds(user.id, last, count)
        : open
        ? await store.publicIds(last, count)
        : (await store.ids(user.id, last, count)).map(({ id }) => id);
    const count = query === "" ? limit : SCAN;
    const found: string[] = [];
    for (let last = after;;) {
      const ids = await page(last, count);
      const rooms = await store.roomsInOrder(ids);
      found.push(...ids.filter((_, at) => isWanted(rooms[at])));
      if (found.length >= limit || ids.length < count) break;
      last = ids.at(-1) ?? "";
    }
    const some = found.slice(0, limit);
    const memberships = await store.memberships(user.id, some);
    return some.map((id, at) => ({ id, joined: memberships[at] !== undefined }));
  }

  return {
    async list(user, { after = "", limit, joined, public: open, query }) {
      const ids = open || query
        ? await find(user, { after, limit: limit + 1, joined, open, query })
        : joined
        ? (await store.joinedIds(user.id, after, limit + 1)).map((id) => ({ id, joined }))
        : await store.ids(user.id, after, limit + 1);
      return { rooms: await linesOf(user, ids.slice(0, limit)), more: ids.length > limit };
    },
    async line(user, id) {
      const { membership, room } = await access.see(user.id, id, "get room");
      const [line] = await linesOf(user, [{ id, joined: membership !== undefined }]);
      if (!line) throw new RangeError(`Room ${room.id} has no line`);
      return line;
    },
  };
}
