/** The session cookie: `__Host-session` over https, where only that one is read, `rivulet_session` over plain http. */
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { SESSION_MS } from "../auth/service.ts";

/** The token in the request's cookie. `origin` is the one that people use: it tells whether they came by https. */
export function readSessionCookie(c: Context, origin: string): string | undefined {
  return getCookie(c, nameAt(origin)) || undefined;
}

/** Sets the cookie to `token`, or clears it. Scripts can't read it, and other sites' forms don't send it. */
export function setSessionCookie(c: Context, origin: string, token: string | undefined): void {
  const flags = { path: "/", httpOnly: true, secure: isSecure(origin), sameSite: "Lax" } as const;
  if (token === undefined) deleteCookie(c, nameAt(origin), flags);
  else setCookie(c, nameAt(origin), token, { ...flags, maxAge: SESSION_MS / 1_000 });
}

export function isSecure(origin: string): boolean {
  return origin.startsWith("https:");
}

function nameAt(origin: string): string {
  return isSecure(origin) ? "__Host-session" : "rivulet_session";
}
