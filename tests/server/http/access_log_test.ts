import assert from "node:assert/strict";
import { Hono } from "hono";
import { accessLog, loggedPath } from "../../../lib/server/http/access_log.ts";
import { requestContext } from "../../../lib/server/http/context.ts";
import type { Env } from "../../../lib/server/http/env.ts";
import { logged } from "../../support/logged.ts";

/** What `app` logs while `requests` runs. */
function accessed(app: (it: Hono<Env>) => Hono<Env>, requests: (it: Hono<Env>) => Promise<void>) {
  return logged(() => requests(app(new Hono<Env>().use(requestContext({ trustProxy: [] }), accessLog()))));
}

Deno.test("an invite's path and a query string are in no access log", async () => {
  const records = await accessed((app) => app.get("*", (c) => c.text("ok")), async (app) => {
    for (const path of ["/join/secret", "/welcome?token=secret", "/JOIN/secret", "//join/secret"]) {
      await app.request(path, { headers: { cookie: "rivulet_session=secret" } }, {});
    }
  });
  assert.equal(records.length, 4);
  assert(!JSON.stringify(records).includes("secret"));
  assert.equal(records[1]?.properties.path, "/welcome");
});

Deno.test("a poll that went well is logged at debug only, one that was refused at info", async () => {
  const records = await accessed(
    (app) => app.post("/live/poll", (c) => c.req.header("cookie") ? c.text("ok") : c.text("who?", 401)),
    async (app) => {
      for (const headers of [new Headers({ cookie: "rivulet_session=mine" }), new Headers()]) {
        await app.request("/live/poll", { method: "POST", headers }, {});
      }
    },
  );
  assert.deepEqual(records.map(({ level, properties }) => [level, properties.status]), [["debug", 200], ["info", 401]]);
});

Deno.test("a scrape of /metrics is logged at debug only, one that was refused at info", async () => {
  const records = await accessed(
    (app) => app.get("/metrics", (c) => c.req.header("authorization") ? c.text("ok") : c.text("who?", 401)),
    async (app) => {
      await app.request("/metrics", { headers: { authorization: "Bearer secret" } }, {});
      await app.request("/metrics", {}, {});
    },
  );
  assert.deepEqual(records.map(({ level, properties }) => [level, properties.status]), [["debug", 200], ["info", 401]]);
  assert(!JSON.stringify(records).includes("secret"));
});

Deno.test("/healthz is in no access log, however it went: something asks for it all day", async () => {
  const records = await accessed(
    (app) => app.get("/healthz", (c) => c.text("ok", c.req.header("x-down") ? 503 : 200)),
    async (app) => {
      await app.request("/healthz", {}, {});
      await app.request("/healthz", { headers: { "x-down": "1" } }, {});
      await app.request("/healthz", { method: "HEAD" }, {});
      await app.request("/healthzz", {}, {});
    },
  );
  assert.deepEqual(records.map(({ properties }) => properties.path), ["/healthzz"]);
});

Deno.test("loggedPath() keeps other paths", () => {
  assert.equal(loggedPath("/join/abc"), "/join/…");
  assert.equal(loggedPath("/recover/abc"), "/recover/…");
  assert.equal(loggedPath("/rooms/abc/join"), "/rooms/abc/join");
});
