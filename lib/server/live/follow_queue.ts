/**
 * Finds the streams that clients ask to follow. Each costs reads of storage, and one frame may name hundreds that do
 * not exist: so a few of each person are found at a time, the others wait in their sessions, and nobody else waits for
 * them.
 */
import type { Cancel, Clock } from "./clock.ts";
import { type Budget, createBudget, ENDLESS } from "../limits/budget.ts";

const AT_ONCE = 16; // streams of one person
const BEGUN_MAX = 2_000; // streams of one person in a window; the others wait for the next one
const WINDOW_MS = 10_000;

/** What this needs of a session. */
export interface QueuedSession {
  readonly user: { readonly id: string };
  /** Follows the next stream that waits, and resolves when that is done; undefined where none waits. Never rejects. */
  followNext(): Promise<void> | undefined;
}

export interface FollowQueue {
  /** The session has streams that wait. */
  due(session: QueuedSession): void;
  close(): void;
}

interface Person {
  sessions: Set<QueuedSession>;
  running: number;
}

/** `limits: false` lets everybody begin as many as they like. */
export function createFollowQueue({ limits, clock }: { limits: boolean; clock: Clock }): FollowQueue {
  const people = new Map<string, Person>();
  const budget: Budget = limits ? createBudget(BEGUN_MAX, WINDOW_MS, clock.now) : ENDLESS;
  let later: Cancel | undefined;

  function goOn(id: string, person: Person): void {
    // A session that still has waiting streams goes behind the others.
    for (const session of person.sessions) {
      if (person.running >= AT_ONCE) return;
      if (!budget.spend(id, 1)) return wait();
      person.sessions.delete(session);
      const begun = session.followNext();
      if (!begun) continue;
      person.sessions.add(session);
      person.running++;
      begun.then(() => {
        person.running--;
        goOn(id, person);
      });
    }
    if (person.running === 0) people.delete(id);
  }

  function wait(): void {
    later ??= clock.after(budget.renewsIn(), () => {
      later = undefined;
      for (const [id, person] of [...people]) goOn(id, person);
    });
  }

  return {
    due(session) {
      const { id } = session.user;
      const person = people.get(id) ?? { sessions: new Set(), running: 0 };
      people.set(id, person);
      person.sessions.add(session);
      goOn(id, person);
    },
    close: () => later?.(),
  };
}
