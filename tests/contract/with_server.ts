/** The real server with a workspace of two people; every answer of a command is held against /openapi.json. */
import assert from "node:assert/strict";
import { type Api, createApi } from "../support/api.ts";
import { type Server, startServer } from "../support/server.ts";
import { createSchemas, type Schemas } from "./schemas.ts";

export const PASSWORD = "correct horse battery";

export interface Known {
  id: string;
  handle: string;
  api: Api;
}

export interface Contact {
  server: Server;
  url: string;
  owner: Known;
  member: Known;
  schemas: Schemas;
  /** POST /api/<name>; the answer has been checked against the document. */
  call(who: Api, name: string, body: unknown): Promise<{ status: number; body: unknown; response: Response }>;
  /** The result of a call that must succeed. */
  done(who: Api, name: string, body: unknown): Promise<unknown>;
  join(handle: string): Promise<Known>;
}

/** Runs `body` against a server of its own, with limits off unless `env` says otherwise. */
export async function withServer(
  body: (contact: Contact) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  const contact = await start(env);
  try {
    await body(contact);
  } finally {
    await contact.server.stop();
  }
}

/** As `withServer`, with one server for all tests of a file that use it: it starts before them, and ends after them. */
export function shareServer(): (body: (contact: Contact) => Promise<void>) => Promise<void> {
  let shared: Contact | undefined;
  Deno.test.beforeAll(async () => {
    shared = await start({});
  });
  Deno.test.afterAll(() => shared?.server.stop());
  return async (body) => {
    assert(shared, "the server was not started");
    await body(shared);
  };
}

async function start(env: Record<string, string>): Promise<Contact> {
  const server = await startServer({ env: { LOG_LEVEL: "error", LIMITS: "off", ...env } });
  try {
    const { url } = server;
    const schemas = await createSchemas(await (await fetch(`${url}/openapi.json`)).json());
    const call: Contact["call"] = async (who, name, sent) => {
      const response = await who.post(name, sent);
      const answer: unknown = await response.json();
      schemas.check(name, response.status, response.headers.get("content-type"), answer);
      return { status: response.status, body: answer, response };
    };
    const enter = async (name: string, fields: Record<string, string>): Promise<Known> => {
      const api = createApi(url);
      const handle = fields.handle ?? "";
      const { body, status } = await call(api, name, { name: handle, password: PASSWORD, ...fields });
      assert.equal(status, 200, JSON.stringify(body));
      return { id: textIn(body, "user", "id"), handle, api };
    };
    const owner = await enter("auth.setUp", { token: server.token ?? "", workspace: "Northfell", handle: "noor" });
    const join = async (handle: string) => {
      const { body } = await call(owner.api, "invites.create", { uses: 1 });
      return await enter("auth.signUp", { invite: textIn(body, "invite"), handle });
    };
    return {
      server,
      url,
      owner,
      member: await join("mia"),
      schemas,
      call,
      async done(who, name, sent) {
        const { status, body } = await call(who, name, sent);
        assert.equal(status, 200, `${name}: ${JSON.stringify(body)}`);
        return body;
      },
      join,
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** What stands at a path of a JSON value; undefined where nothing does. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let it = value;
  for (const step of path) it = typeof it === "object" && it !== null ? Reflect.get(it, step) : undefined;
  return it;
}

export function textIn(value: unknown, ...path: (string | number)[]): string {
  const text = at(value, ...path);
  assert(typeof text === "string", `no text at ${path.join(".")} of ${JSON.stringify(value)}`);
  return text;
}
