/** Signing in, and changing the password. */
import type { Log } from "../log/log.ts";
import type { Parsed } from "../../protocol/commands.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { Call, SignedInCall } from "../commands/handlers.ts";
import { userStream } from "../../protocol/streams.ts";
import type { User } from "../../protocol/users.ts";
import type { Account, UsersService } from "../users/service.ts";
import type { HashTurns } from "./hash_turns.ts";
import type { Passwords } from "./passwords.ts";
import type { Sessions } from "./sessions.ts";
import type { AuthStore, Stored } from "./store.ts";
import type { TryLimiter, Who } from "./try_limiter.ts";

const NOBODY = ""; // the id whose password is looked up for an unknown handle, so that the reads are the same

export interface SignIn {
  /** An unknown handle, a deactivated person and a wrong password get the same answer after the same work. */
  signIn(fields: Parsed<"auth.signIn">, call: Call | SignedInCall): Promise<User>;
  /** Ends all other sessions. Throws `Refusal`: forbidden for a wrong `current`, rate_limited. */
  changePassword(fields: Parsed<"auth.changePassword">, call: SignedInCall): Promise<void>;
}

export interface SignInDeps {
  log: Log;
  store: AuthStore;
  users: UsersService;
  passwords: Passwords;
  sessions: Sessions;
  tries: TryLimiter;
  turns: HashTurns;
  now: () => number;
}

export function createSignIn(deps: SignInDeps): SignIn {
  const { log, store, users, passwords, sessions, tries, turns, now } = deps;

  /** Runs one try when it is its address's turn; `fits` says whether the password was right. */
  function attempt(who: Who, fits: () => Promise<boolean>): Promise<boolean> {
    return turns.take(who, async () => {
      const takeBack = await tries.begin(who);
      const isRight = await fits();
      if (isRight) await takeBack();
      return isRight;
    });
  }

  /** Hashes again with today's costs while the password is at hand. It is best effort: the old hash works as well. */
  async function rehash({ user }: Account, password: string, was: Stored<{ phc: string }>): Promise<void> {
    const phc = await passwords.hash(password);
    await store.commit({ checks: [was.check], sets: [store.setPassword(user.id, phc)] }).catch(() => undefined);
  }

  return {
    async signIn({ handle: typed, password }, call) {
      const { address, agent, setSession } = call;
      const verb = "sign in";
      const who = { handle: typed.toLowerCase(), address, verb };
      await tries.assertLeft(who);
      let account: Account | undefined;
      const fits = await attempt(who, async () => { // a try that gets no turn costs no reading
        account = await users.accountByHandle(who.handle);
        const stored = await store.password(account?.user.id ?? NOBODY);
        const { fits, stale } = await passwords.verify(password, stored.value?.phc);
        if (!fits || !account || account.user.deactivatedAt !== undefined) return false;
        if (stale) await rehash(account, password, stored);
        return true;
      });
      if (!fits || !account) throw new Refusal("unauthenticated", `Cannot ${verb}: handle or password is wrong`);
      const token = await sessions.open({ id: account.user.id, signIns: account.signIns }, agent);
      await sessions.leave(call, verb);
      setSession(token);
      return account.user;
    },

    async changePassword({ current, password }, { user, session, address }) {
      const verb = "change password";
      const who = { handle: user.handle, address, verb };
      await tries.assertLeft(who);
      const stored = await store.password(user.id);
      const fits = await attempt(who, async () => (await passwords.verify(current, stored.value?.phc)).fits);
      if (!fits) throw new Refusal("forbidden", `Cannot ${verb}: current password is wrong`);
      const phc = await turns.take(who, () => passwords.hash(password));
      await log.append<void>([userStream(user.id)], async () => {
        const [{ check, value }, account, { deletes, events, kept }] = await Promise.all([
          store.password(user.id),
          users.account(user.id),
          sessions.others(user.id, session),
        ]);
        if (value?.phc !== stored.value?.phc) throw new Refusal("conflict", `Cannot ${verb}: it was changed meanwhile`);
        if (!account || !kept) throw new Refusal("unauthenticated", `Cannot ${verb}: your sign-in has ended`);
        // The count also ends a session that somebody begins with the old password meanwhile.
        const ended = users.endSignIns(account);
        const mine = store.sessionSets(kept.hash, { ...kept.session, signIns: ended.signIns }, now());
        return {
          checks: [check, ended.check],
          write: () => ({
            events,
            sets: [store.setPassword(user.id, phc), ended.set, ...mine],
            deletes,
            result: undefined,
          }),
        };
      });
    },
  };
}
