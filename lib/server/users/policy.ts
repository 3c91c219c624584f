/** Decides who may change whom (lib/protocol/README.md §3, the commands of users). The target must exist. */
import { Refusal } from "../../protocol/errors.ts";
import type { Role, User } from "../../protocol/users.ts";

export function isActive(user: User): boolean {
  return user.deactivatedAt === undefined;
}

export function isActiveOwner(user: User): boolean {
  return user.role === "owner" && isActive(user);
}

/** Owners and admins; what makes or touches an owner, only owners. */
export function assertManages(actor: User, target: User, verb: string, role?: Role): void {
  if (actor.role !== "owner" && actor.role !== "admin") {
    throw new Refusal("forbidden", `Cannot ${verb}: only owners and admins may`);
  }
  if (actor.role !== "owner" && (target.role === "owner" || role === "owner")) {
    throw new Refusal("forbidden", `Cannot ${verb}: only an owner may do that to an owner`);
  }
}

/** Without an owner nobody could make one. */
export function assertOwnerStays(other: User | undefined, verb: string): void {
  if (!other) throw new Refusal("conflict", `Cannot ${verb}: the last active owner stays`);
}
