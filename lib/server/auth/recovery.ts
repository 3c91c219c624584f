/** Recovery links: an owner who lost the password gets one from whoever runs the server, and sets another by it. */
import { Refusal } from "../../protocol/errors.ts";
import { userStream } from "../../protocol/streams.ts";
import type { User } from "../../protocol/users.ts";
import type { Call, SignedInCall } from "../commands/handlers.ts";
import type { Log } from "../log/log.ts";
import type { Account, UsersService } from "../users/service.ts";
import type { HashTurns } from "./hash_turns.ts";
import type { Passwords } from "./passwords.ts";
import { hashToken, makeToken } from "./secrets.ts";
import type { Sessions } from "./sessions.ts";
import type { AuthStore } from "./store.ts";

export const RECOVERY_MS = 3_600_000;
const VERB = "set new password";

export interface Recovery {
  /**
   * Makes a recovery link's token for an active owner, good once and for an hour. Whoever calls it has the machine.
   * Throws `Refusal`: not_found, forbidden.
   */
  createRecovery(handle: string): Promise<{ token: string; expiresAt: number }>;
  /** Whose link it is. Throws `Refusal("gone")` for a token that can't be used, whatever the reason. */
  openRecovery(token: string): Promise<User>;
  /** Sets the password, ends every session of the owner, and signs them in. Throws like `openRecovery`. */
  recover(fields: { token: string; password: string }, call: Call | SignedInCall): Promise<void>;
}

export interface RecoveryDeps {
  log: Log;
  store: AuthStore;
  users: UsersService;
  passwords: Passwords;
  sessions: Sessions;
  turns: HashTurns;
  now: () => number;
  random: (bytes: number) => Uint8Array;
}

export function createRecovery(deps: RecoveryDeps): Recovery {
  const { log, store, users, passwords, sessions, turns, now, random } = deps;

  /** The link as stored, and its owner. A new password or the end of all sign-ins since it was made ended it too. */
  async function find(token: string) {
    const { value: link, check } = await store.recovery(hashToken(token));
    const account = link && await users.account(link.user);
    if (!link || link.expiresAt <= now() || !account || !isOwner(account) || account.signIns !== link.signIns) {
      throw new Refusal("gone", `Cannot ${VERB}: link can no longer be used`);
    }
    return { account, check };
  }

  return {
    createRecovery(handle) {
      const token = makeToken(random);
      const expiresAt = now() + RECOVERY_MS;
      return store.transact(async () => {
        const account = await users.accountByHandle(handle);
        if (!account) throw new Refusal("not_found", `Cannot make recovery link: nobody is called @${handle}`);
        if (!isOwner(account)) {
          throw new Refusal("forbidden", `Cannot make recovery link: @${handle} is no active owner`);
        }
        const link = { user: account.user.id, expiresAt, signIns: account.signIns };
        const sets = [store.setRecovery(hashToken(token), link, now())];
        return { checks: [account.check], sets, result: { token, expiresAt } };
      });
    },

    openRecovery: async (token) => (await find(token)).account.user,

    async recover({ token, password }, call) {
      const { account: { user } } = await find(token); // a link that is over costs no hashing
      const phc = await turns.take({ address: call.address, verb: VERB }, () => passwords.hash(password));
      const mine = await log.append<string>([userStream(user.id)], async () => {
        const [{ account, check }, { deletes, events }] = await Promise.all([
          find(token),
          sessions.others(user.id, ""),
        ]);
        const ended = users.endSignIns(account);
        const session = sessions.draft({ id: user.id, signIns: ended.signIns }, call.agent);
        return {
          checks: [check, ended.check],
          write: () => ({
            events,
            sets: [store.setPassword(user.id, phc), ended.set, ...session.sets],
            deletes: [check.key, ...deletes],
            result: session.token,
          }),
        };
      });
      call.setSession(mine);
      await sessions.leave(call, VERB);
    },
  };
}

function isOwner({ user }: Account): boolean {
  return user.role === "owner" && user.deactivatedAt === undefined;
}
