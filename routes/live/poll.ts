/** POST /live/poll: what is left where nothing else gets through (PROTOCOL.md §5). */
import { Hono } from "hono";
import { readJson } from "../../lib/http/body.ts";
import type { Env } from "../../lib/http/env.ts";
import { assertSameSignIn } from "../../lib/http/sign_in.ts";
import { createPolls } from "../../lib/live/poll.ts";
import { parse, Refusal } from "../../lib/protocol/errors.ts";
import { pollRequest } from "../../lib/protocol/poll.ts";
import type { Services } from "../../lib/services.ts";

export function livePoll({ hub }: Services): Hono<Env> {
  const polls = createPolls();
  return new Hono<Env>().post("/live/poll", async (c) => {
    const verb = "poll";
    assertSameSignIn(c, verb, c.req.query("as") ?? c.req.header("x-rivulet-as"));
    const signedIn = c.get("signedIn");
    if (!signedIn) throw new Refusal("unauthenticated", `Cannot ${verb}: not signed in`);
    const request = parse(pollRequest, await readJson(c.req.raw, verb), verb);
    const { user, session, hash } = signedIn;
    const outcome = await polls.poll({ hub, user, session, hash, request, signal: c.req.raw.signal });
    if ("over" in outcome) throw new Refusal("unauthenticated", `Cannot ${verb}: your sign-in has ended`);
    return c.body(outcome.answer, 200, { "content-type": "application/json" });
  });
}
