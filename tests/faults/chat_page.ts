/** A person's room in a real browser behind a proxy of its own, and somebody else who writes into it. */
import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launch } from "../support/browser.ts";
import type { Api } from "../support/api.ts";
import { type Proxy, startProxy } from "./proxy.ts";
import { type Site, withSite } from "./site.ts";

const WAIT_MS = 30_000; // after many breaks the client waits for up to so long
const TEXTS = ".log .msg .text";

export interface ChatPage {
  site: Site;
  proxy: Proxy;
  page: Page;
  context: BrowserContext;
  room: string;
  /** Writes straight, not through the proxy. */
  other: Api;
  /** The other one sends. */
  say(text: string): Promise<void>;
  shown(text: string): Promise<void>;
  /** Waits until the page shows what is stored, nothing more and nothing less, in order. */
  agrees(): Promise<void>;
}

/** Runs `body` with the room open and live. */
export async function withChatPage(body: (it: ChatPage) => Promise<void>): Promise<void> {
  let browser: Browser | undefined;
  try {
    browser = await launch();
    const context = await browser.newContext();
    await withSite(async (site) => {
      const proxy = startProxy(site.port);
      try {
        const { room: { id: room } } = await site.owner.api.call("rooms.create", {
          name: "gauges",
          visibility: "public",
        });
        const { api: other } = await site.join("other");
        await other.call("rooms.join", { room });
        const [name = "", value = ""] = site.owner.api.cookie().split("=");
        await context.addCookies([{ name, value, url: proxy.origin }]);
        const page = await context.newPage();
        page.setDefaultTimeout(WAIT_MS);
        // Its first frames may come before the page has loaded.
        const heard = page.waitForEvent("websocket").then((socket) => socket.waitForEvent("framereceived"));
        await Promise.all([heard, page.goto(`${proxy.origin}/rooms/${room}`)]);
        const it: ChatPage = {
          site,
          proxy,
          page,
          context,
          room,
          other,
          say: async (text) => void await other.call("messages.send", { room, text, key: createKey() }),
          shown: (text) => page.locator(".msg:not(.sending)", { has: page.getByText(text, { exact: true }) }).waitFor(),
          async agrees() {
            const { messages } = await other.call("messages.list", { room, limit: 100 });
            const texts = messages.map(({ text }) => text);
            await page.waitForFunction(
              ([selector, texts]) =>
                JSON.stringify([...document.querySelectorAll(String(selector))].map((it) => it.textContent)) === texts,
              [TEXTS, JSON.stringify(texts)],
            ).catch(async () => assert.deepEqual(await page.locator(TEXTS).allTextContents(), texts));
          },
        };
        await it.say("hello");
        await it.shown("hello");
        await body(it);
        await context.close();
      } finally {
        await proxy.stop();
      }
    });
  } finally {
    await browser?.close();
  }
}

const createKey = () => crypto.randomUUID().replaceAll("-", "");
