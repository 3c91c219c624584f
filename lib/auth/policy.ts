/** Who may let people in (PROTOCOL.md §3, the commands of invites). */
import { Refusal } from "../protocol/errors.ts";
import type { User } from "../protocol/users.ts";

/** Owners and admins. */
export function assertInvites(user: User | undefined, verb: string): void {
  if (user?.role !== "owner" && user?.role !== "admin") {
    throw new Refusal("forbidden", `Cannot ${verb}: only owners and admins may`);
  }
}
