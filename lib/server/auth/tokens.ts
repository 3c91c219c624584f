/** Personal access tokens: what bots and tools have instead of a cookie. Shown once and stored hashed. */
import { createIds } from "../kv/ids.ts";
import type { TokenLine } from "../../protocol/auth.ts";
import type { Output, Parsed } from "../../protocol/commands.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { User } from "../../protocol/users.ts";
import type { Account, UsersService } from "../users/service.ts";
import { hashToken, makeToken } from "./secrets.ts";
import type { SignedIn } from "./sessions.ts";
import type { AuthStore, Token } from "./store.ts";

const USED_MS = 5 * 60_000; // `lastUsedAt` is written at most so often
const TOKENS_MAX = 100; // usable ones of one person
const PAGE = 100; // read at once

export interface Tokens {
  identify(token: string): Promise<SignedIn | undefined>;
  identifyHash(hash: string): Promise<SignedIn | undefined>;
  create(user: User, fields: Parsed<"tokens.create">): Promise<Output<"tokens.create">>;
  list(user: User, page: Parsed<"tokens.list">): Promise<Output<"tokens.list">>;
  revoke(user: User, id: string): Promise<void>;
}

export interface TokensDeps {
  store: AuthStore;
  users: UsersService;
  now: () => number;
  random: (bytes: number) => Uint8Array;
}

export function createTokens({ store, users, now, random }: TokensDeps): Tokens {
  const newId = createIds(now, random);

  /** Passwords come and go, tokens stay: only deactivating their person ends them all. */
  const isUsable = (token: Token, account: Account | undefined) =>
    account !== undefined && account.user.deactivatedAt === undefined &&
    token.deactivations === account.deactivations && (token.expiresAt === undefined || token.expiresAt > now());

  async function find(hash: string) {
    const { value: token, check } = await store.token(hash);
    const account = token && await users.account(token.user);
    if (!token || !account || !isUsable(token, account)) return undefined;
    const { id: session, expiresAt } = token;
    const signedIn: SignedIn = { user: account.user, session, hash, expiresAt, byToken: true };
    return { token, check, signedIn };
  }

  /** If that can't be written (a full disk), the token works nevertheless. */
  async function touch(hash: string, token: Token, check: Deno.AtomicCheck): Promise<void> {
    const at = now();
    if (token.lastUsedAt !== undefined && Math.abs(at - token.lastUsedAt) < USED_MS) return;
    const used = store.tokenSets(hash, { ...token, lastUsedAt: at }, at);
    await store.commit({ checks: [check], sets: used }).catch(() => undefined);
  }

  /** Reads all tokens of a person, page by page; there are few. */
  async function* mine(user: string, after = "") {
    for (let from = after;;) {
      const lines = await store.tokens(user, from, PAGE);
      yield* lines;
      const last = lines.at(-1);
      if (!last || lines.length < PAGE) return;
      from = last.id;
    }
  }

  return {
    async identify(text) {
      const hash = hashToken(text);
      const found = await find(hash);
      if (!found) return undefined;
      await touch(hash, found.token, found.check);
      return found.signedIn;
    },

    identifyHash: async (hash) => (await find(hash))?.signedIn,

    async create({ id: user }, { name, expiresIn }) {
      const verb = "make token";
      const token = makeToken(random);
      const hash = hashToken(token);
      return await store.transact(async () => {
        const account = await users.account(user);
        if (!account || account.user.deactivatedAt !== undefined) {
          throw new Refusal("unauthenticated", `Cannot ${verb}: your sign-in has ended`);
        }
        const deletes: Deno.KvKey[] = [];
        let usable = 0;
        for await (const old of mine(user)) {
          if (old.token && isUsable(old.token, account)) usable++;
          else deletes.push(...store.tokenKeys(old.hash, user, old.id));
        }
        if (usable >= TOKENS_MAX) {
          throw new Refusal("conflict", `Cannot ${verb}: you have ${TOKENS_MAX}, revoke one first`);
        }
        const at = now();
        const { deactivations, check } = account;
        const expires = expiresIn === undefined ? {} : { expiresAt: at + expiresIn };
        const made: Token = { id: newId(), user, name, at, deactivations, ...expires };
        return {
          checks: [check],
          sets: store.tokenSets(hash, made, at),
          deletes,
          result: { id: made.id, token },
        };
      });
    },

    async list({ id: user }, { after, limit }) {
      const account = await users.account(user);
      const tokens: TokenLine[] = [];
      for await (const { token } of mine(user, after)) {
        if (!token || !isUsable(token, account)) continue;
        if (tokens.length === limit) return { tokens, more: true };
        const { user: _, deactivations: __, ...line } = token;
        tokens.push(line);
      }
      return { tokens, more: false };
    },

    revoke({ id: user }, id) {
      const verb = "revoke token";
      return store.transact<void>(async () => {
        const { value: hash, check } = await store.tokenHash(user, id);
        if (hash === undefined || !await find(hash)) {
          throw new Refusal("not_found", `Cannot ${verb}: there is no such token`);
        }
        return { checks: [check], deletes: store.tokenKeys(hash, user, id), result: undefined };
      });
    },
  };
}
