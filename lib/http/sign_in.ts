/** Who is signed in, by cookie (PROTOCOL.md §1). */
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AuthService } from "../auth/service.ts";
import { Refusal } from "../protocol/errors.ts";
import { readBearer } from "./bearer.ts";
import { readSessionCookie, setSessionCookie } from "./cookie.ts";
import type { Env } from "./env.ts";

/**
 * Looks the session up and sets `signedIn`. A Bearer token wins over a cookie, and until there are personal access
 * tokens none is one, so whoever sends one is nobody.
 */
export function signedIn({ identify }: Pick<AuthService, "identify">) {
  return createMiddleware<Env>(async (c, next) => {
    const origin = c.get("origin");
    const token = readBearer(c) === undefined ? readSessionCookie(c, origin) : undefined;
    if (token !== undefined) {
      const found = await identify(token);
      c.set("signedIn", found);
      if (found?.renewed) setSessionCookie(c, origin, token);
    }
    await next();
  });
}

/**
 * Throws `Refusal("unauthenticated")` where the request names a token that is none, or another person than the one who
 * is signed in: a tab left open under somebody else does nothing. `as` is what /live has instead of the header.
 */
export function assertSameSignIn(c: Context<Env>, verb: string, as = c.req.header("x-rivulet-as")): void {
  if (readBearer(c) !== undefined) throw new Refusal("unauthenticated", `Cannot ${verb}: token is not valid`);
  const signedIn = c.get("signedIn");
  if (as !== undefined && signedIn && as !== signedIn.user.id) {
    throw new Refusal("unauthenticated", `Cannot ${verb}: somebody else is signed in here`);
  }
}
