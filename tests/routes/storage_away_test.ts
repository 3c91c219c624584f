/** Storage that refuses, is out of reach, or answers as no database does: over a real server, through `@deno/kv`. */
import assert from "node:assert/strict";
import { setAt } from "../../lib/server/kv/key.ts";
import type { LogRecord } from "@logtape/logtape";
import { StorageUnavailable } from "../../lib/server/kv/database.ts";
import { logFailed, logStorage } from "../../lib/server/http/storage_log.ts";
import { SECRETS, switched, withBrokenKv } from "../support/broken_kv.ts";
import { logged } from "../support/logged.ts";
import { withApp } from "./with_app.ts";

const secret = ` and the request had ${SECRETS.join(" and ")}`;
const BROKEN: [what: string, how: (() => Response) | "refuse", reason: RegExp][] = [
  ["answers 429", () => new Response(`slow down${secret}`, { status: 429 }), /status 429/],
  ["answers 401", () => new Response(`who?${secret}`, { status: 401 }), /status 401/],
  ["answers 403", () => new Response(`no${secret}`, { status: 403 }), /status 403/],
  ["answers 404", () => new Response(`where?${secret}`, { status: 404 }), /status 404/],
  ["answers 503", () => new Response(`later${secret}`, { status: 503 }), /status 503/],
  ["is a page", () => new Response(`<p>hello${secret}`, { headers: { "content-type": "text/html" } }), /with a page/],
  ["is garbage", () => new Response("?????", { headers: { "content-type": "application/x-protobuf" } }), /wire type/],
  ["refuses connections", "refuse", /Connection refused/],
];
const ASKED = 5;

for (const [what, how, reason] of BROKEN) {
  Deno.test(`storage that ${what} is 503 with Retry-After, and one line in the log says why`, () =>
    withBrokenKv(async (broken) => {
      let storage: ReturnType<typeof switched> | undefined;
      await withApp(async ({ setUp, call, ask }) => {
        const { cookie } = await setUp();
        await broken.answer(how);
        storage?.to(broken.db);
        const records = await logged(async () => {
          for (let at = 0; at < ASKED; at++) {
            const response = await call("rooms.list", {}, { cookie });
            const problem = await response.json();
            assert.deepEqual([response.status, problem.code], [503, "unavailable"]);
            assert.ok(Number(response.headers.get("retry-after")) >= 1);
            assert.ok(Number.isInteger(problem.retryAfter) && problem.retryAfter > 0);
          }
          const page = await ask("/feed", { headers: { cookie, accept: "text/html" } });
          assert.equal(page.status, 503);
          assert.ok(Number(page.headers.get("retry-after")) >= 1);
          await page.body?.cancel();
          logFailed(await broken.db.get(["a"]).catch((error: unknown) => error)); // of the background
          await assert.rejects(broken.db.commit({ sets: [setAt(["a"], 1)] }), StorageUnavailable);
        });
        const lines = records.filter(({ category }) => !category.includes("access")).map(lineOf);
        assert.equal(lines.length, 1, lines.join("\n"));
        assert.match(lines[0] ?? "", reason);
        for (const one of SECRETS) assert.ok(!JSON.stringify(records).includes(one), "a token is in the log");
      }, {
        over(db) {
          storage = switched(db);
          return storage.db;
        },
      });
    }));
}

Deno.test("a burst that goes on is logged again after 30 s, with its count", async () => {
  const records = await logged(() => {
    const error = new StorageUnavailable("a reason of this test");
    for (const now of [0, 31_000]) for (let at = 0; at < 100; at++) logStorage(error, now);
    return Promise.resolve();
  });
  assert.deepEqual(records.map(lineOf), [
    "Storage failed: a reason of this test",
    "Storage failed: a reason of this test (99 times more since the last such line)",
  ]);
});

function lineOf({ message }: LogRecord): string {
  return message.map(String).join("");
}
