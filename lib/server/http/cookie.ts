/**
 * The session cookie: `__Host-session` over https, where only that one is read, `rivulet_session` over plain http.
 * Cookies know no ports, so the name has the port that people use: two servers on one host would sign each other's
 * people out.
 */
import type { Context } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { SESSION_MS } from "../auth/service.ts";

const TOKENS_MAX = 10; // of one request that are looked up
const TOKEN = /^[\w-]{43}$/; // the shape of a session's token

export interface SessionCookie {
  name: string;
  token: string;
}

/**
 * The request's cookies that may be sessions, at most 10: those of our name first, since another server on the host or
 * on a domain above it can set one that a browser sends ahead of ours; then those of any other port, by which this
 * server may be reached too, and those of before names had a port. `origin` is the one that people use: it shows
 * whether they came by https.
 */
export function readSessionCookies(c: Context, origin: string): SessionCookie[] {
  const base = baseAt(origin);
  const found = (c.req.header("cookie") ?? "").split(";").flatMap((pair) => {
    const [name = "", token = ""] = pair.trim().split("=");
    const isOurs = name.startsWith(base) && /^(?:_\d{1,5})?$/.test(name.slice(base.length));
    return isOurs && TOKEN.test(token) ? [{ name, token }] : [];
  });
  const mine = nameAt(origin);
  const sorted = [...found.filter(({ name }) => name === mine), ...found.filter(({ name }) => name !== mine)];
  const first = new Map<string, SessionCookie>();
  for (const cookie of sorted) if (!first.has(cookie.token)) first.set(cookie.token, cookie);
  return [...first.values()].slice(0, TOKENS_MAX);
}

/** Sets the cookie to `token`, or clears it. Scripts can't read it, and other sites' forms don't send it. */
export function setSessionCookie(c: Context, origin: string, token: string | undefined): void {
  if (token === undefined) clearCookie(c, origin, nameAt(origin));
  else setCookie(c, nameAt(origin), token, { ...flagsAt(origin), maxAge: SESSION_MS / 1_000 });
}

/** Puts a session that came under the name without a port under the one that it has now. */
export function renameSessionCookie(c: Context, origin: string, { name, token }: SessionCookie): void {
  if (name === nameAt(origin) || name !== baseAt(origin)) return;
  clearCookie(c, origin, name);
  setSessionCookie(c, origin, token);
}

export function isSecure(origin: string): boolean {
  return origin.startsWith("https:");
}

/** The port that people use, also if their addresses don't name it. */
export function portOf(origin: string): string {
  return (URL.parse(origin)?.port ?? "") || (isSecure(origin) ? "443" : "80");
}

function clearCookie(c: Context, origin: string, name: string): void {
  deleteCookie(c, name, flagsAt(origin));
}

function flagsAt(origin: string) {
  return { path: "/", httpOnly: true, secure: isSecure(origin), sameSite: "Lax" } as const;
}

function nameAt(origin: string): string {
  const port = portOf(origin);
  return isSecure(origin) && port === "443" ? baseAt(origin) : `${baseAt(origin)}_${port}`;
}

/** The cookie's name without a port. */
function baseAt(origin: string): string {
  return isSecure(origin) ? "__Host-session" : "rivulet_session";
}
