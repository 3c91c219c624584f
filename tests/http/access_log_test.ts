import assert from "node:assert/strict";
import { configure, type LogRecord, reset } from "@logtape/logtape";
import { Hono } from "hono";
import { accessLog, loggedPath } from "../../lib/http/access_log.ts";
import { requestContext } from "../../lib/http/context.ts";
import type { Env } from "../../lib/http/env.ts";

Deno.test("an invite's path and a query string are in no access log", async () => {
  const records: LogRecord[] = [];
  await configure({
    sinks: { kept: (record) => void records.push(record) },
    loggers: [
      { category: "rivulet", sinks: ["kept"], lowestLevel: "debug" },
      { category: ["logtape", "meta"], lowestLevel: "error" },
    ],
  });
  try {
    const app = new Hono<Env>().use(requestContext({ trustProxy: [] }), accessLog()).get("*", (c) => c.text("ok"));
    for (const path of ["/join/secret", "/welcome?token=secret", "/JOIN/secret", "//join/secret"]) {
      await app.request(path, { headers: { cookie: "rivulet_session=secret" } }, {});
    }
  } finally {
    await reset();
  }
  assert.equal(records.length, 4);
  assert(!JSON.stringify(records).includes("secret"));
  assert.equal(records[1]?.properties.path, "/welcome");
});

Deno.test("loggedPath() keeps other paths", () => {
  assert.equal(loggedPath("/join/abc"), "/join/…");
  assert.equal(loggedPath("/rooms/abc/join"), "/rooms/abc/join");
});
