/** Decides who may invite people (lib/protocol/README.md §3, the commands of invites). */
import { Refusal } from "../../protocol/errors.ts";
import type { User } from "../../protocol/users.ts";

/** Owners and admins, while they are here. */
export function mayInvite(user: User | undefined): boolean {
  return (user?.role === "owner" || user?.role === "admin") && user.deactivatedAt === undefined;
}

export function assertInvites(user: User | undefined, verb: string): void {
  if (!mayInvite(user)) {
    throw new Refusal("forbidden", `Cannot ${verb}: only owners and admins may`);
  }
}
