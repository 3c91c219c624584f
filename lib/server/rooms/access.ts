/**
 * Looks rooms up through the person, so that a room that they may not see and one that does not exist give the same
 * answer. Views are cached by room: a change of authority is an event on the room's stream, which drops them here, and
 * a commit notices it by the head's `authority` (lib/server/log/README.md, The log).
 */
import type { Head, Log } from "../log/log.ts";
import { Refusal } from "../../protocol/errors.ts";
import { parseStream, roomStream } from "../../protocol/streams.ts";
import type { RoomsStore, View } from "./store.ts";

const ROOMS_CACHED_MAX = 2_000;
export const VIEWS_CACHED_MAX = 50_000; // of all rooms, each about 0.7 KB
const ROOM_VIEWS_MAX = 2_000; // of one room

export interface RoomAccess {
  /** The room as the person sees it, by a strong read. Throws `Refusal("not_found")` where they may not. */
  authorize(user: string, room: string, verb: string): Promise<View>;
  /** The same as `authorize`, from the cache if no other process writes. Its head may be old. */
  current(user: string, room: string, verb: string): Promise<View>;
  /**
   * Runs `read` with the room's head as it was before, and authorises again after it, in case the person was removed.
   * Throws like `authorize`.
   */
  readAuthorized<T>(user: string, room: string, verb: string, read: (head: Head) => Promise<T>): Promise<T>;
  /** Like `authorize`, perhaps cached and with an old head: for plans with `asOf`, or if no other process writes. */
  fromCache(user: string, room: string, verb: string): View | Promise<View>;
  /** Undefined instead of thrown. */
  find(user: string, room: string): Promise<View | undefined>;
  /** Whether the person may follow the room, and as of which seq; from the cache for a public room if not `shared`. */
  authorizeFollow(user: string, room: string): Promise<{ private: boolean; asOf: number } | undefined>;
}

export interface RoomAccessDeps {
  store: RoomsStore;
  log: Log;
  /** Whether other processes write to the same database. */
  shared: boolean;
}

export function createRoomAccess({ store, log, shared }: RoomAccessDeps): RoomAccess {
  // The last used room is last. By hand: lru-cache would take a room's size once, but its views come one by one.
  const cache = new Map<string, Map<string, View>>();
  let kept = 0; // views
  let changes = 0; // of any room's authority: what was read before the last one may be old

  log.onAppended(({ stream, events }) => {
    const kind = parseStream(stream);
    if (kind?.kind !== "room" || events.every((event) => event.about !== undefined)) return;
    changes++;
    forget(kind.id);
  });

  async function find(user: string, room: string): Promise<View | undefined> {
    const view = await store.view(user, room);
    if (!view || (view.room.visibility !== "public" && !view.membership)) return undefined;
    return view;
  }

  const missing = (verb: string) => new Refusal("not_found", `Cannot ${verb}: there is no such room`);

  async function authorize(user: string, room: string, verb: string): Promise<View> {
    const before = changes;
    const view = await find(user, room);
    if (!view) throw missing(verb);
    if (changes === before) keep(user, room, view);
    return view;
  }

  const known = (user: string, room: string) => shared ? undefined : cache.get(room)?.get(user);

  const readAuthorized: RoomAccess["readAuthorized"] = async (user, room, verb, read) => {
    const stream = roomStream(room);
    if (!shared && isKnownPublic(room)) return await read(await log.head(stream));
    const view = known(user, room);
    const { room: { visibility }, head } = view ?? await authorize(user, room, verb);
    const shown = await read(view ? await log.head(stream) : head);
    if (visibility === "public") return shown; // and it stays public
    await log.settled(stream); // storage may show what follows a removal before it answers the removal's commit
    if (known(user, room)) return shown;
    const [membership] = await store.memberships(user, [room]);
    if (!membership) throw missing(verb);
    return shown;
  };

  function keep(user: string, room: string, view: View): void {
    const views = cache.get(room) ?? new Map<string, View>();
    cache.delete(room);
    kept -= views.size;
    cache.set(room, views.set(user, { ...view, head: { ...view.head, tail: [] } })); // Its events are not needed here.
    const [oldestView] = views.size > ROOM_VIEWS_MAX ? views.keys() : [];
    if (oldestView !== undefined) views.delete(oldestView);
    kept += views.size;
    for (const oldest of cache.keys()) {
      if (cache.size <= ROOMS_CACHED_MAX && kept <= VIEWS_CACHED_MAX) return;
      forget(oldest);
    }
  }

  function forget(room: string): void {
    kept -= cache.get(room)?.size ?? 0;
    cache.delete(room);
  }

  /** Everybody may see a public room, and it stays public: one cached view answers for all. */
  function isKnownPublic(room: string): boolean {
    const [known] = cache.get(room)?.values() ?? [];
    return known?.room.visibility === "public";
  }

  const authorizeFollow: RoomAccess["authorizeFollow"] = async (user, room) => {
    if (!shared && isKnownPublic(room)) return { private: false, asOf: 0 };
    const before = changes;
    const view = await find(user, room);
    if (view && changes === before) keep(user, room, view);
    return view && { private: view.room.visibility !== "public", asOf: view.head.seq };
  };

  return {
    authorize,
    async current(user, room, verb) {
      if (known(user, room)) await log.settled(roomStream(room));
      return known(user, room) ?? await authorize(user, room, verb);
    },
    readAuthorized,
    find,
    authorizeFollow,
    fromCache: (user, room, verb) => cache.get(room)?.get(user) ?? authorize(user, room, verb),
  };
}
