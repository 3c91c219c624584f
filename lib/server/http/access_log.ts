/**
 * Logs one line a request, without anything that grants access: no query strings, invites or bodies. A successful poll
 * is logged at `debug`, because each follower sends one for every message, and so is an answer of `/metrics`.
 * `/healthz` is not logged, because it is asked all day.
 */
import { getLogger } from "@logtape/logtape";
import { createMiddleware } from "hono/factory";
import type { Env } from "./env.ts";

const log = getLogger(["rivulet", "http", "access"]);

const FREQUENT = ["/live/poll", "/metrics"];

export function accessLog() {
  return createMiddleware<Env>(async (c, next) => {
    const start = performance.now();
    await next();
    if (c.req.path === "/healthz") return;
    const isFrequent = FREQUENT.includes(c.req.path) && c.res.ok;
    log[isFrequent ? "debug" : "info"]("{method} {path} {status} {ms} ms {address} {user} {requestId}", () => ({
      method: c.req.method,
      path: loggedPath(c.req.path),
      status: c.res.status,
      ms: Math.round(performance.now() - start),
      address: c.get("address"),
      user: c.get("signedIn")?.user.id ?? "-",
      requestId: c.get("requestId"),
    }));
  });
}

/** The path of an invite, or of a recovery link, is the secret itself. */
export function loggedPath(path: string): string {
  return path.replace(/^(\/+(?:join|recover)\/+).+$/i, "$1…");
}
