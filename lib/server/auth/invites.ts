/** Invites: links that let people in. The token is shown once and stored hashed. */
import type { KvSet } from "../kv/key.ts";
import { createIds } from "../kv/ids.ts";
import { INVITE_DAYS_MAX, INVITE_EXPIRES_MS, INVITE_USES_MAX } from "../../protocol/invites.ts";
import type { Output, Parsed } from "../../protocol/commands.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { SignedInCall } from "../commands/handlers.ts";
import type { User } from "../../protocol/users.ts";
import type { Account, UsersService } from "../users/service.ts";
import { assertInvites, mayInvite } from "./policy.ts";
import { hashToken, makeToken } from "./secrets.ts";
import type { AuthStore, Invite, Stored } from "./store.ts";

const DAY_MS = 86_400_000;
const INVITE_USES = 100; // people that a link lets in by default

/** The writes by which the commit of a sign-up counts an invite down. */
export interface InviteUse {
  /** The invite as it was read, and its maker, who may have lost the right to invite since. */
  checks: Deno.AtomicCheck[];
  sets: KvSet[];
  deletes: Deno.KvKey[];
}

export interface Invites {
  create(call: SignedInCall, fields: Parsed<"invites.create">): Promise<Output<"invites.create">>;
  list(user: User, page: Parsed<"invites.list">): Promise<Output<"invites.list">>;
  revoke(user: User, id: string): Promise<void>;
  /** The invite that a token opens. Throws `Refusal("gone")` for a token that can't be used, whatever the reason. */
  open(token: string): Promise<Invite>;
  /** Uses the invite once, in the commit of a sign-up. Throws like `open`. */
  use(token: string): Promise<InviteUse>;
}

export interface InvitesDeps {
  store: AuthStore;
  users: UsersService;
  now: () => number;
  random: (bytes: number) => Uint8Array;
}

export function createInvites({ store, users, now, random }: InvitesDeps): Invites {
  const newId = createIds(now, random);
  /** Its maker must be active and may invite now; deactivating the maker ended the invite for good. */
  const isUsable = (invite: Invite, maker: Account | undefined) =>
    invite.expiresAt > now() && invite.uses > 0 &&
    mayInvite(maker?.user) && maker?.deactivations === (invite.deactivations ?? 0);

  /** Throws unless this person may invite now: their role may have changed since their call began. */
  async function assertMay({ id }: User, verb: string): Promise<Account> {
    const account = await users.account(id);
    assertInvites(account?.user, verb);
    if (!account) throw new Refusal("unauthenticated", `Cannot ${verb}: your sign-in has ended`);
    return account;
  }

  /** The usable invites of a page; each maker is read once. */
  async function usableOf(page: Invite[]): Promise<Invite[]> {
    const accounts = await users.accounts([...new Set(page.map(({ by }) => by))]);
    const makers = new Map(accounts.map((account) => [account?.user.id, account]));
    return page.map(capped).filter((invite) => isUsable(invite, makers.get(invite.by)));
  }

  /** An invite that can be used, as it is stored now, and its maker. */
  async function usable({ value, check }: Stored<Invite>) {
    const invite = value && capped(value);
    const maker = invite && await users.account(invite.by);
    return invite && maker && isUsable(invite, maker) ? { invite, checks: [check, maker.check] } : undefined;
  }

  async function find(token: string) {
    const found = await usable(await store.inviteByHash(hashToken(token)));
    if (!found) throw new Refusal("gone", "Cannot join: invite can no longer be used");
    return found;
  }

  return {
    async create({ user, origin }, { expiresIn = INVITE_EXPIRES_MS, uses = INVITE_USES }) {
      const at = now();
      const token = makeToken(random);
      const { id, hash } = { id: newId(), hash: hashToken(token) };
      return await store.transact(async () => {
        const { check, deactivations } = await assertMay(user, "make invite");
        const invite = { id, by: user.id, at, expiresAt: at + expiresIn, uses, hash, deactivations };
        const result = { id, invite: token, url: `${origin}/join/${token}` };
        return { checks: [check], sets: store.inviteSets(invite, at), result };
      });
    },

    async list(user, { after = "", limit }) {
      await assertMay(user, "list invites");
      const found: Invite[] = [];
      for (let from = after; found.length <= limit;) {
        const page = await store.invites(from, limit + 1);
        found.push(...await usableOf(page));
        const last = page.at(-1);
        if (!last || page.length <= limit) break;
        from = last.id;
      }
      const invites = found.slice(0, limit).map(({ hash: _, deactivations: __, ...line }) => line);
      return { invites, more: found.length > limit };
    },

    async revoke(user, id) {
      const verb = "revoke invite";
      await assertMay(user, verb);
      await store.transact<void>(async () => {
        const stored = await store.invite(id);
        const found = await usable(stored);
        if (!found) throw new Refusal("not_found", `Cannot ${verb}: there is no such invite`);
        return { checks: [stored.check], deletes: store.inviteKeys(found.invite), result: undefined };
      });
    },

    open: async (token) => (await find(token)).invite,

    async use(token) {
      const { invite, checks } = await find(token);
      const uses = invite.uses - 1;
      return uses === 0
        ? { checks, sets: [], deletes: store.inviteKeys(invite) }
        : { checks, sets: store.inviteSets({ ...invite, uses }, now()), deletes: [] };
    },
  };
}

/** Applies today's bounds, because older invites may exceed them. */
function capped(invite: Invite): Invite {
  return {
    ...invite,
    expiresAt: Math.min(invite.expiresAt, invite.at + INVITE_DAYS_MAX * DAY_MS),
    uses: Math.min(invite.uses, INVITE_USES_MAX),
  };
}
