/**
 * Scoped look-up of rooms: a room is fetched through what a person may see, so that not allowed and not there are the
 * same answer. Views are cached a room: whatever changes authority is an event on the room's stream, which drops them
 * here, and which a commit notices by the head's `authority` (ARCHITECTURE.md, the log).
 */
import type { Log } from "../log/log.ts";
import { Refusal } from "../protocol/errors.ts";
import { parseStream } from "../protocol/streams.ts";
import type { RoomsStore, View } from "./store.ts";

const ROOMS_CACHED_MAX = 2_000;
const VIEWS_CACHED_MAX = 2_000; // of one room

export interface RoomAccess {
  /** The room as the person sees it, by a strong read. Throws `Refusal("not_found")` where they may not. */
  see(user: string, room: string, verb: string): Promise<View>;
  /**
   * The same, perhaps from the cache: only for a plan that gives `asOf`, or where no other process writes. Its head may
   * be old.
   */
  known(user: string, room: string, verb: string): View | Promise<View>;
  /** Undefined instead of thrown. */
  find(user: string, room: string): Promise<View | undefined>;
}

export function createRoomAccess({ store, log }: { store: RoomsStore; log: Log }): RoomAccess {
  const cache = new Map<string, Map<string, View>>();

  log.onAppended(({ stream, events }) => {
    const kind = parseStream(stream);
    if (kind?.kind === "room" && events.some((event) => event.about === undefined)) cache.delete(kind.id);
  });

  async function find(user: string, room: string): Promise<View | undefined> {
    const view = await store.view(user, room);
    if (!view || (view.room.visibility !== "public" && !view.membership)) return undefined;
    return view;
  }

  async function see(user: string, room: string, verb: string): Promise<View> {
    const view = await find(user, room);
    if (!view) throw new Refusal("not_found", `Cannot ${verb}: there is no such room`);
    keep(user, room, view);
    return view;
  }

  function keep(user: string, room: string, view: View): void {
    const views = cache.get(room) ?? new Map<string, View>();
    cache.delete(room);
    cache.set(room, views.set(user, view));
    const [oldestView] = views.size > VIEWS_CACHED_MAX ? views.keys() : [];
    if (oldestView !== undefined) views.delete(oldestView);
    const [oldestRoom] = cache.size > ROOMS_CACHED_MAX ? cache.keys() : [];
    if (oldestRoom !== undefined) cache.delete(oldestRoom);
  }

  return { see, find, known: (user, room, verb) => cache.get(room)?.get(user) ?? see(user, room, verb) };
}
