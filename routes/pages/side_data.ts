/** Loads the sidebar of any page: my rooms in order, and the people of direct conversations. */
import { USERS_GET_MAX } from "../../lib/protocol/fields.ts";
import type { SignedInCall } from "../../lib/server/commands/handlers.ts";
import { inOrder } from "../../lib/model/room_list.ts";
import type { RoomSummary } from "../../lib/protocol/rooms.ts";
import type { User } from "../../lib/protocol/users.ts";
import type { Services } from "../../lib/server/services.ts";
import type { ShellData } from "../../lib/ui/shell/shell_data.ts";
import { participants } from "../../lib/ui/shell/names.ts";

const PAGE = 100;
const PAGES_MAX = 20; // with rooms of others among them; past these only mine are listed, all of them
const DIRECT_MAX = 20; // conversations whose members the server looks up; the island asks for the others

export interface SideData {
  /** Rooms by name, then direct conversations, the last used first: as the island's store has them. */
  rooms: RoomSummary[];
  /** By room. */
  members: Record<string, string[]>;
  /** What is new in my feed. */
  unseen: number;
}

export async function loadSide({ run }: Pick<Services, "run">, call: SignedInCall): Promise<SideData> {
  const rooms: RoomSummary[] = [];
  for (let page = 0;; page++) {
    const joined = page >= PAGES_MAX || undefined;
    const list = await run("rooms.list", { limit: PAGE, after: rooms.at(-1)?.room.id, joined }, call);
    rooms.push(...list.rooms);
    if (!list.more || list.rooms.length === 0) break;
  }
  rooms.sort(inOrder);
  const direct = rooms.filter((summary) => summary.room.visibility === "direct").slice(0, DIRECT_MAX);
  const [{ unseen }, ...members] = await Promise.all([
    run("feed.list", { view: "you", limit: 1 }, call),
    ...direct.map(async ({ room }) => {
      const list = await run("rooms.members", { room: room.id, limit: PAGE }, call);
      return [room.id, list.members] as const;
    }),
  ]);
  return { rooms, members: Object.fromEntries(members), unseen };
}

/** The people whom the sidebar names. */
export function peopleOfSide({ members }: SideData, me: string): string[] {
  return Object.values(members).flatMap((ids) => participants(ids, me));
}

/** Those of `ids` who are there; as many as one call gives. */
export async function loadUsers(
  { run }: Pick<Services, "run">,
  ids: Iterable<string>,
  call: SignedInCall,
): Promise<User[]> {
  const wanted = [...new Set(ids)].slice(0, USERS_GET_MAX);
  return (await run("users.get", { ids: wanted }, call)).users;
}

/** The data of a page beside rooms and feed. `title` is without the workspace's name. */
export async function loadShell(
  services: Pick<Services, "run">,
  call: SignedInCall,
  { path, title, zone }: Pick<ShellData, "path" | "title" | "zone">,
): Promise<ShellData> {
  const [{ workspace }, side] = await Promise.all([services.run("auth.me", {}, call), loadSide(services, call)]);
  const users = await loadUsers(services, [call.user.id, ...peopleOfSide(side, call.user.id)], call);
  return { me: call.user, workspace, path, title: `${title} · ${workspace.name}`, zone, ...side, users };
}
