/**
 * Fault 10 of tests/README.md: connections that are open and carry nothing any more. Both sides notice within twice the
 * ping interval. It takes that long, so it is of the long selection; quick tests of each side turn the clock instead
 * (tests/client/live_client_test.ts, tests/server/live/connection_test.ts).
 */
import assert from "node:assert/strict";
import { connectRaw } from "../support/raw_ws.ts";
import { withChatPage } from "./chat_page.ts";
import { openFollower } from "./page_follower.ts";
import { type Place, withPlaces } from "./place.ts";
import { startProxy } from "./proxy.ts";
import { pause, within } from "./within.ts";

const PING_MS = 25_000; // as `welcome` says
const SLACK_MS = 8_000; // for what looks at intervals, and a machine that is busy
const LOOK_MS = 100;
const BUFFERED_MS = 10_000; // until a stream that is held back is left for long-poll

if (Deno.env.get("FAULTS") === "all") {
  Deno.test({
    name: "fault 10: half-open connections are noticed by both sides within twice the ping interval",
    sanitizeOps: false, // the browser's process and pipes outlive it
    sanitizeResources: false,
    fn: () =>
      withChatPage(async ({ site, proxy, say, shown, agrees }) => {
        const line = startProxy(site.port); // one that takes the same person's other connection
        try {
          const headers = { ...site.owner.api.headers(), origin: line.origin };
          const raw = await connectRaw({ port: line.port, path: "/live/ws?v=1", headers });
          const { ping } = JSON.parse(await raw.next());
          assert.equal(ping, PING_MS);
          await raw.send('{"t":"ping","id":1}');
          await raw.nextThat((text) => text.includes('"pong"'));
          const began = performance.now();
          const since = () => Math.round(performance.now() - began);
          line.set({ kind: "deaf" }); // so that it can be seen what the server makes of the silence
          proxy.set({ kind: "blackhole" });
          const { upgrades } = proxy;
          const server = async () => {
            const { code } = await within(2 * PING_MS + SLACK_MS, "the server to end the line", raw.closed);
            assert.equal(code, 4002);
            console.log(`the server ended it after ${since()} ms`);
          };
          const client = async () => {
            const end = performance.now() + 2 * PING_MS + SLACK_MS;
            while (proxy.upgrades === upgrades) { // it comes again
              assert(performance.now() < end, "the page noticed nothing");
              await pause(LOOK_MS);
            }
            console.log(`the page noticed after ${since()} ms`);
          };
          await Promise.all([server(), client(), say("meanwhile")]);
          proxy.set({ kind: "pass" });
          proxy.cut();
          await shown("meanwhile");
          await agrees();
        } finally {
          await line.stop();
        }
      }),
  });

  Deno.test({
    name: "fault 10: a line that carries nothing is noticed by who follows by SSE or long-poll, and gone on from",
    sanitizeOps: false,
    sanitizeResources: false,
    fn: (t) =>
      withPlaces(t, async (step) => {
        await Promise.all([
          step("SSE", { kind: "pass" }, (place) => notices(place, "sse")),
          step("long-poll", { kind: "buffer_sse" }, (place) => notices(place, "poll")),
        ]);
      }),
  });
}

async function notices(place: Place, transport: "sse" | "poll") {
  const { proxy } = place;
  const { follow, carried, came, send, seqs } = await openFollower(place);
  await follow();
  await carried(transport, 2 * BUFFERED_MS);
  await send(3);
  await came(3);
  proxy.set({ kind: "blackhole" });
  const began = performance.now();
  await send(3);
  await carried("", 2 * PING_MS + SLACK_MS);
  console.log(`${transport}: the page noticed after ${Math.round(performance.now() - began)} ms`);
  proxy.set({ kind: "pass" });
  proxy.cut();
  await place.page.evaluate("dispatchEvent(new Event('online'))");
  await came(6);
  await seqs();
}
