/** GET /feed.json and /feed.atom: public entries for feed readers, by a secret address (lib/protocol/README.md §6). */
import { type Context, Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { type Env, toCall } from "../lib/server/http/env.ts";
import { encoded, encodedTag, encodingFor, encodingHeaders } from "../lib/server/http/encoding.ts";
import { hashOf, notModified } from "../lib/server/http/etag.ts";
import type { User } from "../lib/protocol/users.ts";
import { Refusal } from "../lib/protocol/errors.ts";
import type { Services } from "../lib/server/services.ts";
import { renderAtom } from "./feeds/atom.ts";
import type { Feed } from "./feeds/feed.ts";
import { renderJsonFeed } from "./feeds/json_feed.ts";

const ENTRIES = 50;
const VERB = "read feed";

export function feeds({ auth, run }: Pick<Services, "auth" | "run">): Hono<Env> {
  async function reader(c: Context<Env>): Promise<User> {
    const token = c.req.query("token") ?? "";
    const user = token === "" ? undefined : await auth.identifyFeedToken(token);
    if (!user) throw new Refusal("unauthenticated", `Cannot ${VERB}: its address is not valid, or no longer`);
    return user;
  }

  async function read(c: Context<Env>, user: User): Promise<Feed> {
    const call = { ...toCall(c), user, session: "feed", byToken: true as const };
    const [{ entries }, workspace] = await Promise.all([
      run("feed.list", { view: "everything", limit: ENTRIES }, call),
      auth.workspace(),
    ]);
    const ids = [...new Set(entries.map(({ by }) => by))];
    const { users } = ids.length > 0 ? await run("users.get", { ids }, call) : { users: [] };
    return {
      title: `${workspace?.name ?? "Rivulet"} · Activity`,
      workspace: workspace?.lobby ?? "",
      origin: c.get("origin"),
      since: workspace?.createdAt ?? 0,
      entries,
      names: new Map(users.map(({ id, name }) => [id, name])),
    };
  }

  function answer(type: string, render: (feed: Feed) => string) {
    return async (c: Context<Env>): Promise<Response> => {
      const body = render(await read(c, await reader(c)));
      const encoding = encodingFor(c);
      const etag = `W/${encodedTag(hashOf(body), encoding)}`; // weak: how it is compressed may change
      const known = { etag, "vary": "accept-encoding" };
      if (notModified(c.req.header("if-none-match"), etag)) return c.body(null, 304, known);
      const headers = { ...known, "content-type": type, ...encodingHeaders(encoding) };
      return c.body(await encoded(body, encoding), 200, headers);
    };
  }

  /** To be asked again each time, the refusals too. */
  const revalidated = createMiddleware<Env>(async (c, next) => {
    await next();
    c.res.headers.set("cache-control", "private, no-cache");
  });

  return new Hono<Env>()
    .use("/feed.json", revalidated)
    .use("/feed.atom", revalidated)
    .get("/feed.json", answer("application/feed+json; charset=utf-8", renderJsonFeed))
    .get("/feed.atom", answer("application/atom+xml; charset=utf-8", renderAtom));
}
