/** Loads what the room page shows, through commands, so that a page can never show more than the API would. */
import type { Output } from "../../../lib/protocol/commands.ts";
import { Refusal } from "../../../lib/protocol/errors.ts";
import { ID_MAX, LIST_LIMIT_MAX } from "../../../lib/protocol/fields.ts";
import type { SignedInCall } from "../../../lib/server/commands/handlers.ts";
import { inOrder } from "../../../lib/model/room_list.ts";
import { openingPage } from "../../../lib/model/opening_page.ts";
import type { PageData } from "../../../lib/ui/room/page_data.ts";
import { loadSide, loadUsers, type PageServices, peopleOfSide } from "../side_data.ts";

const MEMBERS_MAX = LIST_LIMIT_MAX; // of a larger room the island asks for more; without script links lead to them
const STACK = 3; // members whom the header shows

export interface RoomWanted {
  room: string;
  /** The message that a permalink names. */
  seq?: number | undefined;
  zone: string;
  /** Whether the members pane is open. */
  pane: boolean;
  /** The member behind whom the pane begins. */
  after?: string | undefined;
}

/** Throws `Refusal("not_found")` where room or message is not there for this person. */
export async function loadRoom(services: PageServices, wanted: RoomWanted, call: SignedInCall): Promise<PageData> {
  const { room, seq, zone, pane } = wanted;
  if (room.length > ID_MAX) throw new Refusal("not_found", "Cannot get room: there is no such room");
  const [{ workspace }, unseen, shown] = await Promise.all([
    services.run("auth.me", {}, call),
    services.feed.unseen(call.user, "you"),
    loadShown(services, wanted, call),
  ]);
  return { me: call.user, workspace, room, unseen, ...shown, ...(seq !== undefined && { landing: seq }), zone, pane };
}

/** Rooms, messages, members and people. */
async function loadShown(services: PageServices, { room, seq, pane, after }: RoomWanted, call: SignedInCall) {
  const { run, rooms } = services;
  const me = call.user;
  const mine = rooms.listMine(me);
  const found = mine.then(async (all) =>
    all.find((it) => it.room.id === room) ?? (await run("rooms.get", { room }, call)).line
  );
  /** What is read at once with the room: where that is not there, this is what the page says. */
  async function beside<T>(reading: Promise<T>): Promise<T> {
    await Promise.allSettled([reading, found]);
    await found;
    return await reading;
  }
  const [side, summary, page, { members, more }] = await Promise.all([
    loadSide(services, call, mine),
    found,
    beside(openPage(services, { room, seq }, call)),
    beside(run("rooms.members", { room, limit: MEMBERS_MAX, after }, call)),
  ]);
  if (!side.rooms.some((it) => it.room.id === room)) {
    side.rooms = [...side.rooms, summary].sort(inOrder);
    if (summary.joined) side.moreRooms--;
  }
  if (seq !== undefined && !page.messages.some((it) => it.seq === seq)) {
    throw new Refusal("not_found", "Cannot get message: there is no such message");
  }
  const isWhole = !more && after === undefined;
  const ids = [
    me.id,
    ...page.messages.map((it) => it.by),
    ...peopleOfSide(side, me.id),
    ...members.slice(0, pane ? MEMBERS_MAX : STACK),
  ];
  return {
    rooms: side.rooms,
    moreRooms: side.moreRooms,
    page,
    members: isWhole ? { ...side.members, [room]: members } : side.members,
    ...(!isWhole && { someMembers: members, moreMembers: more }),
    users: await loadUsers(services, ids, call),
  };
}

/** The page of the room's messages that is shown first. */
async function openPage(
  { run, rooms }: PageServices,
  { room, seq }: Pick<RoomWanted, "room" | "seq">,
  call: SignedInCall,
): Promise<Output<"messages.list">> {
  if (seq !== undefined) return await run("messages.list", { room, around: seq }, call);
  return await openingPage((body) => run("messages.list", body, call), room, await rooms.unread(call.user.id, room));
}
