/** A person's tab, with all that goes wrong in it. */
import assert from "node:assert/strict";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import type { Api } from "../support/api.ts";
import { FIRST_CONNECTION_IN_TIME } from "../support/first_connection.ts";

export const STEP_MS = 20_000; // for anything that is waited for

/** Logged by the browser itself where a server is down or a cable is pulled; and a page's own status, which is no error. */
const OF_THE_NETWORK = /ERR_|Failed to load resource|WebSocket connection/;
const TEXTS = ".log .msg .text";

export interface Tab {
  context: BrowserContext;
  page: Page;
  /** Errors of scripts, and of the console, where violations of the Content-Security-Policy are told. */
  errors: string[];
  /** Addresses outside the server that something in the page asked for. */
  outside: string[];
  /** Opens a path, or an address. */
  goto(path: string): Promise<void>;
  /** Opens a room and waits until it is live. */
  room(room: string, query?: string): Promise<void>;
  /** Waits until the connection's round trip is shown. */
  live(): Promise<void>;
  /** Writes and sends a message; done when it is shown. */
  send(text: string): Promise<void>;
  /** The texts of the messages, as shown. */
  texts(): Promise<string[]>;
  /** Waits until exactly these texts are shown, all of them acknowledged. */
  shows(texts: readonly string[]): Promise<void>;
  /** The layout shifts since the page was opened that no input caused, with what moved. */
  shifts(): Promise<Shift[]>;
  close(): Promise<void>;
}

export interface Shift {
  size: number;
  what: string[];
}

export async function openTab(
  browser: Browser,
  url: string,
  who: Api | undefined,
  options: BrowserContextOptions = {},
): Promise<Tab> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const [name = "", value = ""] = who?.cookie().split("=") ?? [];
  if (who) await context.addCookies([{ name, value, url }]);
  context.setDefaultTimeout(STEP_MS);
  const page = await context.newPage();
  const errors: string[] = [];
  const outside: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !OF_THE_NETWORK.test(text)) errors.push(text);
  });
  context.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== url && protocol !== "data:") outside.push(request.url());
  });
  await page.addInitScript(FIRST_CONNECTION_IN_TIME);
  await page.addInitScript(`
    globalThis.shifts = [];
    const words = (node) => (node instanceof Element ? node : node?.parentElement)?.outerHTML.slice(0, 200) ?? "?";
    const from = (it) => words(it.node) + " " + JSON.stringify([it.previousRect, it.currentRect]);
    new PerformanceObserver((list) => {
      for (const { value, sources, hadRecentInput } of list.getEntries()) {
        if (!hadRecentInput) shifts.push({ size: value, what: sources.map(from) });
      }
    }).observe({ type: "layout-shift", buffered: true });
    addEventListener("securitypolicyviolation", (event) => {
      console.error("Content-Security-Policy: " + event.violatedDirective + ", " + event.blockedURI);
    });`);

  const tab: Tab = {
    context,
    page,
    errors,
    outside,
    goto: async (path) => void await page.goto(new URL(path, url).href),
    async room(room, query = "") {
      await tab.goto(`/rooms/${room}${query}`);
      await tab.live();
    },
    // On a phone it is in a drawer that is closed.
    live: () => page.locator(".me .conn", { hasText: " ms" }).waitFor({ state: "attached" }),
    async send(text) {
      await page.locator("#compose").fill(text);
      await page.locator("#compose").press("Enter");
      await page.locator(TEXTS, { hasText: text }).first().waitFor();
    },
    texts: () => page.locator(TEXTS).allInnerTexts(),
    async shows(texts) {
      await page.waitForFunction(
        ({ selector, texts }) => {
          const shown = [...document.querySelectorAll<HTMLElement>(selector)].map((it) => it.innerText.trim());
          return document.querySelector(".msg.sending") === null && JSON.stringify(shown) === JSON.stringify(texts);
        },
        { selector: TEXTS, texts },
        { timeout: STEP_MS },
      ).catch(async () => {
        assert.deepEqual(await tab.texts(), texts);
        assert.fail("a message was not acknowledged");
      });
    },
    shifts: () => page.evaluate<Shift[]>("shifts"),
    close: () => context.close(),
  };
  return tab;
}
