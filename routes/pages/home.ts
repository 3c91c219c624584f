/** "/": the room or feed one was in last, else the room that everybody starts in, else the feed. */
import { Hono } from "hono";
import type { Env } from "../../lib/server/http/env.ts";
import { toSignedInCall } from "../../lib/server/http/env.ts";
import type { Services } from "../../lib/server/services.ts";
import { FEED, readLastRoom } from "./settings/preferences.ts";
import { loadSide } from "./side_data.ts";

export function home(services: Pick<Services, "run" | "auth">): Hono<Env> {
  return new Hono<Env>().get("/", async (c) => {
    if (!c.get("signedIn")) return c.redirect(await services.auth.workspace() ? "/sign-in" : "/welcome");
    const last = readLastRoom(c);
    if (last === FEED) return c.redirect("/feed");
    const [workspace, { rooms }] = await Promise.all([
      services.auth.workspace(),
      loadSide(services, toSignedInCall(c, "open page")),
    ]);
    const mine = rooms.filter((summary) => summary.joined);
    const summary = rooms.find((it) => it.room.id === last) ??
      mine.find((it) => it.room.id === workspace?.lobby) ??
      mine[0];
    return c.redirect(summary ? `/rooms/${summary.room.id}` : "/feed");
  });
}
