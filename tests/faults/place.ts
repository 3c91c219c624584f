/** Pages of the product in a real browser, behind proxies that spoil what goes through them. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { withSite } from "../e2e/site.ts";
import { type Api, createApi, OWNER } from "../support/api.ts";
import type { Server } from "../support/server.ts";
import { type Fault, type Proxy, startProxy } from "./proxy.ts";

const BACK_MS = 15_000; // from the `online` event: one trial and its probation
const WAIT_MS = 10_000;

/** A person behind a proxy of their own, and somebody else who writes into their room. */
export interface Person {
  proxy: Proxy;
  context: BrowserContext;
  me: Api;
  other: Api;
  room: string;
}

/** The same, with a page that shows the room. */
export interface Place extends Person {
  page: Page;
}

/** What all of a file's steps share. */
export interface Shared {
  server: Server;
  owner: Api;
  browser: Browser;
}

/** Signs up, with nothing in the proxy's way, and ends proxy and context whatever happens in `body`. */
export async function withPerson(
  { server, owner, browser }: Shared,
  body: (person: Person) => Promise<void>,
): Promise<void> {
  const proxy = startProxy(server.port);
  const context = await browser.newContext({ viewport: { width: 1200, height: 700 }, bypassCSP: true });
  try {
    const me = createApi(server.url);
    const { invite } = await owner.call("invites.create", { uses: 1 });
    const handle = `person-${proxy.origin.split(":").at(-1)}`;
    await me.call("auth.signUp", { invite, name: "Ann", handle, password: OWNER.password });
    const { room: { id: room } } = await me.call("rooms.create", { name: handle, visibility: "public" });
    await owner.call("rooms.join", { room });
    await sign(context, proxy, me);
    await body({ proxy, context, me, other: owner, room });
  } finally {
    await context.close();
    await proxy.stop();
  }
}

/** Gives what the browser keeps for the proxy's origin to `who`. */
export async function sign(context: BrowserContext, proxy: Proxy, who: Api): Promise<void> {
  const [name = "", value = ""] = who.cookie().split("=");
  await context.addCookies([{ name, value, url: proxy.origin }]);
}

/** A step of a test whose page stands behind this fault. */
export type Step = (name: string, fault: Fault, body: (place: Place) => Promise<void>) => Promise<boolean>;

/** Runs steps on one server and in one browser. */
export function withPlaces(t: Deno.TestContext, body: (step: Step) => Promise<void>): Promise<void> {
  return withSite(({ browser, noor }, server) => {
    const place = (fault: Fault, run: (place: Place) => Promise<void>) =>
      withPerson({ server, owner: noor, browser }, async (person) => {
        person.proxy.set(fault);
        const page = await person.context.newPage();
        page.setDefaultTimeout(WAIT_MS);
        await page.goto(`${person.proxy.origin}/rooms/${person.room}`);
        await run({ ...person, page });
      });
    return body((name, fault, run) =>
      t.step({
        name,
        sanitizeOps: false, // Steps run side by side, in one browser.
        sanitizeResources: false,
        sanitizeExit: false,
        fn: () => place(fault, run),
      })
    );
  });
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
