/** The chat in a real browser behind proxies that let no WebSocket through: it keeps working, and comes back. */
import assert from "node:assert/strict";
import { METRICS_TOKEN } from "../e2e/site.ts";
import { scrape } from "../support/scrape.ts";
import { openFollower } from "./page_follower.ts";
import { onPoll, onWebSocket, type Place, shown, withPlaces, write } from "./place.ts";

const FALLBACK_MS = 6_000; // from the failure to a session over long-poll, tests/README.md, Fault 2
const BUFFERED_MS = 10_000; // the same for an event stream, fault 3

Deno.test({
  name: "faults 2, 3: the live client behind proxies that spoil what it prefers",
  sanitizeOps: false, // The browser's process and pipes outlive a step.
  sanitizeResources: false,
  fn: (t) =>
    withPlaces(t, async (step) => {
      // One after the other: several pages that load at once take seconds of those in which the client must be back.
      for (const kind of ["refuse_upgrade", "strip_upgrade", "reset_after_101", "silent_after_101"] as const) {
        await step(
          `${kind}: the chat keeps working over long-poll within 6 s, and comes back to the WebSocket`,
          { kind },
          (place) => keepsWorking(place, kind),
        );
      }
      await step(
        "a WebSocket that is blocked while it is open: the chat goes on from where it was within 6 s",
        { kind: "pass" },
        goesOn,
      );
      await step(
        "a network that is away is no reason to come down: it reconnects by WebSocket",
        { kind: "pass" },
        reconnects,
      );
      await step(
        "buffer_sse: an event stream that is held back is left for long-poll within 10 s, and comes back, with no gap",
        { kind: "buffer_sse" },
        leavesBufferedStream,
      );
    }),
});

async function keepsWorking({ proxy, page, other, room }: Place, kind: string) {
  await onPoll(page);
  const fellBack = performance.now() - proxy.firstUpgradeAt;
  assert.ok(fellBack < FALLBACK_MS, `it took ${Math.round(fellBack)} ms`);

  const because = kind === "reset_after_101" ? "cut" : kind === "silent_after_101" ? "silent" : "blocked";
  const { value } = await scrape(proxy.origin, METRICS_TOKEN);
  assert(value(`rivulet_fallbacks_total{from="ws",because="${because}"}`) > 0, "the server has counted why");

  await write(page, "over long-poll");
  await other.call("messages.send", { room, text: "heard over long-poll", key: crypto.randomUUID() });
  await shown(page, "over long-poll");
  await shown(page, "heard over long-poll");

  proxy.set({ kind: "pass" });
  const letThrough = performance.now();
  await page.evaluate("dispatchEvent(new Event('online'))");
  const sends: Promise<unknown>[] = [];
  for (let n = 1; n <= 20; n++) {
    sends.push(other.call("messages.send", { room, text: `while switching ${n}`, key: crypto.randomUUID() }));
  }
  await onWebSocket(page);
  const cameBack = performance.now() - letThrough;
  await Promise.all(sends);
  await write(page, "over the socket");
  await other.call("messages.send", { room, text: "heard over the socket", key: crypto.randomUUID() });
  await shown(page, "over the socket");
  await shown(page, "heard over the socket");

  // What the page shows is what is stored: nothing lost, doubled or out of order through both switches.
  const { messages } = await other.call("messages.list", { room });
  assert.deepEqual(await page.locator(".log .msg .text").allTextContents(), messages.map((it) => it.text));
  console.log(`${kind}: down in ${Math.round(fellBack)} ms, back in ${Math.round(cameBack)} ms`);
}

async function goesOn({ proxy, page, other, room }: Place) {
  await onWebSocket(page);
  await write(page, "over the socket");
  await shown(page, "over the socket");
  proxy.set({ kind: "refuse_upgrade" });
  proxy.cut();
  const cut = performance.now();
  await other.call("messages.send", { room, text: "meanwhile", key: crypto.randomUUID() });
  await write(page, "written meanwhile");
  await onPoll(page);
  const fellBack = performance.now() - cut;
  assert.ok(fellBack < FALLBACK_MS, `it took ${Math.round(fellBack)} ms`);
  await shown(page, "meanwhile");
  await shown(page, "written meanwhile");
  console.log(`blocked while open: down in ${Math.round(fellBack)} ms`);
}

async function reconnects({ proxy, page, other, room }: Place) {
  await onWebSocket(page);
  proxy.set({ kind: "blackhole" });
  proxy.cut();
  await page.locator(".banner", { hasText: /Reconnecting|Can't reach/ }).waitFor();
  const { upgrades } = proxy;
  await other.call("messages.send", { room, text: "meanwhile", key: crypto.randomUUID() });
  proxy.set({ kind: "pass" });
  proxy.cut();
  await page.evaluate("dispatchEvent(new Event('online'))");
  await shown(page, "meanwhile");
  await onWebSocket(page);
  assert.ok(proxy.upgrades > upgrades);
}

async function leavesBufferedStream(place: Place) {
  const { proxy, page } = place;
  const { follow, carried, came, send, seqs } = await openFollower(place);
  await send(3);
  const opened = performance.now();
  await follow();
  await carried("poll");
  const fellBack = performance.now() - opened;
  assert.ok(fellBack < BUFFERED_MS, `it took ${Math.round(fellBack)} ms`);
  await send(3);
  await came(6);
  proxy.set({ kind: "pass" });
  const letThrough = performance.now();
  await page.evaluate("dispatchEvent(new Event('online'))");
  await Promise.all([carried("sse"), send(20)]);
  const cameBack = performance.now() - letThrough;
  await send(3);
  await came(29);
  await seqs();
  console.log(`buffer_sse: down in ${Math.round(fellBack)} ms, back in ${Math.round(cameBack)} ms`);
}
