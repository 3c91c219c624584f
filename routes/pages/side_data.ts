/** Loads the sidebar of any page: my rooms in order, and the people of direct conversations. */
import { USERS_GET_MAX } from "../../lib/protocol/fields.ts";
import type { SignedInCall } from "../../lib/server/commands/handlers.ts";
import { inOrder, isCalling } from "../../lib/model/room_list.ts";
import type { RoomSummary } from "../../lib/protocol/rooms.ts";
import type { User } from "../../lib/protocol/users.ts";
import type { Services } from "../../lib/server/services.ts";
import type { ShellData } from "../../lib/ui/shell/shell_data.ts";
import { participants } from "../../lib/ui/shell/names.ts";

const ROOMS_MAX = 120; // by name; with what has something unread. The island loads the others once it is live
const DIRECTS_MAX = 50; // the last used
const DIRECT_MAX = 20; // conversations whose members the server looks up; the island asks for the others

/** What pages are loaded with: commands, and what the sidebar has of its own reader, which no command gives at once. */
export type PageServices = Pick<Services, "run" | "auth" | "rooms" | "feed">;

export interface SideData {
  /** My rooms by name, then direct conversations, the last used first: as the island's store has them. */
  rooms: RoomSummary[];
  /** How many of my rooms, direct conversations left out, are not among them. */
  moreRooms: number;
  /** By room. */
  members: Record<string, string[]>;
}

/** `listed`: my rooms, where they are being listed already. */
export async function loadSide(
  { rooms }: PageServices,
  { user }: SignedInCall,
  listed = rooms.listMine(user),
): Promise<SideData> {
  const mine = (await listed).toSorted(inOrder);
  const firstDirect = mine.findIndex(isDirect);
  const named = firstDirect < 0 ? mine : mine.slice(0, firstDirect);
  const direct = mine.slice(named.length);
  const shown = (all: RoomSummary[], max: number) => all.filter((summary, at) => at < max || isCalling(summary));
  const [first, last] = [shown(named, ROOMS_MAX), shown(direct, DIRECTS_MAX)];
  const members = await Promise.all(
    last.slice(0, DIRECT_MAX).map(async ({ room: { id } }) => [id, await rooms.listParticipants(id)] as const),
  );
  return {
    rooms: [...first, ...last],
    moreRooms: named.length - first.length,
    members: Object.fromEntries(members),
  };
}

const isDirect = ({ room }: RoomSummary) => room.visibility === "direct";

/** The people whom the sidebar names. */
export function peopleOfSide({ members }: SideData, me: string): string[] {
  return Object.values(members).flatMap((ids) => participants(ids, me));
}

/** The users with these ids, as many as one call gives; ids of nobody are left out. */
export async function loadUsers(
  { run }: Pick<Services, "run">,
  ids: Iterable<string>,
  call: SignedInCall,
): Promise<User[]> {
  const wanted = [...new Set(ids)].slice(0, USERS_GET_MAX);
  return (await run("users.get", { ids: wanted }, call)).users;
}

/** The data of a page beside rooms and feed. `title` is without the workspace's name; `listed` as in `loadSide`. */
export async function loadShell(
  services: PageServices,
  call: SignedInCall,
  { path, title, zone }: Pick<ShellData, "path" | "title" | "zone">,
  listed?: Promise<RoomSummary[]>,
): Promise<ShellData> {
  const me = call.user;
  const [{ workspace }, unseen, side] = await Promise.all([
    services.run("auth.me", {}, call),
    services.feed.unseen(me, "you"),
    loadSide(services, call, listed).then(async (side) => ({
      ...side,
      users: await loadUsers(services, [me.id, ...peopleOfSide(side, me.id)], call),
    })),
  ]);
  return { me, workspace, path, title: `${title} · ${workspace.name}`, zone, unseen, ...side };
}
