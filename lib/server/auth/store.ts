/** Stores sign-in: the workspace, password hashes, sessions, invites and tokens. */
import type { Database } from "../kv/database.ts";
import type { FeedToken, Invite, RecoveryLink, Session, Token, Workspace } from "../kv/documents.ts";
import { type KvSet, setAt } from "../kv/key.ts";
import { keys } from "../kv/keys.ts";
import { type Planned, transact } from "../kv/transact.ts";

export interface Stored<T> {
  value: T | undefined;
  check: Deno.AtomicCheck;
}

export interface AuthStore {
  /** See `Database.commit`. */
  commit: Database["commit"];
  /** See `transact`. */
  transact<T>(plan: () => Promise<Planned<T>>): Promise<T>;
  workspace(): Promise<Stored<Workspace>>;
  setup(): Promise<Stored<{ token: string }>>;
  password(user: string): Promise<Stored<{ phc: string }>>;
  recovery(hash: string): Promise<Stored<RecoveryLink>>;
  session(hash: string): Promise<Stored<Session>>;
  /** The hashes of a person's sessions, oldest first. */
  sessionHashes(user: string, limit: number): Promise<{ id: string; hash: string }[]>;
  sessionHash(user: string, id: string): Promise<Stored<string>>;
  sessions(hashes: string[]): Promise<(Session | undefined)[]>;
  invite(id: string): Promise<Stored<Invite>>;
  inviteByHash(hash: string): Promise<Stored<Invite>>;
  /** Invites in the order in which they were made, usable or not. */
  invites(after: string, limit: number): Promise<Invite[]>;
  token(hash: string): Promise<Stored<Token>>;
  tokenHash(user: string, id: string): Promise<Stored<string>>;
  /** A person's tokens in the order in which they were made, dead ones too. */
  tokens(user: string, after: string, limit: number): Promise<{ id: string; hash: string; token: Token | undefined }[]>;
  feedToken(hash: string): Promise<Stored<FeedToken>>;
  /** The hash of a person's feed token. */
  feedTokenHash(user: string): Promise<Stored<string>>;
  setWorkspace(workspace: Workspace): KvSet;
  setSetup(token: string): KvSet;
  setPassword(user: string, phc: string): KvSet;
  setRecovery(hash: string, link: RecoveryLink, now: number): KvSet;
  sessionSets(hash: string, session: Session, now: number): KvSet[];
  inviteSets(invite: Invite, now: number): KvSet[];
  tokenSets(hash: string, token: Token, now: number): KvSet[];
  feedTokenSets(hash: string, token: FeedToken): KvSet[];
  setupKey(): Deno.KvKey;
  sessionKeys(hash: string, user: string, id: string): Deno.KvKey[];
  inviteKeys(invite: Invite): Deno.KvKey[];
  tokenKeys(hash: string, user: string, id: string): Deno.KvKey[];
  feedTokenKey(hash: string): Deno.KvKey;
}

export function createAuthStore(db: Database): AuthStore {
  const get = async <K extends Deno.KvKey>(key: K) => toStored(await db.get(key));

  return {
    commit: (write) => db.commit(write),
    transact: (plan) => transact(db, plan),
    workspace: () => get(keys.workspace()),
    setup: () => get(keys.setup()),
    password: (user) => get(keys.password(user)),
    recovery: (hash) => get(keys.recovery(hash)),
    session: (hash) => get(keys.session(hash)),
    async sessionHashes(user, limit) {
      const entries = await db.list({ prefix: keys.userSessions(user) }, { limit });
      return entries.map((entry) => ({ id: String(entry.key.at(-1)), hash: entry.value }));
    },
    sessionHash: (user, id) => get(keys.userSession(user, id)),
    async sessions(hashes) {
      const entries = await db.getMany(hashes.map((hash) => keys.session(hash)));
      return entries.map((entry) => entry.value ?? undefined);
    },
    invite: (id) => get(keys.invite(id)),
    async inviteByHash(hash) {
      const { value: id, check } = await get(keys.inviteToken(hash));
      return id === undefined ? { value: undefined, check } : await get(keys.invite(id));
    },
    async invites(after, limit) {
      const prefix = keys.invites();
      const entries = await db.list({ prefix, start: [...prefix, `${after}\0`] }, { limit });
      return entries.map((entry) => entry.value);
    },
    token: (hash) => get(keys.token(hash)),
    tokenHash: (user, id) => get(keys.userToken(user, id)),
    async tokens(user, after, limit) {
      const prefix = keys.userTokens(user);
      const entries = await db.list({ prefix, start: [...prefix, `${after}\0`] }, { limit });
      const tokens = await db.getMany(entries.map((entry) => keys.token(entry.value)));
      return entries.map(({ key, value: hash }, index) => ({
        id: String(key.at(-1)),
        hash,
        token: tokens[index]?.value ?? undefined,
      }));
    },
    feedToken: (hash) => get(keys.feedToken(hash)),
    feedTokenHash: (user) => get(keys.userFeedToken(user)),
    setWorkspace: (workspace) => setAt(keys.workspace(), workspace),
    setSetup: (token) => setAt(keys.setup(), { token }),
    setPassword: (user, phc) => setAt(keys.password(user), { phc }),
    setRecovery: (hash, link, now) => setAt(keys.recovery(hash), link, { expireIn: Math.max(1, link.expiresAt - now) }),
    // `expireIn` only sweeps, up to a minute late; the time in the value rules (lib/server/log/README.md).
    sessionSets(hash, session, now) {
      const expireIn = Math.max(1, session.expiresAt - now);
      return [
        setAt(keys.session(hash), session, { expireIn }),
        setAt(keys.userSession(session.user, session.id), hash, { expireIn }),
      ];
    },
    inviteSets(invite, now) {
      const expireIn = Math.max(1, invite.expiresAt - now);
      return [
        setAt(keys.invite(invite.id), invite, { expireIn }),
        setAt(keys.inviteToken(invite.hash), invite.id, { expireIn }),
      ];
    },
    tokenSets(hash, token, now) {
      const swept = token.expiresAt === undefined ? undefined : { expireIn: Math.max(1, token.expiresAt - now) };
      return [
        setAt(keys.token(hash), token, swept),
        setAt(keys.userToken(token.user, token.id), hash, swept),
      ];
    },
    feedTokenSets: (hash, token) => [
      setAt(keys.feedToken(hash), token),
      setAt(keys.userFeedToken(token.user), hash),
    ],
    setupKey: () => keys.setup(),
    sessionKeys: (hash, user, id) => [keys.session(hash), keys.userSession(user, id)],
    inviteKeys: ({ id, hash }) => [keys.invite(id), keys.inviteToken(hash)],
    tokenKeys: (hash, user, id) => [keys.token(hash), keys.userToken(user, id)],
    feedTokenKey: (hash) => keys.feedToken(hash),
  };
}

function toStored<T>({ key, value, versionstamp }: Deno.KvEntryMaybe<T>): Stored<T> {
  return { value: value ?? undefined, check: { key, versionstamp } };
}

export type { FeedToken, Invite, Session, Token, Workspace } from "../kv/documents.ts";
