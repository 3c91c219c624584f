/** POST /live/poll, for networks where nothing else gets through (lib/protocol/README.md §5). */
import { Hono } from "hono";
import { hashToken } from "../../lib/server/auth/service.ts";
import { readJson } from "../../lib/server/http/body.ts";
import { give } from "../../lib/server/http/give.ts";
import type { Env } from "../../lib/server/http/env.ts";
import { assertSameSignIn, signedIn } from "../../lib/server/http/sign_in.ts";
import { inOnePiece, TURN_POINTS } from "../../lib/server/limits/pace.ts";
import { TooMany } from "../../lib/server/limits/slots.ts";
import { createPollPace } from "../../lib/server/live/transports/poll_pace.ts";
import { createPolls } from "../../lib/server/live/transports/poll.ts";
import { parse, Refusal } from "../../lib/protocol/errors.ts";
import { pollRequest } from "../../lib/protocol/poll.ts";
import type { Services } from "../../lib/server/services.ts";

/** Mount it before the sign-in is looked up: a poll that continues the one before needs no lookup. */
export function livePoll(services: Services): Hono<Env> {
  const { hub, auth, config, metrics } = services;
  const pace = createPollPace({ ...config, clock: hub.clock });
  const polls = createPolls(hub);
  services.onClose(polls.close);
  metrics.connections("poll", polls.underWay);
  const known = {
    identify: async (token: string) => polls.knownSignIn(hashToken(token)) ?? await auth.identify(token),
    identifyToken: auth.identifyToken,
  };
  return new Hono<Env>().post("/live/poll", signedIn(known), async (c) => {
    const verb = "poll";
    assertSameSignIn(c, verb);
    assertSameSignIn(c, verb, c.req.query("as"));
    const signIn = c.get("signedIn");
    if (!signIn) throw new Refusal("unauthenticated", `Cannot ${verb}: not signed in`);
    const request = parse(pollRequest, await readJson(c.req.raw, verb), verb);
    const { fallback } = request;
    if (fallback) metrics.fellBack(fallback.from, fallback.because);
    metrics.opened("poll");
    const held = pace.hold(signIn.user.id, Object.keys(request.streams).length + (request.users ?? []).length);
    const refusal = () =>
      new Refusal("rate_limited", `Cannot ${verb}: too many polls`, { retryAfter: pace.renewsIn() });
    if (held === undefined) throw refusal();
    if (held > 0) await new Promise((resolve) => setTimeout(resolve, held));
    await pace.turn(signIn.user.id).catch((error) => {
      throw error instanceof TooMany ? refusal() : error;
    });
    await new Promise<void>((resolve, reject) => {
      // Only one poll of a person runs in a turn, because many that were held go on at the same moment.
      if (!hub.pace.take(signIn.user.id, inOnePiece(TURN_POINTS, resolve))) reject(refusal());
    });
    const outcome = await polls.poll({ signIn, request, signal: c.req.raw.signal });
    if ("over" in outcome) throw new Refusal("unauthenticated", `Cannot ${verb}: your sign-in has ended`);
    return give(c, outcome.answer, { headers: { "content-type": "application/json" } });
  });
}
