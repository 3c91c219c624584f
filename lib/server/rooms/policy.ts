/** Decides who may do what with a room (lib/protocol/README.md §3); `access.ts` has authorised seeing it before. */
import { Refusal } from "../../protocol/errors.ts";
import type { User } from "../../protocol/users.ts";
import type { View } from "./store.ts";

export function forbid(verb: string, reason: string): never {
  throw new Refusal("forbidden", `Cannot ${verb}: ${reason}`);
}

/** Direct conversations can't be joined, left, changed or archived. */
export function assertNotDirect({ room }: View, verb: string): void {
  if (room.visibility === "direct") forbid(verb, "it is a direct message");
}

export function assertNotArchived({ room }: View, verb: string): void {
  if (room.archivedAt !== undefined) forbid(verb, "room is archived");
}

export function assertMember(view: View, verb: string): void {
  if (!view.membership) forbid(verb, "you are not a member of the room");
}

export function mayWrite({ room, membership }: View): boolean {
  return membership !== undefined && room.archivedAt === undefined;
}

/** Throws where the person may not send to the room. */
export function assertWrites(view: View, verb: string): void {
  assertNotArchived(view, verb);
  assertMember(view, verb);
}

/** The creator while a member, owners and admins. Whoever sees a private room is a member. */
export function mayManage(user: User, view: View): boolean {
  if (user.role === "owner" || user.role === "admin") return true;
  return view.room.createdBy === user.id && view.membership !== undefined;
}

export function assertManages(user: User, view: View, verb: string): void {
  if (!mayManage(user, view)) forbid(verb, "only its creator, owners and admins may");
}
