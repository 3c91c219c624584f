/** Sessions: the client has a random token; its hash and a document are stored. */
import { LRUCache } from "lru-cache";
import type { KvSet } from "../kv/key.ts";
import { createIds } from "../kv/ids.ts";
import type { Log, NewEvent } from "../log/log.ts";
import type { SessionLine } from "../../protocol/auth.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { Call, SignedInCall } from "../commands/handlers.ts";
import { userStream } from "../../protocol/streams.ts";
import type { User } from "../../protocol/users.ts";
import type { Account, UsersService } from "../users/service.ts";
import { hashToken, makeToken } from "./secrets.ts";
import type { AuthStore, Session } from "./store.ts";

const DAY_MS = 86_400_000;
export const SESSION_MS = 30 * DAY_MS;
const RENEW_MS = DAY_MS; // a session's end is moved at most so often
const LAST_SEEN_MS = 5 * 60_000; // `seenAt` is written at most so often
const SESSIONS_MAX = 500; // of one person; the oldest ends when another begins
const OWNERS_KEPT_MAX = 10_000; // each about 0.3 KB
const ENDED_AT_ONCE = 100; // sessions deleted in one commit, with an event for each

/** A sign-in: the person, and the session or token. */
export interface SignedIn {
  user: User;
  /** The session's public id, which `welcome` carries. */
  session: string;
  /** The SHA-256 of its token. */
  hash: string;
  /** Undefined: never. */
  expiresAt?: number | undefined;
  /** The person came by a personal access token; `session` is its id. */
  byToken?: true | undefined;
  /** Its end has just been moved, so the cookie should be set again. */
  renewed?: true;
}

/** A session that is being made: its token, and what the commit that makes it writes. */
export interface SessionDraft {
  token: string;
  sets: KvSet[];
}

export interface Sessions {
  /** The person who holds this token, by strong reads; updates `seenAt` where that is due. */
  identify(token: string): Promise<SignedIn | undefined>;
  /** The same by the tokens' hashes, without writing. Undefined once revoked, expired or deactivated. */
  identifyHashes(hashes: string[]): Promise<(SignedIn | undefined)[]>;
  draft(user: { id: string; signIns: number }, agent: string): SessionDraft;
  /** Begins a session. */
  open(user: { id: string; signIns: number }, agent: string): Promise<string>;
  list(call: SignedInCall): Promise<SessionLine[]>;
  /** Ends one session of a person. Throws `Refusal("not_found")`. */
  revoke(user: string, session: string, verb: string): Promise<void>;
  /** Ends the sessions whose cookies a call came with, also beside an access token, which is no session and stays. */
  leave(call: Call | SignedInCall, verb: string): Promise<void>;
  /**
   * What a commit that raises the person's `signIns`, and so ends all their sessions, deletes and sends for the newest
   * sessions but one, and that one's document and hash. One event is enough for all to be checked; the others are
   * deleted when they expire.
   */
  others(user: string, keep: string): Promise<{
    deletes: Deno.KvKey[];
    events: NewEvent[];
    kept: { hash: string; session: Session } | undefined;
  }>;
}

export interface SessionsDeps {
  log: Log;
  store: AuthStore;
  users: UsersService;
  now: () => number;
  random: (bytes: number) => Uint8Array;
}

export function createSessions({ log, store, users, now, random }: SessionsDeps): Sessions {
  const newId = createIds(now, random);

  const isOver = (session: Session | undefined, account: Account | undefined) =>
    !session || session.expiresAt <= now() || account?.user.deactivatedAt !== undefined ||
    account?.signIns !== session.signIns;

  /** The person of a session when it was last read: a guess, by which both documents are read at once. */
  const owners = new LRUCache<string, string>({ max: OWNERS_KEPT_MAX });

  async function find(hash: string) {
    const owner = owners.get(hash);
    const [{ value: session, check }, known] = await Promise.all([store.session(hash), owner && users.account(owner)]);
    if (session) owners.set(hash, session.user);
    const account = session && (known && session.user === owner ? known : await users.account(session.user));
    return session && account && !isOver(session, account) ? { session, check, user: account.user } : undefined;
  }

  /** Moves `seenAt` and the end, where due. If that can't be written (a full disk), the person stays signed in. */
  async function touch(hash: string, session: Session, check: Deno.AtomicCheck): Promise<Session> {
    const at = now();
    if (Math.abs(at - session.seenAt) < LAST_SEEN_MS) return session;
    const due = at + SESSION_MS - session.expiresAt >= RENEW_MS;
    const touched = { ...session, seenAt: at, expiresAt: due ? at + SESSION_MS : session.expiresAt };
    const written = await store.commit({ checks: [check], sets: store.sessionSets(hash, touched, at) }).catch(() =>
      undefined
    );
    return written === undefined ? session : touched;
  }

  function draft({ id: user, signIns }: { id: string; signIns: number }, agent: string): SessionDraft {
    const at = now();
    const token = makeToken(random);
    const session = { id: newId(), user, at, seenAt: at, agent, expiresAt: at + SESSION_MS, signIns };
    return { token, sets: store.sessionSets(hashToken(token), session, at) };
  }

  const revoked = (user: string, session: string): NewEvent => ({
    stream: userStream(user),
    type: "sessions.revoked",
    by: user,
    data: { session },
  });

  async function listOf(user: string): Promise<{ hash: string; session: Session }[]> {
    const [hashes, account] = await Promise.all([store.sessionHashes(user, SESSIONS_MAX), users.account(user)]);
    const sessions = await store.sessions(hashes.map(({ hash }) => hash));
    const at = now();
    return hashes.flatMap(({ hash }, index) => {
      const session = sessions[index];
      return session && session.expiresAt > at && session.signIns === account?.signIns ? [{ hash, session }] : [];
    });
  }

  function revoke(user: string, session: string, verb: string) {
    return log.append<void>([userStream(user)], async () => {
      const { value: hash, check } = await store.sessionHash(user, session);
      if (hash === undefined || !await find(hash)) {
        throw new Refusal("not_found", `Cannot ${verb}: there is no such session`);
      }
      return {
        checks: [check],
        write: () => ({
          events: [revoked(user, session)],
          deletes: store.sessionKeys(hash, user, session),
          result: undefined,
        }),
      };
    });
  }

  return {
    async identify(token) {
      const hash = hashToken(token);
      const found = await find(hash);
      if (!found) return undefined;
      const { id, expiresAt } = await touch(hash, found.session, found.check);
      const renewed = expiresAt === found.session.expiresAt ? {} : { renewed: true as const };
      return { user: found.user, session: id, hash, expiresAt, ...renewed };
    },

    async identifyHashes(hashes) {
      const found = await store.sessions(hashes);
      const accounts = await users.accounts([...new Set(found.flatMap((session) => session ? [session.user] : []))]);
      const byId = new Map(accounts.map((account) => [account?.user.id, account]));
      return found.map((session, at) => {
        const account = byId.get(session?.user);
        if (!session || !account || isOver(session, account)) return undefined;
        return { user: account.user, session: session.id, hash: hashes[at] ?? "", expiresAt: session.expiresAt };
      });
    },

    draft,

    async open(user, agent) {
      const { token, sets } = draft(user, agent);
      const hashes = await store.sessionHashes(user.id, SESSIONS_MAX);
      const spare = hashes.slice(0, Math.max(0, hashes.length + 1 - SESSIONS_MAX));
      await store.commit({ sets, deletes: spare.flatMap(({ id, hash }) => store.sessionKeys(hash, user.id, id)) });
      return token;
    },

    async list({ user, session: current }) {
      return (await listOf(user.id)).map(({ session: { id, at, seenAt, agent } }) => {
        return { id, at, seenAt, agent, current: id === current };
      });
    },

    revoke,

    async leave(call, verb) {
      const came = await Promise.all((call.sessionTokens ?? []).map((token) => find(hashToken(token))));
      const sessions = came.flatMap((found) => found ? [{ user: found.session.user, session: found.session.id }] : []);
      if ("user" in call && !call.byToken) sessions.push({ user: call.user.id, session: call.session });
      for (const { user, session } of sessions) {
        await revoke(user, session, verb).catch((error) => {
          if (!(error instanceof Refusal && error.code === "not_found")) throw error; // It has ended already.
        });
      }
    },

    async others(user, keep) {
      const all = await listOf(user);
      const rest = all.filter(({ session }) => session.id !== keep).slice(-ENDED_AT_ONCE);
      return {
        deletes: rest.flatMap(({ hash, session }) => store.sessionKeys(hash, user, session.id)),
        events: rest.map(({ session }) => revoked(user, session.id)),
        kept: all.find(({ session }) => session.id === keep),
      };
    },
  };
}
