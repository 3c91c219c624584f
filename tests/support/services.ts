/** Every service over KV in memory, and people who call commands as a transport would. */
import { createDatabase, type Database } from "../../lib/server/kv/database.ts";
import { createServices, type Services } from "../../lib/server/services.ts";
import type { Config } from "../../lib/server/config.ts";
import type { CommandName, Input, Output } from "../../lib/protocol/commands.ts";
import type { ProblemCode } from "../../lib/protocol/errors.ts";
import { Refusal } from "../../lib/protocol/errors.ts";
import type { User } from "../../lib/protocol/users.ts";
import { cheapArgon2id } from "./cheap_argon2.ts";
import { assertEncoded } from "./encoded.ts";

export const testConfig: Config = {
  host: "127.0.0.1",
  port: 0,
  dataDir: "",
  trustProxy: [],
  setupToken: "first-run-token",
  logLevel: "error",
  logFormat: "text",
  limits: false,
  deploy: false,
};

export interface Person {
  user: User;
  /** The session's token, as the cookie carries it. */
  token: string;
  call<N extends CommandName>(name: N, body: Input<N>): Promise<Output<N>>;
  /** The code of the refusal, or "ok". */
  code(name: CommandName, body: unknown): Promise<ProblemCode | "ok">;
  /** Looks the person up again, as a connection does every few seconds. */
  refresh(): Promise<void>;
}

export interface Workspace {
  services: Services;
  clock: { now: number };
  owner: Person;
  /** Joins by an invite of the owner's. */
  join(handle: string): Promise<Person>;
  errors: unknown[];
}

const PASSWORD = "correct horse battery";
let keys = 0;

/** A key that was never used. */
export const newKey = () => `test-key-${String(++keys).padStart(12, "0")}`;

const DENOKV_CHECKS_MAX = 10; // of one atomic; the embedded KV takes 100

function asStrictAsDenokv(db: Database): Database {
  return {
    ...db,
    commit(write) {
      const count = write.checks?.length ?? 0;
      if (count > DENOKV_CHECKS_MAX) throw new TypeError(`${count} checks in one atomic`);
      return db.commit(write);
    },
  };
}

/** Runs `body` in a workspace whose owner is `owner`; `shared`: in storage with the limits of one that others share. */
export async function withWorkspace(
  body: (workspace: Workspace) => Promise<void>,
  config: Partial<Config> = {},
  { shared = false }: { shared?: boolean } = {},
): Promise<void> {
  const kv = await Deno.openKv(":memory:");
  const opened = createDatabase(kv);
  const db = shared ? asStrictAsDenokv(opened) : opened;
  const clock = { now: 1_764_000_000_000 };
  const errors: unknown[] = [];
  const services = await createServices({
    config: { ...testConfig, ...config },
    db,
    shared,
    now: () => clock.now,
    argon2id: cheapArgon2id,
    failed: (error) => errors.push(error),
  });
  const visitor = () => {
    const it = { token: "", address: "127.0.0.1", agent: "test", origin: "http://localhost" };
    return Object.assign(it, { setSession: (token: string | undefined) => it.token = token ?? "" });
  };
  async function enter(name: "auth.setUp" | "auth.signUp", fields: Record<string, string>): Promise<Person> {
    const call = visitor();
    const { user } = await services.run(name, { ...fields, password: PASSWORD }, call);
    const signedIn = await services.auth.identify(call.token);
    if (!signedIn) throw new Error(`${name} signed nobody in`);
    const person: Person = {
      user,
      token: call.token,
      async refresh() {
        person.user = (await services.auth.identify(call.token))?.user ?? person.user;
      },
      call: (name, body) => services.run(name, body, { ...call, user: person.user, session: signedIn.session }),
      async code(name, body) {
        try {
          await services.run(name, body, { ...call, user: person.user, session: signedIn.session });
          return "ok";
        } catch (error) {
          if (error instanceof Refusal) return error.code;
          throw error;
        }
      },
    };
    return person;
  }
  try {
    const owner = await enter("auth.setUp", {
      token: "first-run-token",
      workspace: "Northfell",
      name: "Owner",
      handle: "owner",
    });
    await body({
      services,
      clock,
      owner,
      errors,
      async join(handle) {
        const { invite } = await owner.call("invites.create", { uses: 1 });
        return await enter("auth.signUp", { invite, name: handle, handle });
      },
    });
    await assertEncoded(kv);
  } finally {
    services.close();
  }
}
