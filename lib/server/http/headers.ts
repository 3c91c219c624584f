/**
 * Headers that every response carries (lib/protocol/README.md §1, §2). Not Hono's `secureHeaders`, which gives all
 * responses the same headers and cannot add any to a fetched one.
 */
import { createMiddleware } from "hono/factory";
import { isSecure } from "./cookie.ts";
import type { Env } from "./env.ts";

const HSTS_S = 365 * 86_400;

/** Fills in what a route didn't set. A 101 is left alone: it is no longer ours. */
export function securityHeaders() {
  return createMiddleware<Env>(async (c, next) => {
    await next();
    if (c.res.status === 101) return;
    const headers: [string, string][] = [
      ["x-request-id", c.get("requestId")],
      ["x-content-type-options", "nosniff"],
      // `no-referrer` would make forms send `Origin: null`.
      ["referrer-policy", "same-origin"],
      ["cross-origin-resource-policy", "same-origin"],
    ];
    if (!c.res.headers.has("cache-control")) headers.push(["cache-control", "private, no-store"]);
    if (c.res.headers.get("content-type")?.startsWith("text/html")) {
      headers.push(["content-security-policy", contentSecurityPolicy(c.get("nonce"))]);
      headers.push(["cross-origin-opener-policy", "same-origin"]);
    }
    if (isSecure(c.get("origin"))) headers.push(["strict-transport-security", `max-age=${HSTS_S}`]);
    setAll(c, headers);
  });
}

/** Allows scripts by nonce only (their imports inherit it), no inline styles, nothing of other sites, no frames. */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
}

/** Copies the headers if they can't be changed, as those of `Response.redirect` or of a fetched response. */
function setAll(c: { res: Response }, headers: [string, string][]): void {
  try {
    for (const [name, value] of headers) c.res.headers.set(name, value);
  } catch {
    c.res = new Response(c.res.body, c.res);
    for (const [name, value] of headers) c.res.headers.set(name, value);
  }
}
