/** Bounds how many rooms and conversations one person may make, because each is listed for others for good. */
import type { KvSet } from "../kv/key.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { User } from "../../protocol/users.ts";
import type { RoomsStore } from "./store.ts";

export const MADE_MAX = 1_000; // by a member
export const MADE_BY_ADMINS_MAX = 10_000; // by an owner or an admin

export interface Made {
  checks: Deno.AtomicCheck[];
  sets: KvSet[];
}

/** Counts one more room of a person, in the commit that makes it. Throws `Refusal("forbidden")` for one too many. */
export type CountMade = (user: User, verb: string) => Promise<Made>;

/** `limits: false` counts nothing. */
export function createCountMade({ limits, store }: { limits: boolean; store: RoomsStore }): CountMade {
  if (!limits) return () => Promise.resolve({ checks: [], sets: [] });
  return async (user, verb) => {
    const { count, check } = await store.made(user.id);
    const max = user.role === "owner" || user.role === "admin" ? MADE_BY_ADMINS_MAX : MADE_MAX;
    if (count >= max) throw new Refusal("forbidden", `Cannot ${verb}: you have made ${max} rooms, which is the most`);
    return { checks: [check], sets: [store.setMade(user.id, count + 1)] };
  };
}
