import type { RoomSummary } from "../protocol/rooms.ts";
import type { User } from "../protocol/users.ts";

/** Whether I may rename, archive and so on: its creator while a member, owners, admins (lib/protocol/README.md §3). */
export function mayManage({ room, joined }: RoomSummary, me: User): boolean {
  if (room.visibility === "direct") return false;
  return me.role === "owner" || me.role === "admin" || (joined && room.createdBy === me.id);
}
