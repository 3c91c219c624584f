/** KV Connect: a `denokv` server, or another that speaks its protocol. */
import { CannotOpen } from "./cannot_open.ts";
import type { KvHandle } from "./database.ts";
import { keys } from "./keys.ts";

/** `watch` came with it. */
const PROTOCOL_VERSION = 3;
/** Retries of a request answered with 5xx, a second apart. More would exceed a call's deadline and hide the answer. */
const RETRIES_MAX = 1;

/** Connects with `token`, and reads once. Throws `CannotOpen`, without what the server said: it may hold secrets. */
export async function connectKv({ url, token }: { url: string; token: string }): Promise<KvHandle> {
  const { openKv } = await import("@deno/kv");
  let last: Pick<Response, "ok" | "status"> | undefined;
  async function fetcher(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const response = await fetch(input, init);
    last = { ok: response.ok, status: response.status };
    return response;
  }
  try {
    // By default it would take the built-in implementation, which reads its token only from the environment.
    const options = {
      accessToken: token,
      implementation: "remote" as const,
      maxRetries: RETRIES_MAX,
      supportedVersions: [PROTOCOL_VERSION],
      fetcher,
    };
    const handle: unknown = await openKv(url, options);
    if (!isHandle(handle)) throw new CannotOpen("KV_URL", "@deno/kv gave no database");
    await handle.get(keys.format()); // its metadata may come from one place, and its data from another
    return handle;
  } catch (error) {
    if (error instanceof CannotOpen) throw error;
    throw last ? refusal(last, url) : new CannotOpen("KV_URL", `cannot reach ${hostOf(url)}${causeOf(error)}`);
  }
}

function refusal({ ok, status }: Pick<Response, "ok" | "status">, url: string): CannotOpen {
  if (status === 401 || status === 403) return new CannotOpen("KV_TOKEN", `${hostOf(url)} does not accept it`);
  const said = ok ? "does not speak version 3 of KV Connect" : `answers ${status}`;
  return new CannotOpen("KV_URL", `${hostOf(url)} ${said}`);
}

/** Without user name, password and query, which may be secrets. */
function hostOf(url: string): string {
  return URL.parse(url)?.host ?? "the server";
}

/** The system's reason for a failed connection, which is the innermost cause, without the URL before it. */
function causeOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause !== undefined) inner = inner.cause;
  return inner instanceof Error && inner !== error ? `: ${inner.message.replace(/^.*\): /s, "")}` : "";
}

/** Whatever we use of the client has the same types as the built-in one. */
function isHandle(value: unknown): value is KvHandle {
  return typeof value === "object" && value !== null && "atomic" in value && "watch" in value;
}
