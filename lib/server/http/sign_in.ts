/** Looks up who is signed in, by cookie or token (lib/protocol/README.md §1). */
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AuthService } from "../auth/service.ts";
import { Refusal } from "../../protocol/errors.ts";
import { readBearer } from "./bearer.ts";
import { readSessionCookies, renameSessionCookie, setSessionCookie } from "./cookie.ts";
import type { Env } from "./env.ts";

/** Looks the token or session up and sets `signedIn`. A Bearer token wins over any cookie. */
export function signedIn({ identify, identifyToken }: Pick<AuthService, "identify" | "identifyToken">) {
  return createMiddleware<Env>(async (c, next) => {
    const origin = c.get("origin");
    const bearer = readBearer(c);
    if (bearer !== undefined) c.set("signedIn", await identifyToken(bearer));
    for (const cookie of bearer === undefined ? readSessionCookies(c, origin) : []) {
      const found = await identify(cookie.token);
      if (!found) continue; // of another server, or ended
      c.set("signedIn", found);
      renameSessionCookie(c, origin, cookie);
      if (found.renewed) setSessionCookie(c, origin, cookie.token);
      break;
    }
    await next();
  });
}

/**
 * Throws `Refusal("unauthenticated")` if the request has an invalid token, or names another person than the one who is
 * signed in, so that a tab left open under somebody else does nothing. /live has `as` instead of the header.
 */
export function assertSameSignIn(c: Context<Env>, verb: string, as = c.req.header("x-rivulet-as")): void {
  const signedIn = c.get("signedIn");
  if (!signedIn && readBearer(c) !== undefined) {
    throw new Refusal("unauthenticated", `Cannot ${verb}: token is not valid`);
  }
  if (as !== undefined && signedIn && as !== signedIn.user.id) {
    throw new Refusal("unauthenticated", `Cannot ${verb}: somebody else is signed in here`);
  }
}
