/** GET /metrics of the real server, with the permissions that it has: what it says of connections. */
import assert from "node:assert/strict";
import { type Scrape, scrape } from "../support/scrape.ts";
import { within } from "../faults/within.ts";
import { openSocket } from "./socket.ts";
import { type Contact, withServer } from "./with_server.ts";

const METRICS_TOKEN = "a-token-for-prometheus";
const SOON_MS = 5_000;

/** Scrapes until it fits. */
async function until({ url }: Contact, what: string, fits: (scrape: Scrape) => boolean): Promise<Scrape> {
  let last: Scrape | undefined;
  const looking = async () => {
    for (;;) {
      last = await scrape(url, METRICS_TOKEN);
      if (fits(last)) return last;
    }
  };
  return await within(SOON_MS, () => `${what}; the last: ${JSON.stringify([...last?.series ?? []])}`, looking());
}

const open = (transport: string) => `rivulet_connections{transport="${transport}"}`;
const opened = (transport: string) => `rivulet_connections_opened_total{transport="${transport}"}`;

Deno.test("/metrics tells of connections by transport, fallbacks, and what was refused or ended", async (t) => {
  await withServer(async (contact) => {
    const { url, server, owner, member } = contact;
    const poll = (body: object, signal?: AbortSignal) =>
      fetch(`${url}/live/poll`, {
        method: "POST",
        headers: { ...owner.api.headers(), "content-type": "application/json" },
        body: JSON.stringify({ v: 1, streams: {}, wait: 25_000, ...body }),
        ...(signal && { signal }),
      });

    await t.step("how many are open of each, and how many were", async () => {
      const sockets = [await openSocket(server, owner.api), await openSocket(server, member.api)];
      const stream = await fetch(`${url}/live/sse?v=1&streams=feed`, { headers: owner.api.headers() });
      const leaving = new AbortController();
      const polling = poll({}, leaving.signal).catch(() => {});
      const all = (it: Scrape) => ["ws", "sse", "poll"].map((transport) => it.value(open(transport)));
      const busy = await until(contact, "all are open", (it) => all(it).join() === "2,1,1");
      assert.deepEqual(["ws", "sse", "poll"].map((it) => busy.value(opened(it))), [2, 1, 1]);
      for (const socket of sockets) await socket.close();
      await stream.body?.cancel();
      leaving.abort();
      await polling;
      const idle = await until(contact, "none is open", (it) => all(it).join() === "0,0,0");
      assert.deepEqual(["ws", "sse", "poll"].map((it) => idle.value(opened(it))), [2, 1, 1]);
    });

    await t.step(
      "what clients poll instead of, and why; one of another kind is taken too, and not counted",
      async () => {
        const fallbacks = [
          { from: "ws", because: "blocked" },
          { from: "ws", because: "blocked" },
          { from: "sse", because: "silent" },
          { from: "ws", because: "anything" },
          { from: "x".repeat(1_000) },
          "blocked",
        ];
        for (const fallback of fallbacks) {
          const response = await poll({ wait: 0, fallback });
          assert.equal(response.status, 200, await response.text());
        }
        const { series } = await scrape(url, METRICS_TOKEN);
        assert.deepEqual([...series].filter(([name]) => name.startsWith("rivulet_fallbacks_total")).sort(), [
          ['rivulet_fallbacks_total{from="sse",because="silent"}', 1],
          ['rivulet_fallbacks_total{from="ws",because="blocked"}', 2],
        ]);
      },
    );

    await t.step(
      "a call that a socket is refused counts as a request does, and a socket that is ended by its code",
      async () => {
        const before = await scrape(url, METRICS_TOKEN);
        const socket = await openSocket(server, owner.api);
        assert((await socket.call("no.such", {})).error);
        await (await owner.api.post("no.such", {})).body?.cancel();
        await socket.raw.send("no frame");
        assert.equal(await socket.closed(), 1008);
        const after = await scrape(url, METRICS_TOKEN);
        const notFound = 'rivulet_refusals_total{status="404"}';
        assert.equal(after.value(notFound) - before.value(notFound), 2);
        assert.equal(after.value('rivulet_socket_closes_total{code="1008"}'), 1);
      },
    );

    await t.step("what the process is", async () => {
      const { series, value } = await scrape(url, METRICS_TOKEN);
      const info = [...series.keys()].find((it) => it.startsWith("rivulet_info"));
      assert.match(info ?? "", /^rivulet_info\{version="\d+\.\d+\.\d+",instance="\w+"\}$/);
      assert(Math.abs(value("process_start_time_seconds") - Date.now() / 1_000) < 60);
      assert(value("process_resident_memory_bytes") > 30_000_000);
    });
  }, { METRICS_TOKEN });
});
