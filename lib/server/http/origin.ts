/** Refuses requests of other sites' pages before anything else happens (lib/protocol/README.md §1). */
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { Refusal } from "../../protocol/errors.ts";
import { readBearer } from "./bearer.ts";
import type { Env } from "./env.ts";

const NOWHERE = "http://localhost"; // for a request whose Host header is invalid

/** The origin that people use: PUBLIC_URL, else the scheme of the request and its Host. */
export function originOf(c: Context, publicUrl: string | undefined): string {
  if (publicUrl !== undefined) return publicUrl;
  const url = URL.parse(c.req.url);
  return URL.parse(`${url?.protocol}//${c.req.header("host") ?? url?.host}`)?.origin ?? NOWHERE;
}

/** Refuses every POST, and every WebSocket upgrade, whose Origin is not ours. Throws `Refusal("forbidden")`. */
export function checkOrigin({ publicUrl }: { publicUrl?: string | undefined }) {
  return createMiddleware<Env>(async (c, next) => {
    // No other method changes anything.
    const isChecked = c.req.method === "POST" || /\bwebsocket\b/i.test(c.req.header("upgrade") ?? "");
    if (isChecked && !isAllowedOrigin(c, publicUrl)) {
      throw new Refusal("forbidden", "Cannot do that: the request came from another site");
    }
    await next();
  });
}

/** Whether the request's Origin is ours, or, beside a Bearer token, missing. */
export function isAllowedOrigin(c: Context, publicUrl: string | undefined): boolean {
  const origin = c.req.header("origin");
  // A page of another site cannot make a browser send Authorization without a preflight request.
  if (origin === undefined) return readBearer(c) !== undefined;
  if (publicUrl !== undefined) return origin === publicUrl;
  const url = URL.parse(origin);
  // It must be an origin as a browser writes it, not just a text that parses to one.
  if (!url || !/^https?:$/.test(url.protocol) || url.origin !== origin) return false;
  const host = c.req.header("host") ?? URL.parse(c.req.url)?.host;
  // It is read under the origin's scheme, so that a default port may be named or not.
  return URL.parse(`${url.protocol}//${host}`)?.host === url.host;
}
