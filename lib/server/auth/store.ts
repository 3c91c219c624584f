/** Where sign-in is kept: the workspace, password hashes, sessions, invites and tokens. */
import type { Database } from "../kv/database.ts";
import { keys } from "../kv/keys.ts";

export interface Workspace {
  name: string;
  /** The id of the room that everybody starts in. */
  lobby: string;
  createdAt: number;
}

export interface Session {
  id: string;
  user: string;
  at: number;
  seenAt: number;
  agent: string;
  expiresAt: number;
  /** The person's count of ended sign-ins when it began: another count, and it is dead. */
  signIns: number;
}

export interface Invite {
  id: string;
  by: string;
  at: number;
  expiresAt: number;
  /** How many may still come by it. */
  uses: number;
  /** The SHA-256 of its token. */
  hash: string;
  /** How often `by` had been deactivated when it was made: another count, and it is dead. Earlier ones have none. */
  deactivations?: number;
}

/** A personal access token. */
export interface Token {
  id: string;
  user: string;
  name: string;
  at: number;
  lastUsedAt?: number;
  /** Undefined: never. */
  expiresAt?: number | undefined;
  /** How often the person had been deactivated when it was made: another count, and it is dead. */
  deactivations: number;
}

/** A token that reads the feed and nothing else. */
export interface FeedToken {
  user: string;
  deactivations: number;
}

export interface Stored<T> {
  value: T | undefined;
  check: Deno.AtomicCheck;
}

interface Set {
  key: Deno.KvKey;
  value: unknown;
  expireIn?: number;
}

export interface AuthStore {
  workspace(): Promise<Stored<Workspace>>;
  setup(): Promise<Stored<{ token: string }>>;
  password(user: string): Promise<Stored<{ phc: string }>>;
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
  setWorkspace(workspace: Workspace): Set;
  setSetup(token: string): Set;
  setPassword(user: string, phc: string): Set;
  sessionSets(hash: string, session: Session, now: number): Set[];
  inviteSets(invite: Invite, now: number): Set[];
  tokenSets(hash: string, token: Token, now: number): Set[];
  feedTokenSets(hash: string, token: FeedToken): Set[];
  setupKey(): Deno.KvKey;
  sessionKeys(hash: string, user: string, id: string): Deno.KvKey[];
  inviteKeys(invite: Invite): Deno.KvKey[];
  tokenKeys(hash: string, user: string, id: string): Deno.KvKey[];
  feedTokenKey(hash: string): Deno.KvKey;
}

export function createAuthStore(db: Database): AuthStore {
  const get = async <T>(key: Deno.KvKey): Promise<Stored<T>> => toStored(await db.get<T>(key));

  return {
    workspace: () => get(keys.workspace()),
    setup: () => get(keys.setup()),
    password: (user) => get(keys.password(user)),
    session: (hash) => get(keys.session(hash)),
    async sessionHashes(user, limit) {
      const entries = await db.list<string>({ prefix: keys.userSessions(user) }, { limit });
      return entries.map((entry) => ({ id: String(entry.key.at(-1)), hash: entry.value }));
    },
    sessionHash: (user, id) => get(keys.userSession(user, id)),
    async sessions(hashes) {
      const entries = await db.getMany<Session>(hashes.map((hash) => keys.session(hash)));
      return entries.map((entry) => entry.value ?? undefined);
    },
    invite: (id) => get(keys.invite(id)),
    async inviteByHash(hash) {
      const { value: id, check } = await get<string>(keys.inviteToken(hash));
      return id === undefined ? { value: undefined, check } : await get(keys.invite(id));
    },
    async invites(after, limit) {
      const prefix = keys.invites();
      const entries = await db.list<Invite>({ prefix, start: [...prefix, `${after}\0`] }, { limit });
      return entries.map((entry) => entry.value);
    },
    token: (hash) => get(keys.token(hash)),
    tokenHash: (user, id) => get(keys.userToken(user, id)),
    async tokens(user, after, limit) {
      const prefix = keys.userTokens(user);
      const entries = await db.list<string>({ prefix, start: [...prefix, `${after}\0`] }, { limit });
      const tokens = await db.getMany<Token>(entries.map((entry) => keys.token(entry.value)));
      return entries.map(({ key, value: hash }, index) => ({
        id: String(key.at(-1)),
        hash,
        token: tokens[index]?.value ?? undefined,
      }));
    },
    feedToken: (hash) => get(keys.feedToken(hash)),
    feedTokenHash: (user) => get(keys.userFeedToken(user)),
    setWorkspace: (workspace) => ({ key: keys.workspace(), value: workspace }),
    setSetup: (token) => ({ key: keys.setup(), value: { token } }),
    setPassword: (user, phc) => ({ key: keys.password(user), value: { phc } }),
    // `expireIn` only sweeps, up to a minute late; the time in the value rules (PLATFORM.md).
    sessionSets(hash, session, now) {
      const expireIn = Math.max(1, session.expiresAt - now);
      return [
        { key: keys.session(hash), value: session, expireIn },
        { key: keys.userSession(session.user, session.id), value: hash, expireIn },
      ];
    },
    inviteSets(invite, now) {
      const expireIn = Math.max(1, invite.expiresAt - now);
      return [
        { key: keys.invite(invite.id), value: invite, expireIn },
        { key: keys.inviteToken(invite.hash), value: invite.id, expireIn },
      ];
    },
    tokenSets(hash, token, now) {
      const swept = token.expiresAt === undefined ? {} : { expireIn: Math.max(1, token.expiresAt - now) };
      return [
        { key: keys.token(hash), value: token, ...swept },
        { key: keys.userToken(token.user, token.id), value: hash, ...swept },
      ];
    },
    feedTokenSets: (hash, token) => [
      { key: keys.feedToken(hash), value: token },
      { key: keys.userFeedToken(token.user), value: hash },
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
