/** Manages people: who exists, what they are called and what they may do. Each change is an event on the feed. */
import type { Database } from "../kv/database.ts";
import type { KvSet } from "../kv/key.ts";
import { createIds } from "../kv/ids.ts";
import type { Log, NewEvent } from "../log/log.ts";
import type { Output, Parsed } from "../../protocol/commands.ts";
import { Refusal } from "../../protocol/errors.ts";
import { FEED } from "../../protocol/streams.ts";
import type { Role, User } from "../../protocol/users.ts";
import { assertManages, assertOwnerStays, isActive, isActiveOwner } from "./policy.ts";
import { type Account, createUsersStore, type Keep } from "./store.ts";

export { matches } from "./matches.ts";
export type { Account } from "./store.ts";

/** A person who is being made: the checks, sets and events of the commit. */
export interface Draft {
  user: User;
  signIns: number;
  checks: Deno.AtomicCheck[];
  sets: KvSet[];
  events: NewEvent[];
}

export interface UsersService {
  /** The people among these who exist, once each, in the order of `ids`. */
  get(ids: string[]): Promise<User[]>;
  /** A page of all, or of those whom `keep` leaves of any who follow each other. */
  list(page: Pick<Parsed<"users.list">, "after" | "limit">, keep?: Keep): Promise<Output<"users.list">>;
  update(user: User, fields: Parsed<"users.update">): Promise<User>;
  setRole(actor: User, fields: Parsed<"users.setRole">): Promise<User>;
  deactivate(actor: User, user: string): Promise<User>;
  reactivate(actor: User, user: string): Promise<User>;
  /** A person as stored now, by a strong read. */
  account(id: string): Promise<Account | undefined>;
  /** Several, in the order asked for. */
  accounts(ids: string[]): Promise<(Account | undefined)[]>;
  accountByHandle(handle: string): Promise<Account | undefined>;
  /** Who has which of these handles: handle → user id. */
  idsByHandle(handles: string[]): Promise<Map<string, string>>;
  /** Drafts a person for a commit of `auth`. Throws `Refusal("conflict")` where the handle is taken. */
  draft(fields: { handle: string; name: string; role: Role }, verb: string): Promise<Draft>;
  /** What a commit checks and writes to end every sign-in of a person, and the count that later ones carry. */
  endSignIns(account: Account): { check: Deno.AtomicCheck; set: KvSet; signIns: number };
}

export interface UsersDeps {
  db: Database;
  log: Log;
  now: () => number;
  random: (bytes: number) => Uint8Array;
}

/** The person after a change; `also` is another person whom the change relies on. */
interface Change {
  user: User;
  type: "users.updated" | "users.deactivated";
  /** Ends every sign-in and token. */
  ends?: true;
  also?: Account | undefined;
}

export function createUsers({ db, log, now, random }: UsersDeps): UsersService {
  const store = createUsersStore(db);
  const newId = createIds(now, random);

  /** Changes another's document by what `change` decides on fresh reads; undefined changes nothing. */
  function manage(
    actor: User,
    id: string,
    verb: string,
    change: (target: Account, me: Account) => Promise<Change | undefined>,
    role?: Role,
  ): Promise<User> {
    return log.append<User>([FEED], async () => {
      const [me, target] = await store.accounts([actor.id, id]);
      if (!me || !isActive(me.user)) throw new Refusal("unauthenticated", `Cannot ${verb}: your sign-in has ended`);
      if (!target) throw new Refusal("not_found", `Cannot ${verb}: there is no such person`);
      assertManages(me.user, target.user, verb, role);
      const changed = await change(target, me);
      if (!changed) return { result: target.user };
      const { user, type, ends, also } = changed;
      const counts = ends ? { signIns: target.signIns + 1, deactivations: target.deactivations + 1 } : target;
      const relied = new Map([me, target, ...(also ? [also] : [])].map((one) => [one.user.id, one.check]));
      return {
        checks: [...relied.values()],
        write: () => ({
          events: [changeEvent(type, user, actor.id)],
          sets: [store.setUser(user, counts)],
          result: user,
        }),
      };
    });
  }

  /**
   * An active owner who is not `target`: the caller, if that is an owner. The commit checks this owner's document, so
   * that two owners who demote each other at once do not both succeed.
   */
  async function otherOwner(target: Account, me: Account, verb: string): Promise<Account | undefined> {
    const fits = (user: User) => isActiveOwner(user) && user.id !== target.user.id;
    const other = fits(me.user) ? me : await store.first(fits);
    assertOwnerStays(other?.user, verb);
    return other;
  }

  return {
    async get(ids) {
      const found = await store.accounts([...new Set(ids)]);
      return found.flatMap((account) => account ? [account.user] : []);
    },

    async list({ after = "", limit }, keep) {
      const users = await store.list(after, limit + 1, keep);
      return { users: users.slice(0, limit), more: users.length > limit };
    },

    update(actor, { name, handle, avatar }) {
      const verb = "update profile";
      return log.append<User>([FEED], async () => {
        const account = await store.account(actor.id);
        if (!account || !isActive(account.user)) {
          throw new Refusal("unauthenticated", `Cannot ${verb}: your sign-in has ended`);
        }
        const was = account.user;
        const user: User = { ...was, name: name ?? was.name, handle: handle ?? was.handle };
        if (avatar !== undefined) user.avatar = avatar;
        if (user.avatar === "") delete user.avatar;
        if (user.name === was.name && user.handle === was.handle && user.avatar === was.avatar) return { result: was };
        const renamed = user.handle !== was.handle;
        const free = renamed ? [await freeHandle(user.handle, verb)] : [];
        return {
          checks: [account.check, ...free],
          write: () => ({
            events: [changeEvent("users.updated", user, user.id)],
            sets: [store.setUser(user, account), ...(renamed ? [store.setHandle(user.handle, user.id)] : [])],
            deletes: renamed ? [store.handleKey(was.handle)] : [],
            result: user,
          }),
        };
      });
    },

    setRole(actor, { user: id, role }) {
      const verb = "set role";
      return manage(actor, id, verb, async (target, me) => {
        const was = target.user;
        if (was.role === role) return undefined;
        const also = isActiveOwner(was) ? await otherOwner(target, me, verb) : undefined;
        return { user: { ...was, role }, type: "users.updated", also };
      }, role);
    },

    deactivate(actor, id) {
      const verb = "deactivate person";
      return manage(actor, id, verb, async (target, me) => {
        const was = target.user;
        if (!isActive(was)) return undefined;
        const also = isActiveOwner(was) ? await otherOwner(target, me, verb) : undefined;
        const user = { ...was, deactivatedAt: now() };
        return { user, type: "users.deactivated", ends: true, also };
      });
    },

    reactivate(actor, id) {
      return manage(actor, id, "reactivate person", (target) => {
        const { deactivatedAt, ...user } = target.user;
        return Promise.resolve(deactivatedAt === undefined ? undefined : { user, type: "users.updated" });
      });
    },

    account: store.account,
    accounts: store.accounts,

    async accountByHandle(handle) {
      const { user } = await store.handle(handle);
      // An unknown handle costs the same reads, so that the time does not reveal who exists.
      return await store.account(user ?? "");
    },

    idsByHandle: store.idsByHandle,

    async draft({ handle, name, role }, verb) {
      const free = await freeHandle(handle, verb);
      const user: User = { id: newId(), handle, name, role };
      return {
        user,
        signIns: 0,
        checks: [free, store.absent(user.id)],
        sets: [store.setUser(user, { signIns: 0, deactivations: 0 }), store.setHandle(handle, user.id)],
        events: [changeEvent("users.updated", user, user.id)],
      };
    },

    endSignIns({ user, signIns, deactivations, check }) {
      return { check, set: store.setUser(user, { signIns: signIns + 1, deactivations }), signIns: signIns + 1 };
    },
  };

  async function freeHandle(handle: string, verb: string): Promise<Deno.AtomicCheck> {
    const { user, check } = await store.handle(handle);
    if (user === undefined) return check;
    throw new Refusal("conflict", `Cannot ${verb}: handle is taken`, {
      issues: [{ path: "handle", message: "is taken" }],
    });
  }
}

function changeEvent(type: Change["type"], user: User, by: string): NewEvent {
  return { stream: FEED, type, by, data: { user } };
}
