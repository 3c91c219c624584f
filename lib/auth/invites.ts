/** Invites: links that let people in. The token is shown once and stored hashed. */
import type { Database } from "../kv/database.ts";
import { createIds } from "../kv/ids.ts";
import { transact } from "../kv/transact.ts";
import { INVITE_EXPIRES_MS } from "../protocol/auth.ts";
import type { Output, Parsed } from "../protocol/commands.ts";
import { Refusal } from "../protocol/errors.ts";
import type { SignedInCall } from "../protocol/handlers.ts";
import type { User } from "../protocol/users.ts";
import type { UsersService } from "../users/service.ts";
import { assertInvites } from "./policy.ts";
import { hashToken, makeToken } from "./secrets.ts";
import type { AuthStore, Invite } from "./store.ts";

const INVITE_USES = 100; // people that a link lets in when nobody says how many

/** What the commit of a sign-up checks, writes and deletes to count an invite down. */
export interface InviteUse {
  check: Deno.AtomicCheck;
  sets: { key: Deno.KvKey; value: unknown; expireIn?: number }[];
  deletes: Deno.KvKey[];
}

export interface Invites {
  create(call: SignedInCall, fields: Parsed<"invites.create">): Promise<Output<"invites.create">>;
  list(user: User, page: Parsed<"invites.list">): Promise<Output<"invites.list">>;
  revoke(user: User, id: string): Promise<void>;
  /** The invite that a token opens. Throws `Refusal("gone")` for a token that can't be used, whatever the reason. */
  open(token: string): Promise<Invite>;
  /** One use of it, for the commit of a sign-up. Throws like `open`. */
  use(token: string): Promise<InviteUse>;
}

export interface InvitesDeps {
  db: Database;
  store: AuthStore;
  users: UsersService;
  now: () => number;
  random: (bytes: number) => Uint8Array;
}

export function createInvites({ db, store, users, now, random }: InvitesDeps): Invites {
  const newId = createIds(now, random);
  const isUsable = (invite: Invite) => invite.expiresAt > now() && invite.uses > 0;
  /** Roles as they are now: a person's role may have changed since their connection was opened. */
  const assertMay = async (user: User, verb: string) => assertInvites((await users.account(user.id))?.user, verb);

  async function find(token: string) {
    const { value: invite, check } = await store.inviteByHash(hashToken(token));
    if (!invite || !isUsable(invite)) throw new Refusal("gone", "Cannot join: invite can no longer be used");
    return { invite, check };
  }

  return {
    async create({ user, origin }, { expiresIn = INVITE_EXPIRES_MS, uses = INVITE_USES }) {
      await assertMay(user, "make invite");
      const at = now();
      const token = makeToken(random);
      const invite = { id: newId(), by: user.id, at, expiresAt: at + expiresIn, uses, hash: hashToken(token) };
      await db.commit({ sets: store.inviteSets(invite, at) });
      return { id: invite.id, invite: token, url: `${origin}/join/${token}` };
    },

    async list(user, { after = "", limit }) {
      await assertMay(user, "list invites");
      const usable: Invite[] = [];
      for (let from = after; usable.length <= limit;) {
        const page = await store.invites(from, limit + 1);
        usable.push(...page.filter(isUsable));
        const last = page.at(-1);
        if (!last || page.length <= limit) break;
        from = last.id;
      }
      const invites = usable.slice(0, limit).map(({ id, by, at, expiresAt, uses }) => ({
        id,
        by,
        at,
        expiresAt,
        uses,
      }));
      return { invites, more: usable.length > limit };
    },

    async revoke(user, id) {
      const verb = "revoke invite";
      await assertMay(user, verb);
      await transact<void>(db, async () => {
        const { value: invite, check } = await store.invite(id);
        if (!invite || !isUsable(invite)) throw new Refusal("not_found", `Cannot ${verb}: there is no such invite`);
        return { checks: [check], deletes: store.inviteKeys(invite), result: undefined };
      });
    },

    open: async (token) => (await find(token)).invite,

    async use(token) {
      const { invite, check } = await find(token);
      const uses = invite.uses - 1;
      return uses === 0
        ? { check, sets: [], deletes: store.inviteKeys(invite) }
        : { check, sets: store.inviteSets({ ...invite, uses }, now()), deletes: [] };
    },
  };
}
