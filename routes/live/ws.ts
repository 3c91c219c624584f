/** GET /live/ws: checks the request before the 101, then hands the socket over (lib/protocol/README.md §1, §5). */
import { Hono } from "hono";
import { type Env, toSignedInCall } from "../../lib/server/http/env.ts";
import { toRefusal } from "../../lib/server/http/errors.ts";
import { assertSameSignIn } from "../../lib/server/http/sign_in.ts";
import type { Upgraded } from "../../lib/server/http/upgrade.ts";
import { createBudget, ENDLESS } from "../../lib/server/limits/budget.ts";
import { createConnection, FRAMES_POINTS_MAX, FRAMES_WINDOW_MS } from "../../lib/server/live/transports/connection.ts";
import { createSweeper } from "../../lib/server/live/transports/sweeper.ts";
import { Refusal } from "../../lib/protocol/errors.ts";
import { PROTOCOL_VERSION } from "../../lib/protocol/frames.ts";
import type { Services } from "../../lib/server/services.ts";

export function liveWs(services: Services): Hono<Env> {
  const { config, hub, metrics } = services;
  const sweeper = createSweeper(hub.clock);
  const frames = config.limits ? createBudget(FRAMES_POINTS_MAX, FRAMES_WINDOW_MS) : ENDLESS;
  services.onClose(sweeper.close);
  metrics.connections("ws", sweeper.count);
  return new Hono<Env>().get("/live/ws", (c) => {
    const verb = "connect";
    assertSameSignIn(c, verb, c.req.query("as"));
    const signedIn = c.get("signedIn");
    if (!signedIn) throw new Refusal("unauthenticated", `Cannot ${verb}: not signed in`);
    if (c.req.query("v") !== String(PROTOCOL_VERSION)) {
      throw new Refusal("invalid", `Cannot ${verb}: v must be ${PROTOCOL_VERSION}`);
    }
    if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
      throw new Refusal("invalid", `Cannot ${verb}: the request is no WebSocket upgrade`);
    }
    if (services.draining.aborted) throw new Refusal("unavailable", `Cannot ${verb}: the server is going down`);
    const admitted = hub.admit(signedIn.user.id, verb);

    // It keeps only what is needed later, so that the request does not live as long as its socket.
    const { address, agent, origin, session, byToken } = toSignedInCall(c, verb);
    let upgraded: Upgraded | undefined;
    try {
      upgraded = c.env?.upgrade?.();
    } catch {
      // It is refused below.
    }
    if (!upgraded) {
      admitted();
      throw new Refusal("invalid", `Cannot ${verb}: the request is no WebSocket upgrade`);
    }
    const connection = createConnection({
      hub,
      sweeper,
      socket: upgraded.socket,
      user: signedIn.user,
      session,
      hash: signedIn.hash,
      instance: services.instance,
      admitted,
      frames,
      shares: services.shares,
      draining: services.draining,
      metrics,
      call: (name, body, user) =>
        services.run(name, body, { address, agent, origin, session, byToken, user, setSession: () => {} }).catch(
          (error) => {
            throw toRefusal(error);
          },
        ),
    });
    upgraded.hear(connection);
    metrics.opened("ws");
    return upgraded.response;
  });
}
