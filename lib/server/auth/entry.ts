/** Lets people in: the first one sets the workspace up, the others sign up by invite. */
import { getLogger } from "@logtape/logtape";
import type { EntriesService } from "../entries/service.ts";
import { createIds } from "../kv/ids.ts";
import type { Log } from "../log/log.ts";
import type { AppendSlot } from "../log/types.ts";
import type { Parsed } from "../../protocol/commands.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { Call, SignedInCall } from "../commands/handlers.ts";
import { FEED } from "../../protocol/streams.ts";
import type { Role, User } from "../../protocol/users.ts";
import type { UsersService } from "../users/service.ts";
import type { Invites } from "./invites.ts";
import type { HashTurns } from "./hash_turns.ts";
import type { Passwords } from "./passwords.ts";
import { isSameSecret, makeToken } from "./secrets.ts";
import type { Sessions } from "./sessions.ts";
import type { AuthStore } from "./store.ts";

const log = getLogger(["rivulet", "auth"]);

export interface Entry {
  /** The first-run token, the same on every instance; undefined once there is a workspace. */
  setupToken(): Promise<string | undefined>;
  /** Makes the workspace and its owner, once. Throws `Refusal`: conflict, forbidden. */
  setUp(fields: Parsed<"auth.setUp">, call: Call): Promise<User>;
  /** Makes a person, and ends the session whose cookie theirs replaces. Throws `Refusal`: gone, conflict. */
  signUp(fields: Parsed<"auth.signUp">, call: Call | SignedInCall): Promise<User>;
}

export interface EntryDeps {
  log: Log;
  store: AuthStore;
  users: UsersService;
  entries: EntriesService;
  passwords: Passwords;
  turns: HashTurns;
  sessions: Sessions;
  invites: Invites;
  now: () => number;
  random: (bytes: number) => Uint8Array;
  /** SETUP_TOKEN, which is used instead of a generated token. */
  setupToken?: string | undefined;
  /** Shows a new person in: puts them into the room that everybody starts in. */
  welcome(user: User): Promise<void>;
}

interface Person {
  name: string;
  handle: string;
  role: Role;
  phc: string;
}

export function createEntry(deps: EntryDeps): Entry {
  const { store, users, entries, passwords, turns, sessions, invites, now, random } = deps;
  const newId = createIds(now, random);

  /** The writes that make a person and sign them in. */
  async function draft({ name, handle, role, phc }: Person, agent: string, verb: string) {
    const { user, signIns, checks, sets, events } = await users.draft({ name, handle, role }, verb);
    const session = sessions.draft({ id: user.id, signIns }, agent);
    return {
      user,
      token: session.token,
      checks,
      sets: [...sets, store.setPassword(user.id, phc), ...session.sets],
      events,
    };
  }

  /** Posts the entry about the new person to all members; for that person nothing before it is new. */
  function arrival(user: User, slotOf: (stream: string) => AppendSlot) {
    const writes = entries.post(slotOf, { kind: "joined", by: user });
    const { seq, tag } = slotOf(FEED);
    return { events: writes.events, sets: [...writes.sets, entries.setSeenUpTo(user.id, "everything", { seq, tag })] };
  }

  /** The person is signed up by now, so a failure from here on must not look as if they were not. */
  async function admit({ user, token }: { user: User; token: string }, call: Call | SignedInCall): Promise<User> {
    call.setSession(token);
    try {
      await sessions.leave(call, "join");
    } catch (error) {
      log.error("Session before could not be ended: {error}", { error });
    }
    try {
      await deps.welcome(user);
    } catch (error) {
      log.error("New person could not be shown in: {error}", { error });
    }
    return user;
  }

  async function assertMaySetUp(token: string) {
    const verb = "set up workspace";
    const [workspace, setup] = await Promise.all([store.workspace(), store.setup()]);
    if (workspace.value) throw new Refusal("conflict", `Cannot ${verb}: it is set up already`);
    const expected = deps.setupToken ?? setup.value?.token;
    if (expected === undefined || !isSameSecret(token, expected)) {
      throw new Refusal("forbidden", `Cannot ${verb}: token is not the one that was printed`);
    }
    return { verb, checks: [workspace.check, setup.check] };
  }

  return {
    setupToken() {
      return store.transact<string | undefined>(async () => {
        const [workspace, setup] = await Promise.all([store.workspace(), store.setup()]);
        if (workspace.value) return { result: undefined };
        const token = deps.setupToken ?? setup.value?.token;
        if (token !== undefined) return { result: token };
        const made = makeToken(random);
        return { checks: [workspace.check, setup.check], sets: [store.setSetup(made)], result: made };
      });
    },

    async setUp({ token, workspace: name, password, ...fields }, call) {
      const { verb } = await assertMaySetUp(token);
      const phc = await turns.take({ address: call.address, verb }, () => passwords.hash(password));
      const made = await deps.log.append<{ user: User; token: string }>([FEED], async () => {
        const { checks } = await assertMaySetUp(token);
        const person = await draft({ ...fields, role: "owner", phc }, call.agent, verb);
        const workspace = store.setWorkspace({ name, lobby: newId(), createdAt: now() });
        return {
          checks: [...checks, ...person.checks],
          write(slotOf) {
            const { events, sets } = arrival(person.user, slotOf);
            return {
              events: [...events, ...person.events],
              sets: [workspace, ...person.sets, ...sets],
              deletes: [store.setupKey()],
              result: person,
            };
          },
        };
      });
      return await admit(made, call);
    },

    async signUp({ invite, password, ...fields }, call) {
      const verb = "join";
      await invites.open(invite);
      await users.draft({ ...fields, role: "member" }, verb); // a taken handle costs no hashing
      const phc = await turns.take({ address: call.address, verb }, () => passwords.hash(password));
      const made = await deps.log.append<{ user: User; token: string }>([FEED], async () => {
        const use = await invites.use(invite);
        const person = await draft({ ...fields, role: "member", phc }, call.agent, verb);
        return {
          checks: [...use.checks, ...person.checks],
          write(slotOf) {
            const { events, sets } = arrival(person.user, slotOf);
            return {
              events: [...events, ...person.events],
              sets: [...use.sets, ...person.sets, ...sets],
              deletes: use.deletes,
              result: person,
            };
          },
        };
      });
      return await admit(made, call);
    },
  };
}
