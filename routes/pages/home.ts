/** "/": the room or feed one was in last, else the room that everybody starts in, else the feed. */
import { Hono } from "hono";
import { inOrder } from "../../lib/model/room_list.ts";
import type { Env } from "../../lib/server/http/env.ts";
import { toSignedInCall } from "../../lib/server/http/env.ts";
import type { Services } from "../../lib/server/services.ts";
import { FEED, readLastRoom } from "./settings/preferences.ts";

export function home(services: Pick<Services, "auth" | "rooms">): Hono<Env> {
  return new Hono<Env>().get("/", async (c) => {
    if (!c.get("signedIn")) return c.redirect(await services.auth.workspace() ? "/sign-in" : "/welcome");
    const last = readLastRoom(c);
    if (last === FEED) return c.redirect("/feed");
    const { user } = toSignedInCall(c, "open page");
    const [workspace, mine, visited] = await Promise.all([
      services.auth.workspace(),
      services.rooms.listMine(user),
      last === undefined ? undefined : services.rooms.filterVisible(user.id, [last]),
    ]);
    const isMine = (id: string | undefined) => mine.some((summary) => summary.room.id === id);
    const room = last !== undefined && visited?.has(last)
      ? last
      : isMine(workspace?.lobby)
      ? workspace?.lobby
      : mine.sort(inOrder)[0]?.room.id;
    return c.redirect(room === undefined ? "/feed" : `/rooms/${room}`);
  });
}
