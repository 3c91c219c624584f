/** A person's tab at the room page, in a browser context of its own. */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { BACKOFF_MAX_MS } from "../../lib/client/connection/backoff.ts";
import { FIRST_CONNECTION_IN_TIME } from "../support/first_connection.ts";
import type { RoomServer } from "./room_server.tsx";

/** How a tab is opened on a phone. */
export const BY_FINGER = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export interface Tab {
  page: Page;
  errors: string[];
  /** Writes and sends a message. */
  send(text: string): Promise<void>;
  /** The texts of messages and of what is on its way, as shown. */
  texts(): Promise<string[]>;
  /** Waits until a message with this text is acknowledged. */
  has(text: string): Promise<void>;
}

export async function open(
  browser: Browser,
  server: RoomServer,
  cookie: string,
  path: string,
  options: BrowserContextOptions = {},
): Promise<Tab> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 700 }, ...options });
  const at = cookie.indexOf("=");
  await context.addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: server.origin }]);
  const page = await context.newPage();
  page.setDefaultTimeout(DEADLINE_MS);
  const errors: string[] = [];
  page.on("console", (it) => it.type() === "error" && errors.push(it.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.addInitScript(FIRST_CONNECTION_IN_TIME);
  await page.addInitScript(`
    globalThis.shifts = [];
    const words = (node) => (node instanceof Element ? node : node?.parentElement)?.outerHTML.slice(0, 200) ?? "?";
    new PerformanceObserver((list) => {
      for (const { value, sources, hadRecentInput } of list.getEntries()) {
        if (hadRecentInput) continue; // so are moves marked that a change of the window's size makes, as it opens
        const moved = (it) => words(it.node) + JSON.stringify({ from: it.previousRect, to: it.currentRect, innerWidth });
        shifts.push({ size: value, what: sources.map(moved) });
      }
    }).observe({ type: "layout-shift", buffered: true });`);
  await page.goto(server.origin + path);
  await page.locator(".conn", { hasText: " ms" }).waitFor({ state: "attached" }); // On a phone it is in the drawer.
  return {
    page,
    errors,
    async send(text) {
      await page.locator("#compose").fill(text);
      await page.locator("#compose").press("Enter");
    },
    texts: () => page.locator(".log .msg .text").allTextContents(),
    has: (text) => page.locator(".msg:not(.sending)", { has: page.getByText(text, { exact: true }) }).waitFor(),
  };
}

/** Of each wait: a page whose server was away may take so long to try again. */
const DEADLINE_MS = BACKOFF_MAX_MS + 15_000;

/** Where the first such element is. */
export function place(page: Page, selector: string): Promise<{ top: number; bottom: number }> {
  return page.locator(selector).first().evaluate((it) => {
    const { top, bottom } = it.getBoundingClientRect();
    return { top, bottom };
  });
}

export const roomOf = (tab: Tab) => new URL(tab.page.url()).pathname.split("/")[2] ?? "";
