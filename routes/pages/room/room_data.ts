/** Loads what the room page shows, through commands, so that a page can never show more than the API would. */
import { Refusal } from "../../../lib/protocol/errors.ts";
import { ID_MAX, LIST_LIMIT_MAX } from "../../../lib/protocol/fields.ts";
import type { SignedInCall } from "../../../lib/server/commands/handlers.ts";
import { inOrder } from "../../../lib/model/room_list.ts";
import { openingPage } from "../../../lib/model/opening_page.ts";
import type { RoomSummary } from "../../../lib/protocol/rooms.ts";
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
export async function loadRoom(
  services: PageServices,
  { room, seq, zone, pane, after }: RoomWanted,
  call: SignedInCall,
): Promise<PageData> {
  const { run } = services;
  const me = call.user;
  if (room.length > ID_MAX) throw new Refusal("not_found", "Cannot get room: there is no such room");
  const mine = services.rooms.listMine(me);
  const [{ workspace }, side, { summary, page, members, more }] = await Promise.all([
    run("auth.me", {}, call),
    loadSide(services, call, mine),
    mine.then((all) => openRoom(services, { room, seq, after }, all, call)),
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
    me,
    workspace,
    room,
    rooms: side.rooms,
    moreRooms: side.moreRooms,
    unseen: side.unseen,
    page,
    ...(seq !== undefined && { landing: seq }),
    members: isWhole ? { ...side.members, [room]: members } : side.members,
    ...(!isWhole && { someMembers: members, moreMembers: more }),
    users: await loadUsers(services, ids, call),
    zone,
    pane,
  };
}

/** The room's summary, the page of its messages that is shown first, and its members. */
async function openRoom(
  { run }: Pick<PageServices, "run">,
  { room, seq, after }: Pick<RoomWanted, "room" | "seq" | "after">,
  mine: readonly RoomSummary[],
  call: SignedInCall,
) {
  const summary = mine.find((it) => it.room.id === room) ?? (await run("rooms.get", { room }, call)).line;
  const [page, inside] = await Promise.all([
    seq === undefined
      ? openingPage((body) => run("messages.list", body, call), room, summary)
      : run("messages.list", { room, around: seq }, call),
    run("rooms.members", { room, limit: MEMBERS_MAX, after }, call),
  ]);
  return { summary, page, ...inside };
}
