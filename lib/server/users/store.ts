/** Stores people: a document each, and the handles in use. */
import type { Database } from "../kv/database.ts";
import type { UserDocument } from "../kv/documents.ts";
import { type KvSet, setAt } from "../kv/key.ts";
import { keys } from "../kv/keys.ts";
import type { User } from "../../protocol/users.ts";

/** A person as stored, with what a commit needs to rely on it. */
export interface Account {
  user: User;
  /** How often all sign-ins of this person were ended. A session of an earlier count stays dead for ever. */
  signIns: number;
  /** How often this person was deactivated. A token of an earlier count stays dead for ever. */
  deactivations: number;
  check: Deno.AtomicCheck;
}

type Counts = Pick<Account, "signIns" | "deactivations">;

const PAGE = 500; // documents read at once

/** Filters people. */
export type Keep = (users: User[]) => Promise<User[]>;

export interface UsersStore {
  account(id: string): Promise<Account | undefined>;
  /** Accounts in the order of `ids`. */
  accounts(ids: string[]): Promise<(Account | undefined)[]>;
  /** The person who has a handle, or undefined, with the check that this stays so. */
  handle(handle: string): Promise<{ user: string | undefined; check: Deno.AtomicCheck }>;
  /** Who has which of these handles: handle → user id. */
  idsByHandle(handles: string[]): Promise<Map<string, string>>;
  /** People in the order of their ids, which is the order in which they came; with `keep` those whom it leaves. */
  list(after: string, limit: number, keep?: Keep): Promise<User[]>;
  /** The first person after `after` for whom `fits` says yes. */
  first(fits: (user: User) => boolean): Promise<Account | undefined>;
  absent(id: string): Deno.AtomicCheck;
  setUser(user: User, counts: Counts): KvSet;
  setHandle(handle: string, user: string): KvSet;
  handleKey(handle: string): Deno.KvKey;
}

export function createUsersStore(db: Database): UsersStore {
  const page = (after: string, limit: number) => {
    const prefix = keys.users();
    return db.list({ prefix, start: [...prefix, `${after}\0`] }, { limit });
  };

  return {
    async account(id) {
      return toAccount(await db.get(keys.user(id)));
    },
    async accounts(ids) {
      return (await db.getMany(ids.map((id) => keys.user(id)))).map(toAccount);
    },
    async handle(handle) {
      const entry = await db.get(keys.handle(handle));
      return { user: entry.value ?? undefined, check: { key: entry.key, versionstamp: entry.versionstamp } };
    },
    async idsByHandle(handles) {
      const entries = await db.getMany(handles.map((handle) => keys.handle(handle)));
      return new Map(handles.flatMap((handle, at) => {
        const user = entries[at]?.value;
        return user ? [[handle, user]] : [];
      }));
    },
    async list(after, limit, keep) {
      if (!keep) return (await page(after, limit)).map((entry) => toUser(entry.value));
      const kept: User[] = [];
      for (let last = after;;) {
        const users = (await page(last, PAGE)).map((entry) => toUser(entry.value));
        kept.push(...await keep(users));
        if (kept.length >= limit || users.length < PAGE) return kept.slice(0, limit);
        last = users.at(-1)?.id ?? "";
      }
    },
    async first(fits) {
      for (let after = "";;) {
        const entries = await page(after, PAGE);
        const found = entries.find((entry) => fits(toUser(entry.value)));
        if (found) return toAccount(found);
        const last = entries.at(-1);
        if (!last || entries.length < PAGE) return undefined;
        after = last.value.id;
      }
    },
    absent: (id) => ({ key: keys.user(id), versionstamp: null }),
    setUser: (user, { signIns, deactivations }) => setAt(keys.user(user.id), { ...user, signIns, deactivations }),
    setHandle: (handle, user) => setAt(keys.handle(handle), user),
    handleKey: (handle) => keys.handle(handle),
  };
}

function toAccount({ key, value, versionstamp }: Deno.KvEntryMaybe<UserDocument>): Account | undefined {
  if (!value) return undefined;
  const { signIns, deactivations = 0 } = value;
  return { user: toUser(value), signIns, deactivations, check: { key, versionstamp } };
}

function toUser({ signIns: _, deactivations: __, ...user }: UserDocument): User {
  return user;
}
