/** GET /live/sse: an event stream for `EventSource` and `curl -N` (lib/protocol/README.md §1, §5). */
import { Hono } from "hono";
import type { Env } from "../../lib/server/http/env.ts";
import { isAllowedOrigin } from "../../lib/server/http/origin.ts";
import { assertSameSignIn } from "../../lib/server/http/sign_in.ts";
import { createEventStream } from "../../lib/server/live/transports/event_stream.ts";
import { parseCursor } from "../../lib/server/live/transports/cursor.ts";
import { createSweeper } from "../../lib/server/live/transports/sweeper.ts";
import { Refusal } from "../../lib/protocol/errors.ts";
import { PROTOCOL_VERSION, WATCH_MAX } from "../../lib/protocol/frames.ts";
import { userStream } from "../../lib/protocol/streams.ts";
import type { Services } from "../../lib/server/services.ts";

const STREAMS_MAX = 16;

export function liveSse(services: Services): Hono<Env> {
  const { config, hub, metrics } = services;
  const sweeper = createSweeper(hub.clock);
  services.onClose(sweeper.close);
  metrics.connections("sse", sweeper.count);
  return new Hono<Env>().get("/live/sse", (c) => {
    const verb = "follow";
    const site = c.req.header("sec-fetch-site");
    // A browser sends no Origin with a GET of our own pages; of another's it says one of these, or both.
    const isForeign = c.req.header("origin") !== undefined && !isAllowedOrigin(c, config.publicUrl);
    if (isForeign || site === "cross-site" || site === "same-site") {
      throw new Refusal("forbidden", `Cannot ${verb}: the request came from another site`);
    }
    assertSameSignIn(c, verb, c.req.query("as"));
    const signedIn = c.get("signedIn");
    if (!signedIn) throw new Refusal("unauthenticated", `Cannot ${verb}: not signed in`);
    const refuse = (reason: string): never => {
      throw new Refusal("invalid", `Cannot ${verb}: ${reason}`);
    };
    if (c.req.query("v") !== String(PROTOCOL_VERSION)) refuse(`v must be ${PROTOCOL_VERSION}`);
    const mine = userStream(signedIn.user.id);
    const streams = [...new Set(listed(c.req.query("streams")).map((name) => name === "me" ? mine : name))];
    if (streams.length === 0) refuse("streams names none");
    if (streams.length > STREAMS_MAX) refuse(`streams names more than ${STREAMS_MAX}`);
    const users = listed(c.req.query("users"));
    if (users.length > WATCH_MAX) refuse(`users has more than ${WATCH_MAX} people`);
    const text = c.req.header("last-event-id") || c.req.query("cursor") || undefined;
    const cursor = text === undefined ? undefined : parseCursor(text) ?? refuse("cursor cannot be read");
    const admitted = hub.admit(signedIn.user.id, verb);
    const body = createEventStream({
      hub,
      admitted,
      sweeper,
      user: signedIn.user,
      session: signedIn.session,
      hash: signedIn.hash,
      instance: services.instance,
      streams,
      cursor,
      users,
      isCompact: c.req.query("compact") === "true",
      completed: c.env?.completed?.catch(() => {}),
    });
    metrics.opened("sse");
    return new Response(body, {
      headers: {
        "content-type": "text/event-stream",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
      },
    });
  });
}

function listed(value = ""): string[] {
  return value.split(",").filter((name) => name !== "");
}
