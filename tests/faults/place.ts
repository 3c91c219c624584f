/** A page of the product in a real browser, behind a proxy that spoils what goes through it. */
import type { Browser, Page } from "playwright-core";
import { type Api, createApi, OWNER } from "../support/api.ts";
import type { Server } from "../support/server.ts";
import { type Fault, type Proxy, startProxy } from "./proxy.ts";

const BACK_MS = 15_000; // from the `online` event: one trial and its probation
const WAIT_MS = 10_000;

/** A person's page behind a proxy of its own, and somebody else who writes into the room that it shows. */
export interface Place {
  proxy: Proxy;
  page: Page;
  me: Api;
  other: Api;
  room: string;
}

/** Signs up, opens the room behind a proxy with this fault, and ends both whatever happens in `body`. */
export async function withPlace(
  { server, owner, browser }: { server: Server; owner: Api; browser: Browser },
  fault: Fault,
  body: (place: Place) => Promise<void>,
) {
  const proxy = startProxy(server.port);
  const context = await browser.newContext({ viewport: { width: 1200, height: 700 }, bypassCSP: true });
  try {
    const me = createApi(server.url);
    const { invite } = await owner.call("invites.create", { uses: 1 });
    const handle = `person-${proxy.origin.split(":").at(-1)}`;
    await me.call("auth.signUp", { invite, name: "Ann", handle, password: OWNER.password });
    const { room: { id: room } } = await me.call("rooms.create", { name: handle, visibility: "public" });
    await owner.call("rooms.join", { room });
    proxy.set(fault);
    const [name = "", value = ""] = me.cookie().split("=");
    await context.addCookies([{ name, value, url: proxy.origin }]);
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(`${proxy.origin}/rooms/${room}`);
    await body({ proxy, page, me, other: owner, room });
  } finally {
    await context.close();
    await proxy.stop();
  }
}

export const onPoll = (page: Page) =>
  page.locator(".conn[title^='Live by long-poll: the WebSocket']").waitFor({ state: "attached" });

export const onWebSocket = (page: Page) =>
  page.locator(".conn", { hasText: /^Connection:\s*\d+ ms$/ }).waitFor({ state: "attached", timeout: BACK_MS });

export async function write(page: Page, text: string) {
  await page.locator("#compose").fill(text);
  await page.locator("#compose").press("Enter");
}

export const shown = (page: Page, text: string) =>
  page.locator(".msg:not(.sending)", { has: page.getByText(text, { exact: true }) }).waitFor();
