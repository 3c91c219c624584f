/** People and sign-in over KV in memory, with a clock to turn and a hash that is quick and counted. */
import { createHash } from "node:crypto";
import { type AuthService, createAuth } from "../../../lib/server/auth/service.ts";
import type { Argon2id } from "../../../lib/server/auth/argon2.ts";
import { createEntries } from "../../../lib/server/entries/service.ts";
import type { Call, SignedInCall } from "../../../lib/server/commands/handlers.ts";
import type { User } from "../../../lib/protocol/users.ts";
import { createUsers, type UsersService } from "../../../lib/server/users/service.ts";
import { random, type Storage, withStorage } from "../../support/storage.ts";

/** For tests with limits: the limiter forgets by timers, one a key, which outlive a test. */
export const withTimers = { sanitizeOps: false, sanitizeResources: false } as const;

export const PASSWORD = "correct horse battery";
const COSTS = "m=19456,t=2,p=1";

export interface AuthCase extends Storage {
  users: UsersService;
  auth: AuthService;
  /** How many hashes were made. */
  hashes: { count: number };
  /** Those who were shown in. */
  welcomed: User[];
  /** Makes the workspace; gives its owner, signed in. */
  setUp(): Promise<SignedInCall & { token: string }>;
  /** Invites and signs up a person; gives them signed in. */
  join(by: SignedInCall, handle: string): Promise<SignedInCall & { token: string }>;
  signIn(handle: string, password?: string, address?: string): Promise<SignedInCall & { token: string }>;
}

export async function withAuth(
  body: (it: AuthCase) => Promise<void>,
  options: { limits?: boolean; setupToken?: string } = {},
): Promise<void> {
  await withStorage(async (storage) => {
    const { db, log, clock } = storage;
    const now = () => clock.now;
    const hashes = { count: 0 };
    const welcomed: User[] = [];
    const argon2id: Argon2id = (password, phc) => {
      hashes.count++;
      const [, , , costs = COSTS, salt = crypto.randomUUID()] = phc?.split("$") ?? [];
      const made = cheapHash(password, costs, salt);
      const fits = phc === undefined || made === phc;
      return Promise.resolve({ phc: made, fits, stale: fits && costs !== COSTS });
    };
    const users = createUsers({ db, log, now, random });
    const auth = createAuth({
      db,
      log,
      users,
      entries: createEntries({ db, log }),
      now,
      random,
      argon2id,
      limits: options.limits ?? false,
      setupToken: options.setupToken,
      welcome: (user) => Promise.resolve(void welcomed.push(user)),
    });

    async function entered(call: ReturnType<typeof newCall>) {
      const found = await auth.identify(call.token());
      if (!found) throw new Error("Nobody is signed in");
      return { ...call, user: found.user, session: found.session, token: call.token() };
    }

    await body({
      ...storage,
      users,
      auth,
      hashes,
      welcomed,
      async setUp() {
        const call = newCall();
        const token = await auth.setupToken() ?? "";
        await auth.setUp({ token, workspace: "Northfell", name: "Noor", handle: "noor", password: PASSWORD }, call);
        return await entered(call);
      },
      async join(by, handle) {
        const { invite } = await auth.createInvite(by, { uses: 1 });
        const call = newCall();
        await auth.signUp({ invite, name: handle, handle, password: PASSWORD }, call);
        return await entered(call);
      },
      async signIn(handle, password = PASSWORD, address) {
        const call = newCall(address);
        await auth.signIn({ handle, password }, call);
        return await entered(call);
      },
    });
  });
}

/** A hash that is quick to make, in the form of a PHC string. */
export function cheapHash(password: string, costs: string, salt: string): string {
  const hash = createHash("sha256").update(`${password} ${costs} ${salt}`).digest("base64url");
  return `$argon2id$v=19$${costs}$${salt}$${hash}`;
}

/** A call that remembers the cookie that was set. */
export function newCall(address = "203.0.113.9"): Call & { token(): string } {
  let cookie = "";
  return {
    address,
    agent: "test",
    origin: "https://chat.example",
    setSession: (token) => cookie = token ?? "",
    token: () => cookie,
  };
}
