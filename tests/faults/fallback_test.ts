/** The chat in a real browser behind proxies that let no WebSocket through: it keeps working, and comes back. */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { launch } from "../islands/chromium.ts";
import { type Api, createApi } from "../support/api.ts";
import { type Server, startServer } from "../support/server.ts";
import { type Fault, type Proxy, startProxy } from "./proxy.ts";

const FALLBACK_MS = 6_000; // from the failure to a session over long-poll, GUARANTEES.md fault 2
const BACK_MS = 15_000; // from the `online` event: one trial and its probation
const WAIT_MS = 10_000;

interface Place {
  server: Server;
  proxy: Proxy;
  owner: Api;
  room: string;
}

const faults = ["refuse_upgrade", "strip_upgrade", "reset_after_101", "silent_after_101"] as const;

for (const kind of faults) {
  Deno.test({
    name: `${kind}: the chat keeps working over long-poll within 6 s, and comes back to the WebSocket`,
    sanitizeOps: false, // The browser's process and pipes outlive the test.
    sanitizeResources: false,
    fn: () => withChat({ kind }, keepsWorking),
  });
}

async function keepsWorking({ proxy, owner, room }: Place, page: Page, kind: string) {
  const opened = performance.now();
  await onPoll(page);
  const fellBack = performance.now() - opened;
  assert.ok(fellBack < FALLBACK_MS, `it took ${Math.round(fellBack)} ms`);

  await write(page, "over long-poll");
  await owner.call("messages.send", { room, text: "heard over long-poll", key: crypto.randomUUID() });
  await shown(page, "over long-poll");
  await shown(page, "heard over long-poll");

  proxy.set({ kind: "pass" });
  const letThrough = performance.now();
  await page.evaluate("dispatchEvent(new Event('online'))");
  const sends: Promise<unknown>[] = [];
  for (let n = 1; n <= 20; n++) {
    sends.push(owner.call("messages.send", { room, text: `while switching ${n}`, key: crypto.randomUUID() }));
  }
  await onWebSocket(page);
  const cameBack = performance.now() - letThrough;
  await Promise.all(sends);
  await write(page, "over the socket");
  await owner.call("messages.send", { room, text: "heard over the socket", key: crypto.randomUUID() });
  await shown(page, "over the socket");
  await shown(page, "heard over the socket");

  // What the page shows is what is stored: nothing lost, doubled or out of order through both switches.
  const { messages } = await owner.call("messages.list", { room });
  assert.deepEqual(await page.locator(".log .msg .text").allTextContents(), messages.map((it) => it.text));
  console.log(`${kind}: down in ${Math.round(fellBack)} ms, back in ${Math.round(cameBack)} ms`);
}

Deno.test({
  name: "a WebSocket that is blocked while it is open: the chat goes on from where it was within 6 s",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withChat({ kind: "pass" }, async ({ proxy, owner, room }, page) => {
      await onWebSocket(page);
      await write(page, "over the socket");
      await shown(page, "over the socket");
      proxy.set({ kind: "refuse_upgrade" });
      proxy.cut();
      const cut = performance.now();
      await owner.call("messages.send", { room, text: "meanwhile", key: crypto.randomUUID() });
      await write(page, "written meanwhile");
      await onPoll(page);
      const fellBack = performance.now() - cut;
      assert.ok(fellBack < FALLBACK_MS, `it took ${Math.round(fellBack)} ms`);
      await shown(page, "meanwhile");
      await shown(page, "written meanwhile");
      console.log(`blocked while open: down in ${Math.round(fellBack)} ms`);
    }),
});

Deno.test({
  name: "a network that is away is no reason to come down: it reconnects by WebSocket",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withChat({ kind: "pass" }, async ({ proxy, owner, room }, page) => {
      await onWebSocket(page);
      proxy.set({ kind: "blackhole" });
      proxy.cut();
      await page.locator(".banner", { hasText: /Reconnecting|out of reach/ }).waitFor();
      const { upgrades } = proxy;
      await owner.call("messages.send", { room, text: "meanwhile", key: crypto.randomUUID() });
      proxy.set({ kind: "pass" });
      proxy.cut();
      await page.evaluate("dispatchEvent(new Event('online'))");
      await shown(page, "meanwhile");
      await onWebSocket(page);
      assert.ok(proxy.upgrades > upgrades);
    }),
});

async function withChat(fault: Fault, body: (place: Place, page: Page, kind: string) => Promise<void>) {
  let browser: Browser | undefined;
  const server = await startServer({ env: { LIMITS: "off", LOG_LEVEL: "warn" } });
  const proxy = startProxy(server.port);
  try {
    const owner = createApi(server.url);
    await owner.setUp(server.token ?? "");
    const { rooms: [line] } = await owner.call("rooms.list", {});
    const room = line?.room.id ?? "";
    proxy.set(fault);
    browser = await launch();
    const context = await browser.newContext({ viewport: { width: 1200, height: 700 } });
    const [name = "", value = ""] = owner.cookie().split("=");
    await context.addCookies([{ name, value, url: proxy.origin }]);
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(`${proxy.origin}/rooms/${room}`);
    await body({ server, proxy, owner, room }, page, fault.kind);
  } finally {
    await browser?.close();
    await proxy.stop();
    await server.stop();
  }
}

const onPoll = (page: Page) =>
  page.locator(".conn[title^='Live by long-poll: the WebSocket']").waitFor({ state: "attached" });

const onWebSocket = (page: Page) =>
  page.locator(".conn", { hasText: /^Connection:\s*\d+ ms$/ }).waitFor({ state: "attached", timeout: BACK_MS });

async function write(page: Page, text: string) {
  await page.locator("#compose").fill(text);
  await page.locator("#compose").press("Enter");
}

const shown = (page: Page, text: string) =>
  page.locator(".msg:not(.sending)", { has: page.getByText(text, { exact: true }) }).waitFor();
