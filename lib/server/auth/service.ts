/** Sign-in: sessions, passwords, invites and tokens. */
import type { Database } from "../kv/database.ts";
import type { Output, Parsed } from "../../protocol/commands.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { SignedInCall } from "../commands/handlers.ts";
import { createJoined } from "../limits/joined.ts";
import type { User } from "../../protocol/users.ts";
import type { Argon2id } from "./argon2.ts";
import { createEntry, type Entry, type EntryDeps } from "./entry.ts";
import { createFeedTokens } from "./feed_tokens.ts";
import { createHashTurns } from "./hash_turns.ts";
import { createInvites } from "./invites.ts";
import { createPasswords } from "./passwords.ts";
import { createRecovery, type Recovery } from "./recovery.ts";
import { createSessions, type Sessions, type SignedIn } from "./sessions.ts";
import { createSignIn, type SignIn } from "./sign_in.ts";
import { createAuthStore, type Workspace } from "./store.ts";
import { createTokens } from "./tokens.ts";
import { createTryLimiter } from "./try_limiter.ts";

export { hashToken, isSameSecret } from "./secrets.ts";
export { SESSION_MS, type SignedIn } from "./sessions.ts";
export type { Workspace } from "./store.ts";

export interface AuthService extends Entry, SignIn, Recovery, Pick<Sessions, "identify"> {
  /** The person who holds this personal access token, by strong reads; updates `lastUsedAt` where that is due. */
  identifyToken(token: string): Promise<SignedIn | undefined>;
  /** The people of the sessions or tokens with these hashes, without writing; undefined once they have ended. */
  identifyHashes(hashes: string[]): Promise<(SignedIn | undefined)[]>;
  /** The workspace, or undefined before it is set up. */
  workspace(): Promise<Workspace | undefined>;
  signOut(call: SignedInCall): Promise<void>;
  sessions(call: SignedInCall): Promise<Output<"sessions.list">>;
  /** Throws `Refusal("not_found")`. */
  revokeSession(user: User, session: string): Promise<void>;
  createInvite(call: SignedInCall, fields: Parsed<"invites.create">): Promise<Output<"invites.create">>;
  invites(user: User, page: Parsed<"invites.list">): Promise<Output<"invites.list">>;
  revokeInvite(user: User, id: string): Promise<void>;
  /** Makes a personal access token, which is shown only once. Throws `Refusal("conflict")` if there are too many. */
  createToken(user: User, fields: Parsed<"tokens.create">): Promise<Output<"tokens.create">>;
  tokens(user: User, page: Parsed<"tokens.list">): Promise<Output<"tokens.list">>;
  /** Ends it, and its connections within 5 s. Throws `Refusal("not_found")`. */
  revokeToken(user: User, id: string): Promise<void>;
  /** Whether a person has a feed token, which another would end. */
  hasFeedToken(user: User): Promise<boolean>;
  /** Makes a person's feed token, which is shown only once, and ends the one before. */
  rotateFeedToken(user: User): Promise<string>;
  /** The person who reads the feed by this token; undefined once another was made, or they were deactivated. */
  identifyFeedToken(token: string): Promise<User | undefined>;
  /** What an invite's page shows. Throws `Refusal("gone")` for a token that can't be used, whatever the reason. */
  openInvite(token: string): Promise<{ workspace: string; by: User; expiresAt: number }>;
  /** Gets the hashing of passwords ready, so that nobody waits for that. */
  warmUp(): Promise<void>;
  /** Refuses everybody who waits for a password check, and all who come later, because the server goes down. */
  drain(): void;
}

/** What letting people in takes, but for what is made here. */
export interface AuthDeps extends Omit<EntryDeps, "store" | "passwords" | "turns" | "sessions" | "invites"> {
  db: Database;
  /** False switches the count of wrong passwords off. */
  limits: boolean;
  /** Argon2id, unless a test counts its calls. */
  argon2id: Argon2id;
}

export function createAuth(deps: AuthDeps): AuthService {
  const { db, users, limits } = deps;
  const store = createAuthStore(db);
  const passwords = createPasswords(deps);
  const turns = createHashTurns();
  const sessions = createSessions({ ...deps, store });
  const invites = createInvites({ ...deps, store });
  const tokens = createTokens({ ...deps, store });
  const feedTokens = createFeedTokens({ ...deps, store });
  const entry = createEntry({ ...deps, store, passwords, turns, sessions, invites });
  const signIn = createSignIn({ ...deps, store, passwords, turns, sessions, tries: createTryLimiter({ limits }) });

  const [bySession, byToken] = [createJoined<SignedIn | undefined>(), createJoined<SignedIn | undefined>()];

  return {
    ...entry,
    ...signIn,
    ...createRecovery({ ...deps, store, passwords, turns, sessions }),
    identify: (token) => bySession(token, () => sessions.identify(token)),
    identifyToken: (token) => byToken(token, () => tokens.identify(token)),
    async identifyHashes(hashes) {
      const found = await sessions.identifyHashes(hashes);
      return await Promise.all(hashes.map((hash, at) => found[at] ?? tokens.identifyHash(hash)));
    },
    workspace: async () => (await store.workspace()).value,
    async signOut(call) {
      await sessions.leave(call, "sign out");
      call.setSession(undefined);
    },
    sessions: async (call) => ({ sessions: await sessions.list(call) }),
    revokeSession: (user, session) => sessions.revoke(user.id, session, "end session"),
    createInvite: invites.create,
    invites: invites.list,
    revokeInvite: invites.revoke,
    createToken: tokens.create,
    tokens: tokens.list,
    revokeToken: tokens.revoke,
    hasFeedToken: feedTokens.has,
    rotateFeedToken: feedTokens.rotate,
    identifyFeedToken: feedTokens.identify,
    async openInvite(token) {
      const { by, expiresAt } = await invites.open(token);
      const [workspace, [person]] = await Promise.all([store.workspace(), users.get([by])]);
      if (!workspace.value || !person) throw new Refusal("gone", "Cannot join: invite can no longer be used");
      return { workspace: workspace.value.name, by: person, expiresAt };
    },
    warmUp: passwords.warmUp,
    drain: turns.close,
  };
}
