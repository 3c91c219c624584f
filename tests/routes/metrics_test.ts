/** GET /metrics: who may read it, and what it counts (lib/protocol/README.md §6). */
import assert from "node:assert/strict";
import { StorageUnavailable } from "../../lib/server/kv/database.ts";
import { newKey } from "../support/services.ts";
import { parseScrape, type Scrape } from "../support/scrape.ts";
import { type AppCase, comparable, withApp } from "./with_app.ts";

const TOKEN = "a-token-for-prometheus";
const withToken = { env: { METRICS_TOKEN: TOKEN } };
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

async function scrape({ ask }: AppCase): Promise<Scrape> {
  const response = await ask("/metrics", bearer(TOKEN));
  assert.equal(response.status, 200);
  return parseScrape(await response.text());
}

Deno.test("without METRICS_TOKEN there is no /metrics, not for the machine itself either", () =>
  withApp(async ({ ask }) => {
    for (const peer of ["127.0.0.1", "::1", "192.0.2.1"]) {
      const [asked, nothing] = [await ask("/metrics", { peer }), await ask("/nothing", { peer })];
      assert.equal(asked.status, nothing.status);
      assert.deepEqual(await comparable(asked), await comparable(nothing));
      assert.notEqual((await ask("/metrics", { ...bearer(""), peer })).status, 200);
    }
  }));

Deno.test("with METRICS_TOKEN only that token reads /metrics, wherever it is asked from", () =>
  withApp(async (it) => {
    const { cookie } = await it.setUp();
    const { token } = await (await it.call("tokens.create", { name: "bot", expiresIn: 1 }, { cookie })).json();
    const refused: Parameters<AppCase["ask"]>[1][] = [
      {},
      { headers: { cookie } },
      bearer(token),
      bearer(""),
      bearer(`${TOKEN}x`),
      bearer(TOKEN.slice(1)),
      { headers: { authorization: `Basic ${btoa(`x:${TOKEN}`)}` } },
    ];
    for (const asked of refused) {
      const response = await it.ask("/metrics", asked);
      assert.equal(response.status, 401);
      assert(!(await response.text()).includes("rivulet_"));
    }
    assert.equal((await it.ask(`/metrics?token=${TOKEN}`)).status, 401);
    const response = await it.ask("/metrics", { ...bearer(TOKEN), peer: "192.0.2.1" });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert.equal(response.headers.get("cache-control"), "private, no-store");
    assert.equal(
      (await it.call("auth.me", {}, { authorization: `Bearer ${TOKEN}` })).status,
      401,
      "it signs nobody in",
    );
  }, withToken));

Deno.test("/metrics counts events, appends, calls to storage and what is refused", () =>
  withApp(async (it) => {
    const { cookie } = await it.setUp();
    const created = await it.call("rooms.create", { name: "gauges", visibility: "public", key: newKey() }, { cookie });
    const { room: { id: room } } = await created.json();
    const before = await scrape(it);
    for (let n = 0; n < 5; n++) {
      const sent = await it.call("messages.send", { room, text: `level ${n}`, key: newKey() }, { cookie });
      assert.equal(sent.status, 200);
    }
    assert.equal((await it.call("messages.send", { room, text: "", key: newKey() }, { cookie })).status, 400);
    assert.equal((await it.call("auth.me", {})).status, 401);
    it.services.shares.backlog.add("u1", 1_000);
    it.services.shares.backlog.add("u2", 24);
    const after = await scrape(it);
    const more = (series: string) => after.value(series) - before.value(series);
    assert.equal(more('rivulet_events_total{type="messages.sent"}'), 5);
    assert.equal(more("rivulet_append_seconds_count"), 5);
    assert.equal(more('rivulet_kv_seconds_count{operation="commit"}'), 5);
    assert.equal(more('rivulet_refusals_total{status="400"}'), 1);
    assert.equal(more('rivulet_refusals_total{status="401"}'), 1);
    assert.equal(after.value("rivulet_unread_bytes"), 1_024);
    assert.equal(after.value("rivulet_appends_waiting"), 0);
    assert.equal(after.value("rivulet_kv_conflicts_total"), 0);
    assert(after.value('rivulet_kv_seconds_count{operation="get"}') > 0);
    assert(after.value('rivulet_kv_seconds_sum{operation="commit"}') > 0);
    assert(after.value("process_resident_memory_bytes") > 10_000_000);
    assert.equal(after.types.get("rivulet_append_seconds"), "histogram");
  }, withToken));

Deno.test("/metrics counts calls to storage that fail, and says what waits meanwhile", () => {
  let answer: PromiseWithResolvers<string> | undefined;
  const asked = Promise.withResolvers<void>();
  return withApp(async (it) => {
    const { cookie } = await it.setUp();
    const { rooms: [room] } = await (await it.call("rooms.list", {}, { cookie })).json();
    answer = Promise.withResolvers();
    const sending = it.call("messages.send", { room: room.room.id, text: "held", key: newKey() }, { cookie });
    await asked.promise;
    assert.equal((await scrape(it)).value("rivulet_appends_waiting"), 1);
    answer.reject(new StorageUnavailable("the disk is away"));
    answer = undefined;
    await (await sending).body?.cancel();
    assert.equal((await scrape(it)).value('rivulet_kv_failures_total{operation="commit"}'), 1);
  }, {
    ...withToken,
    over: (db) => ({
      ...db,
      commit(write) {
        if (!answer) return db.commit(write);
        asked.resolve();
        return answer.promise;
      },
    }),
  });
});
