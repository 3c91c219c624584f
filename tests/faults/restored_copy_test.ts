/** An older copy of the data folder is put back under pages that are open, on each way in which a page is live. */
import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { type Api, createApi } from "../support/api.ts";
import { launch } from "../support/browser.ts";
import { setUpWorkspace } from "../support/people.ts";
import { type Server, startServer } from "../support/server.ts";
import { sign } from "./place.ts";
import { type Fault, type Proxy, startProxy } from "./proxy.ts";

const WAIT_MS = 45_000; // a page whose server was away tries again within 15 s, and then has its lists to read
const WITHOUT_LOCKS = "delete Navigator.prototype.locks;"; // so that each tab has a connection of its own

/** A context behind a proxy of its own, and its pages. */
interface Seat {
  name: string;
  fault: Fault;
  alone?: true;
  pages: readonly ("room" | "feed")[];
}

const seats: Seat[] = [
  { name: "WebSocket", fault: { kind: "pass" }, pages: ["room"] },
  { name: "long-poll that two tabs share", fault: { kind: "refuse_upgrade" }, pages: ["room", "room"] },
  { name: "long-poll", fault: { kind: "refuse_upgrade" }, alone: true, pages: ["room"] },
  { name: "event stream that two tabs share", fault: { kind: "pass" }, pages: ["feed", "feed"] },
  { name: "event stream", fault: { kind: "pass" }, alone: true, pages: ["feed"] },
];

Deno.test({
  name: "an older copy of the data is put back: every open page shows what is stored now, and goes on live",
  sanitizeOps: false, // The browser's process and pipes outlive the test.
  sanitizeResources: false,
  fn: () =>
    withCopies(async ({ browser, server, copy, putBack }) => {
      const { owner, join } = await setUpWorkspace(server().url, server().token);
      const other = await join("tomas");
      const [room, background] = [await newRoom(other.api, "gauges"), await newRoom(other.api, "rain")];
      for (const id of [room, background]) await owner.api.call("rooms.join", { room: id });
      const say = async (id: string, text: string) =>
        void await other.api.call("messages.send", { room: id, text: `@noor ${text}`, key: crypto.randomUUID() });
      await say(room, "kept 1");
      await say(background, "kept 1");
      await copy();

      const open: { name: string; kind: "room" | "feed"; page: Page }[] = [];
      for (const { name, fault, alone, pages } of seats) {
        const { context, proxy } = await seat(browser, server(), owner.api, fault, alone);
        for (const kind of pages) open.push({ name, kind, page: await show(context, proxy, kind, room) });
      }
      const all = (look: (it: (typeof open)[number]) => Promise<unknown>) =>
        Promise.all(open.map(async (it) => {
          await look(it).catch((error) => {
            throw new Error(`${it.kind} by ${it.name}: ${error}`);
          });
        }));
      for (const n of [1, 2, 3]) await say(room, `lost ${n}`);
      for (const n of [1, 2, 3]) await say(background, `lost ${n}`);
      await all(({ page, kind }) => shown(page, kind, "lost 3"));
      await all(({ page, kind }) => kind === "room" ? badge(page, "@4") : Promise.resolve());

      await putBack();
      await all(({ page, kind }) => gone(page, kind, "lost"));
      await all(({ page, kind }) => kind === "room" ? badge(page, "@1") : Promise.resolve());
      await say(room, "after 1");
      await all(({ page, kind }) => shown(page, kind, "after 1"));
      await say(background, "after 1");
      await all(({ page, kind }) => kind === "room" ? badge(page, "@2") : shown(page, kind, "after 1"));
      const { messages } = await owner.api.call("messages.list", { room, limit: 100 });
      await all(async ({ page, kind }) => {
        if (kind === "feed") return;
        assert.deepEqual(await page.locator(".log .msg .text").allTextContents(), messages.map(({ text }) => text));
      });
    }),
});

interface Copies {
  browser: Browser;
  server(): Server;
  /** Takes a copy of the data folder, of a server that stands still. */
  copy(): Promise<void>;
  /** Puts it back in the data's place, while the server is stopped. */
  putBack(): Promise<void>;
}

async function withCopies(body: (copies: Copies) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rivulet_copies_" });
  const [dataDir, kept] = [`${folder}/data`, `${folder}/copy`];
  const start = (port?: number) => startServer({ dataDir, env: { LIMITS: "off" }, ...(port && { port }) });
  let server = await start();
  const whileStopped = async (work: () => Promise<void>) => {
    await server.kill("SIGTERM");
    await work();
    server = await start(server.port);
  };
  const browser = await launch();
  try {
    await body({
      browser,
      server: () => server,
      copy: () => whileStopped(() => copyFiles(dataDir, kept)),
      putBack: () =>
        whileStopped(async () => {
          await Deno.remove(dataDir, { recursive: true });
          await copyFiles(kept, dataDir);
        }),
    });
  } finally {
    await browser.close();
    await Promise.all(proxies.splice(0).map((proxy) => proxy.stop()));
    await server.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

const proxies: Proxy[] = [];

async function copyFiles(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(from)) {
    if (isFile) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

async function newRoom(by: Api, name: string): Promise<string> {
  return (await by.call("rooms.create", { name, visibility: "public" })).room.id;
}

async function seat(browser: Browser, server: Server, who: Api, fault: Fault, alone?: true) {
  const proxy = startProxy(server.port);
  proxies.push(proxy);
  proxy.set(fault);
  const context = await browser.newContext();
  context.setDefaultTimeout(WAIT_MS);
  if (alone) await context.addInitScript(WITHOUT_LOCKS);
  await sign(context, proxy, createApi(proxy.origin, who.cookie()));
  return { context, proxy };
}

async function show(context: BrowserContext, { origin }: Proxy, kind: "room" | "feed", room: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(kind === "room" ? `${origin}/rooms/${room}` : `${origin}/feed`);
  await page.locator(".conn", { hasText: / ms|Live/ }).first().waitFor({ state: "attached" });
  return page;
}

const rows = (page: Page, kind: "room" | "feed") =>
  page.locator(kind === "room" ? ".log .msg:not(.sending)" : "#feed article");

const shown = (page: Page, kind: "room" | "feed", text: string) =>
  rows(page, kind).filter({ hasText: text }).first().waitFor({ state: "attached" });

const gone = (page: Page, kind: "room" | "feed", text: string) =>
  page.waitForFunction(
    ([selector = "", text = ""]) =>
      ![...document.querySelectorAll(selector)].some((it) => it.textContent?.includes(text)),
    [kind === "room" ? ".log .msg" : "#feed article", text],
  );

/** The number beside the room that is not on screen. */
const badge = (page: Page, text: string) =>
  page.locator("nav a, .rooms a").filter({ hasText: "rain" }).filter({ hasText: text }).first().waitFor({
    state: "attached",
  });
