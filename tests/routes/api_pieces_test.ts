import assert from "node:assert/strict";
import { Hono } from "hono";
import type { Env } from "../../lib/http/env.ts";
import type { Services } from "../../lib/services.ts";
import { api } from "../../routes/api.ts";
import { longList, slowList } from "../support/slow_list.ts";

Deno.test("a long list is made JSON in pieces: a short answer asked for behind it is given first", async () => {
  const run = ((name: string) => Promise.resolve(name === "rooms.list" ? slowList() : {})) as Services["run"];
  const user = { id: "ann", handle: "ann", name: "Ann", role: "member" as const };
  const app = new Hono<Env>()
    .use(async (c, next) => {
      c.set("origin", "http://localhost");
      c.set("signedIn", { user, session: "s", hash: "h" });
      await next();
    })
    .route("/", api({ run }));
  const given: string[] = [];
  const ask = async (name: string) => {
    const response = await app.request(`/api/${name}`, { method: "POST" });
    given.push(name);
    return await response.json();
  };
  const [list, me] = await Promise.all([ask("rooms.list"), ask("auth.me")]);
  assert.deepEqual([list, me], [longList(), {}]);
  assert.deepEqual(given, ["auth.me", "rooms.list"]);
});
