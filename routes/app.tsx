/** The HTTP app: the middleware in the contract's order, the one error mapper, and the mounts. */
import { type Context, Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { accessLog } from "../lib/server/http/access_log.ts";
import { beginInTurn, goOnInTurn } from "../lib/server/http/begin_in_turn.ts";
import { requestContext } from "../lib/server/http/context.ts";
import type { Env } from "../lib/server/http/env.ts";
import { problemOf, respondProblem, retryHeader, wantsPage } from "../lib/server/http/errors.ts";
import { securityHeaders } from "../lib/server/http/headers.ts";
import { createHold, type Hold } from "../lib/server/http/hold_refused.ts";
import { checkOrigin } from "../lib/server/http/origin.ts";
import { assertSameSignIn, signedIn } from "../lib/server/http/sign_in.ts";
import { Refusal } from "../lib/protocol/errors.ts";
import type { Services } from "../lib/server/services.ts";
import { api } from "./api.ts";
import { assets } from "./assets.ts";
import { feeds } from "./feeds.ts";
import { livePoll } from "./live/poll.ts";
import { liveSse } from "./live/sse.ts";
import { liveWs } from "./live/ws.ts";
import { pages } from "./pages/pages.tsx";
import { renderProblemPage } from "./pages/problem.tsx";
import { health } from "./health.ts";
import { metrics } from "./metrics.ts";

const CONNECTIONS_A_TURN = 1; // of a person: each takes about a millisecond

/** Serve it with what the server knows of the peer: `app.fetch(request, peer)`. */
export function createApp(services: Services): Hono<Env> {
  const { config, auth, hub, draining } = services;
  const hold = createHold((done, ms) => void hub.clock.after(ms, done), draining);
  return new Hono<Env>()
    .use(requestContext(config), ofServices(services), accessLog(), beginInTurn(config), securityHeaders())
    .route("/", health(services))
    .route("/", metrics(services))
    .use(refuseWhileDraining(services), checkOrigin(config))
    .route("/", assets())
    .route("/", feeds(services))
    .route("/", livePoll(services))
    .use(signedIn(auth), goOnInTurn(config, hub.pace), samePersonOnPages())
    .route("/", api(services))
    .use("/live/*", refuseHead(), goOnInTurn(config, hub.pace, CONNECTIONS_A_TURN))
    .route("/", liveWs(services))
    .route("/", liveSse(services))
    .use(pageInTurn(services))
    .route("/", pages(services))
    .notFound((c) => answer(c, new Refusal("not_found", "Cannot open page: there is no such page")))
    .onError((error, c) => answer(c, error, hold));
}

function ofServices({ shares, metrics }: Pick<Services, "shares" | "metrics">) {
  return createMiddleware<Env>(async (c, next) => {
    c.set("shares", shares);
    await next();
    if (c.res.status >= 400) metrics.refused(c.res.status);
  });
}

/** A page is many calls and much text, so a few of one person are made at a time. */
function pageInTurn({ shares }: Pick<Services, "shares">) {
  return createMiddleware<Env>(async (c, next) => {
    const user = c.get("signedIn")?.user.id;
    if (user === undefined) await next();
    else await shares.page(user, next);
  });
}

/** Refuses new calls, which go to another instance, while those under way finish. */
function refuseWhileDraining({ draining }: Pick<Services, "draining">) {
  return createMiddleware<Env>(async (_c, next) => {
    if (draining.aborted) throw new Refusal("unavailable", "Cannot do that now: the server is restarting");
    await next();
  });
}

/** Hono answers a HEAD as it does a GET, and drops the body: a stream of events would go on, read by nobody. */
function refuseHead() {
  return createMiddleware<Env>(async (c, next) => {
    if (c.req.method === "HEAD") throw new Refusal("not_found", "Cannot follow: there is nothing but GET");
    await next();
  });
}

/** On /api the check comes after the command's name, which may be none. */
function samePersonOnPages() {
  return createMiddleware<Env>(async (c, next) => {
    if (c.req.method === "POST" && !c.req.path.startsWith("/api/")) assertSameSignIn(c, "do that");
    await next();
  });
}

async function answer(c: Context<Env>, error: unknown, hold?: Hold): Promise<Response> {
  const problem = problemOf(error, c.get("requestId"));
  if (c.get("signedIn")) await hold?.(problem);
  if (!wantsPage(c)) return respondProblem(problem);
  try {
    const page = await renderProblemPage(c, problem);
    for (const [name, value] of Object.entries(retryHeader(problem))) page.headers.set(name, value);
    return page;
  } catch (failure) { // nothing else catches it
    return respondProblem(problemOf(failure, c.get("requestId")));
  }
}
