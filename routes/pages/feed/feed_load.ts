/** Loads what the feed's page shows, all through commands, so that a page can never show more than the API would. */
import { Refusal } from "../../../lib/protocol/errors.ts";
import type { FeedView } from "../../../lib/protocol/feed.ts";
import type { SignedInCall } from "../../../lib/server/commands/handlers.ts";
import type { Services } from "../../../lib/server/services.ts";
import type { FeedData, FeedPart, FeedTab } from "../../../lib/ui/feed/feed_data.ts";
import { loadSide, loadUsers, peopleOfSide } from "../side_data.ts";

const PAGE = 40; // entries
const UNSEEN_PAGE = 100; // where one catches up: as many as are counted

export interface FeedWanted {
  tab: FeedTab;
  /** Of the tab "room". */
  room: string | undefined;
  /** Older entries than these, by list. */
  before: Partial<Record<FeedView, string>>;
  zone: string;
  now: number;
}

/** Throws `Refusal("not_found")` where the room is not there for this person. */
export async function loadFeed(
  services: Pick<Services, "run">,
  { tab, room, before, zone, now }: FeedWanted,
  call: SignedInCall,
): Promise<FeedData> {
  const { run } = services;
  const views: FeedView[] = tab === "room" ? ["you", "everything"] : [tab === "everything" ? "everything" : "you"];
  const limit = tab === "catch-up" ? UNSEEN_PAGE : PAGE;
  const [{ workspace }, side, parts] = await Promise.all([
    run("auth.me", {}, call),
    loadSide(services, call),
    Promise.all(views.map(async (view): Promise<FeedPart> => {
      const page = await run("feed.list", { view, room, before: before[view], limit }, call);
      return { ...page, view, ...(before[view] !== undefined && { before: before[view] }) };
    })),
  ]);
  if (room !== undefined && !side.rooms.some((summary) => summary.room.id === room)) {
    const { room: found } = await run("rooms.get", { room }, call);
    if (found.visibility === "direct") throw new Refusal("not_found", "Cannot get room: there is no such room");
    side.rooms.push({ room: found, joined: false, n: 0, unread: 0, mentions: 0, lastAt: 0, level: "nothing" });
  }
  const people = parts.flatMap((part) => part.entries.map((entry) => entry.by));
  const users = await loadUsers(services, [call.user.id, ...people, ...peopleOfSide(side, call.user.id)], call);
  return {
    me: call.user,
    workspace,
    rooms: side.rooms,
    members: side.members,
    unseen: side.unseen,
    users,
    zone,
    now,
    tab,
    ...(room !== undefined && { room }),
    parts,
  };
}
