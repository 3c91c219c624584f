import assert from "node:assert/strict";
import { configure, type LogRecord, reset } from "@logtape/logtape";
import { Hono } from "hono";
import { accessLog, loggedPath } from "../../lib/http/access_log.ts";
import { requestContext } from "../../lib/http/context.ts";
import type { Env } from "../../lib/http/env.ts";

/** What `app` logs while `requests` runs. */
async function logged(app: (it: Hono<Env>) => Hono<Env>, requests: (it: Hono<Env>) => Promise<void>) {
  const records: LogRecord[] = [];
  await configure({
    sinks: { kept: (record) => void records.push(record) },
    loggers: [
      { category: "rivulet", sinks: ["kept"], lowestLevel: "debug" },
      { category: ["logtape", "meta"], lowestLevel: "error" },
    ],
  });
  try {
    await requests(app(new Hono<Env>().use(requestContext({ trustProxy: [] }), accessLog())));
  } finally {
    await reset();
  }
  return records;
}

Deno.test("an invite's path and a query string are in no access log", async () => {
  const records = await logged((app) => app.get("*", (c) => c.text("ok")), async (app) => {
    for (const path of ["/join/secret", "/welcome?token=secret", "/JOIN/secret", "//join/secret"]) {
      await app.request(path, { headers: { cookie: "rivulet_session=secret" } }, {});
    }
  });
  assert.equal(records.length, 4);
  assert(!JSON.stringify(records).includes("secret"));
  assert.equal(records[1]?.properties.path, "/welcome");
});

Deno.test("a poll that went well is told at debug only, one that was refused at info", async () => {
  const records = await logged(
    (app) => app.post("/live/poll", (c) => c.req.header("cookie") ? c.text("ok") : c.text("who?", 401)),
    async (app) => {
      for (const headers of [new Headers({ cookie: "rivulet_session=mine" }), new Headers()]) {
        await app.request("/live/poll", { method: "POST", headers }, {});
      }
    },
  );
  assert.deepEqual(records.map(({ level, properties }) => [level, properties.status]), [["debug", 200], ["info", 401]]);
});

Deno.test("loggedPath() keeps other paths", () => {
  assert.equal(loggedPath("/join/abc"), "/join/…");
  assert.equal(loggedPath("/rooms/abc/join"), "/rooms/abc/join");
});
