/** The whole app over KV in memory, asked in-process, as somebody from a browser or a tool would. */
import type { Hono } from "hono";
import { readConfig } from "../../lib/server/config.ts";
import type { Env } from "../../lib/server/http/env.ts";
import { createDatabase, type Database } from "../../lib/server/kv/database.ts";
import { createServices, type Services } from "../../lib/server/services.ts";
import { createApp } from "../../routes/app.tsx";
import { cheapArgon2id } from "../support/cheap_argon2.ts";

export const PASSWORD = "correct horse battery";
export const PEER = "127.0.0.1";

export interface Asked {
  method?: string;
  body?: BodyInit | null;
  /** undefined leaves a header out that would be there otherwise. */
  headers?: Record<string, string | undefined>;
  peer?: string;
}

export interface AppCase {
  services: Services;
  /** Storage itself. */
  kv: Deno.Kv;
  app: Hono<Env>;
  clock: { now: number };
  origin: string;
  ask(path: string, asked?: Asked): Promise<Response>;
  /** POST /api/<name> as JSON, with our Origin. */
  call(name: string, body: unknown, headers?: Asked["headers"]): Promise<Response>;
  /** Makes the workspace; gives its owner's id and cookie. */
  setUp(): Promise<{ id: string; cookie: string }>;
}

/** For tests with limits: the limiter forgets by timers, one a key, which outlive a test. */
export const withTimers = { sanitizeOps: false, sanitizeResources: false } as const;

/** Rates are off unless `env` says `LIMITS: ""`. */
export async function withApp(
  body: (it: AppCase) => Promise<void>,
  { env = {}, origin = "http://chat.test:8000", over = (db) => db, shared = false, change }: {
    env?: Record<string, string>;
    /** Where requests come to. */
    origin?: string;
    /** Puts another database over the one in memory. */
    over?: (db: Database) => Database;
    /** Whether other processes write to the same database. */
    shared?: boolean;
    /** Puts something broken in. */
    change?: (services: Services) => Services;
  } = {},
): Promise<void> {
  const kv = await Deno.openKv(":memory:");
  const db = over(createDatabase(kv));
  const clock = { now: 1_764_000_000_000 };
  const config = readConfig({ SETUP_TOKEN: "first-run", LIMITS: "off", ...env });
  const failed = (error: unknown) => console.error(error);
  const argon2id = cheapArgon2id;
  const made = await createServices({ config, db, shared, now: () => clock.now, argon2id, failed });
  const services = change ? change(made) : made;
  const app = createApp(services);
  const host = new URL(origin).host;

  const ask: AppCase["ask"] = async (path, { method = "GET", body = null, headers = {}, peer = PEER } = {}) => {
    const request = new Request(`${origin}${path}`, { method, body, headers: { host } });
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) request.headers.set(name, value);
    }
    return await app.fetch(request, { remoteAddr: { hostname: peer } });
  };
  const call: AppCase["call"] = (name, body, headers = {}) =>
    ask(`/api/${name}`, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { origin, "content-type": "application/json", ...headers },
    });

  try {
    await body({
      services,
      kv,
      app,
      clock,
      origin,
      ask,
      call,
      async setUp() {
        const person = { workspace: "Northfell", name: "Noor", handle: "noor", password: PASSWORD };
        const response = await call("auth.setUp", { token: "first-run", ...person });
        const { user } = await response.json();
        return { id: user.id, cookie: cookieOf(response) };
      },
    });
  } finally {
    made.close();
  }
}

/** `name=value` of the cookie that a response sets. */
export function cookieOf(response: Response): string {
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

/** A response without what differs between two answers that are the same. */
export async function comparable(response: Response): Promise<{ status: number; headers: string[][]; text: string }> {
  const headers = [...response.headers].filter(([name]) => name !== "x-request-id");
  return { status: response.status, headers, text: await response.text() };
}
