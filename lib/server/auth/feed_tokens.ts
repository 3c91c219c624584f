/** Feed tokens: one a person, for the addresses that a feed reader asks. It reads only what every member may see. */
import { Refusal } from "../../protocol/errors.ts";
import type { User } from "../../protocol/users.ts";
import type { UsersService } from "../users/service.ts";
import { hashToken, makeToken } from "./secrets.ts";
import type { AuthStore } from "./store.ts";

export interface FeedTokens {
  has(user: User): Promise<boolean>;
  rotate(user: User): Promise<string>;
  identify(token: string): Promise<User | undefined>;
}

export interface FeedTokensDeps {
  store: AuthStore;
  users: UsersService;
  random: (bytes: number) => Uint8Array;
}

export function createFeedTokens({ store, users, random }: FeedTokensDeps): FeedTokens {
  return {
    has: async ({ id }) => (await store.feedTokenHash(id)).value !== undefined,

    async rotate({ id: user }) {
      const token = makeToken(random);
      const hash = hashToken(token);
      return await store.transact(async () => {
        const [account, { value: before, check }] = await Promise.all([users.account(user), store.feedTokenHash(user)]);
        if (!account || account.user.deactivatedAt !== undefined) {
          throw new Refusal("unauthenticated", "Cannot make feed addresses: your sign-in has ended");
        }
        return {
          checks: [check, account.check],
          sets: store.feedTokenSets(hash, { user, deactivations: account.deactivations }),
          deletes: before === undefined ? [] : [store.feedTokenKey(before)],
          result: token,
        };
      });
    },

    async identify(text) {
      const { value: token } = await store.feedToken(hashToken(text));
      const account = token && await users.account(token.user);
      if (!account || account.user.deactivatedAt !== undefined) return undefined;
      return account.deactivations === token.deactivations ? account.user : undefined;
    },
  };
}
