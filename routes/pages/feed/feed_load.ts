/** Loads what the feed's page shows, through commands, so that a page can never show more than the API would. */
import { toVisited } from "../../../lib/model/room_list.ts";
import { Refusal } from "../../../lib/protocol/errors.ts";
import type { FeedView } from "../../../lib/protocol/feed.ts";
import type { SignedInCall } from "../../../lib/server/commands/handlers.ts";
import type { FeedData, FeedPart, FeedTab } from "../../../lib/ui/feed/feed_data.ts";
import { loadSide, loadUsers, type PageServices, peopleOfSide } from "../side_data.ts";

const PAGE = 40; // entries
const UNSEEN_PAGE = 100; // where one catches up: as many as are counted

export interface FeedWanted {
  tab: FeedTab;
  /** The room that the tab "room" shows. */
  room: string | undefined;
  /** Older entries than these, by list. */
  before: Partial<Record<FeedView, string>>;
  zone: string;
  now: number;
}

/** Throws `Refusal("not_found")` where the room is not there for this person. */
export async function loadFeed(services: PageServices, wanted: FeedWanted, call: SignedInCall): Promise<FeedData> {
  const { tab, room, zone, now } = wanted;
  const [{ workspace }, unseen, shown] = await Promise.all([
    services.run("auth.me", {}, call),
    services.feed.unseen(call.user, "you"),
    loadShown(services, wanted, call),
  ]);
  return { me: call.user, workspace, unseen, ...shown, zone, now, tab, ...(room !== undefined && { room }) };
}

/** Rooms, entries and people. */
async function loadShown(services: PageServices, { tab, room, before }: FeedWanted, call: SignedInCall) {
  const { run } = services;
  const views: FeedView[] = tab === "room" ? ["you", "everything"] : [tab === "everything" ? "everything" : "you"];
  const limit = tab === "catch-up" ? UNSEEN_PAGE : PAGE;
  const [side, parts] = await Promise.all([
    loadSide(services, call),
    Promise.all(views.map(async (view): Promise<FeedPart> => {
      const page = await run("feed.list", { view, room, before: before[view], limit }, call);
      return { ...page, view, ...(before[view] !== undefined && { before: before[view] }) };
    })),
  ]);
  const known = new Set(side.rooms.map((summary) => summary.room.id));
  const named = [room, ...parts.flatMap((part) => part.entries.map((entry) => entry.room))];
  const others = [...new Set(named)].filter((id) => id !== undefined && !known.has(id)).map((id) => id ?? "");
  const found = await services.rooms.filterVisible(call.user.id, others);
  for (const one of found.values()) side.rooms.push(toVisited(one));
  const shown = side.rooms.find((summary) => summary.room.id === room);
  if (room !== undefined && (!shown || shown.room.visibility === "direct")) {
    throw new Refusal("not_found", "Cannot get room: there is no such room");
  }
  const people = parts.flatMap((part) => part.entries.map((entry) => entry.by));
  const users = await loadUsers(services, [call.user.id, ...people, ...peopleOfSide(side, call.user.id)], call);
  return { rooms: side.rooms, moreRooms: side.moreRooms, members: side.members, users, parts };
}
