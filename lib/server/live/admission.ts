/** Admits connections: a person may have so many at a time, and open so many in a window. */
import type { Clock } from "./clock.ts";
import { type Budget, createBudget, ENDLESS } from "../limits/budget.ts";
import { Refusal } from "../../protocol/errors.ts";

export const CONNECTIONS_MAX = 200; // of one person in one process
const OPENED_MAX = 2 * CONNECTIONS_MAX; // of one person in a window: each reads all their rooms
const WINDOW_MS = 10_000;
const RETRY_MS = 5_000;

/** What this needs of the hub: how many connections a person has, and a count of those without a session. */
interface Counts {
  sessionsOf(user: string): number;
  outlived(user: string): void;
  closed(user: string): void;
}

export interface Admission {
  /**
   * Counts a connection of a person. Returns the function that takes it off the count: call it once its session is
   * known, or once it fails; further calls do nothing. Throws `Refusal("rate_limited")` if there are too many.
   */
  admit(user: string, verb: string): () => void;
}

/** `limits: false` lets everybody in. */
export function createAdmission(
  { limits, clock, counts }: { limits: boolean; clock: Clock; counts: Counts },
): Admission {
  const opened: Budget = limits ? createBudget(OPENED_MAX, WINDOW_MS, clock.now) : ENDLESS;
  return {
    admit(user, verb) {
      if (limits && counts.sessionsOf(user) >= CONNECTIONS_MAX) {
        const reason = `${CONNECTIONS_MAX} connections are open`;
        throw new Refusal("rate_limited", `Cannot ${verb}: ${reason}`, { retryAfter: RETRY_MS });
      }
      if (!opened.spend(user, 1)) {
        const retryAfter = opened.renewsIn();
        throw new Refusal("rate_limited", `Cannot ${verb}: too many connections were opened`, { retryAfter });
      }
      counts.outlived(user);
      let isThere = true;
      return () => {
        if (isThere) counts.closed(user);
        isThere = false;
      };
    },
  };
}

/** Counts the connections of people: those with a session, those without one yet, and those that outlive theirs. */
export function createCounts(sessions: ReadonlyMap<string, ReadonlySet<unknown>>): Counts {
  const without = new Map<string, number>();
  return {
    sessionsOf: (user) => (sessions.get(user)?.size ?? 0) + (without.get(user) ?? 0),
    outlived: (user) => void without.set(user, (without.get(user) ?? 0) + 1),
    closed(user) {
      const left = (without.get(user) ?? 1) - 1;
      if (left > 0) without.set(user, left);
      else without.delete(user);
    },
  };
}
