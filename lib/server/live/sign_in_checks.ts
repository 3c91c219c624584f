/** Checks the sign-ins of open connections again, and closes those of one that has ended (lib/README.md). */
import type { User } from "../../protocol/users.ts";
import { type Clock, every } from "./clock.ts";
import type { Session } from "./session.ts";

const CHECK_MS = 4_000; // a sign-in is looked at this often; its end must close connections within 5 s
const CHECKED_AT_ONCE = 200;

export interface SignInChecksOptions {
  clock: Clock;
  /** Sessions by person. */
  sessions: ReadonlyMap<string, ReadonlySet<Session>>;
  /** The people of these sign-ins, by strong reads of their tokens' hashes; undefined for a sign-in that has ended. */
  signedIn(hashes: string[]): Promise<(User | undefined)[]>;
  failed(error: unknown): void;
}

export interface SignInChecks {
  /** Ends the sessions whose sign-in has ended; updates the name and role of the others. */
  review(some: Session[]): Promise<void>;
  close(): void;
}

export function createSignInChecks({ clock, sessions, signedIn, failed }: SignInChecksOptions): SignInChecks {
  async function review(some: Session[]): Promise<void> {
    const doubts = new Map(some.map((session) => [session, session.doubt()]));
    const byHash = Map.groupBy(some, (session) => session.hash);
    const hashes = [...byHash.keys()];
    for (let at = 0; at < hashes.length; at += CHECKED_AT_ONCE) {
      const page = hashes.slice(at, at + CHECKED_AT_ONCE);
      const users = await signedIn(page);
      for (const [i, hash] of page.entries()) {
        const user = users[i];
        for (const session of byHash.get(hash) ?? []) {
          if (user) session.renew(user, doubts.get(session) ?? 0);
          else session.bye("signed_out");
        }
      }
    }
  }

  let reviewing = false;
  const close = every(CHECK_MS, () => {
    if (reviewing) return;
    reviewing = true;
    const all = [...sessions.values()].flatMap((some) => [...some]);
    review(all).catch(failed).finally(() => reviewing = false);
  }, clock);

  return { review, close };
}
