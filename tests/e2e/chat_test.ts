/** Two people in two browsers against the real server, through its death and through a cable that is pulled. */
import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launch } from "../islands/chromium.ts";
import { createApi } from "../support/api.ts";
import { type Server, startServer } from "../support/server.ts";

const STEP_MS = 20_000; // for anything that is waited for

interface Reader {
  context: BrowserContext;
  page: Page;
  /** What went wrong in the page, the Content-Security-Policy's reports included. */
  errors: string[];
  send(text: string): Promise<void>;
  /** The texts in the timeline, in order. */
  texts(): Promise<string[]>;
  /** Waits until exactly these texts stand there, all of them acknowledged. */
  shows(texts: string[]): Promise<void>;
}

async function open(browser: Browser, url: string): Promise<Reader> {
  const context = await browser.newContext();
  context.setDefaultTimeout(STEP_MS);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    const text = message.text();
    // A server that is down or a cable that is pulled is told by the browser itself.
    if (message.type() === "error" && !/ERR_|Failed to load resource|WebSocket connection/.test(text)) {
      errors.push(text);
    }
  });
  await page.goto(url);
  const list = ".msg .text";
  return {
    context,
    page,
    errors,
    async send(text) {
      await page.locator("#compose").fill(text);
      await page.locator("#compose").press("Enter");
      await page.locator(list, { hasText: text }).waitFor();
    },
    texts: () => page.locator(list).allInnerTexts(),
    async shows(texts) {
      await page.waitForFunction(
        ({ list, texts }) => {
          const shown = [...document.querySelectorAll<HTMLElement>(list)].map((it) => it.innerText.trim());
          return document.querySelector(".msg.sending") === null && JSON.stringify(shown) === JSON.stringify(texts);
        },
        { list, texts },
        { timeout: STEP_MS },
      ).catch(async () => assert.deepEqual(await page.locator(list).allInnerTexts(), texts));
    },
  };
}

Deno.test({
  name: "two people chat in two browsers, whatever happens to the server and the line",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  async fn(t) {
    let server: Server = await startServer();
    const { port, dataDir } = server;
    const browser = await launch();
    try {
      const said: string[] = [];
      const noor = await open(browser, (server.setupUrl ?? "").replace("localhost", "127.0.0.1"));

      await t.step(
        "the first page makes the workspace and ends in a room, with the cursor in the composer",
        async () => {
          await noor.page.getByLabel("Workspace name").fill("Northfell Survey");
          await noor.page.getByLabel("Your name").fill("Noor Haddad");
          await noor.page.getByLabel("Handle").fill("noor");
          await noor.page.getByLabel("Password").fill("correct horse battery");
          await noor.page.getByRole("button", { name: "Create workspace" }).click();
          await noor.page.waitForURL(/\/rooms\//);
          await noor.page.locator("h1", { hasText: "general" }).waitFor();
          await noor.page.waitForFunction("document.activeElement?.id === 'compose'");
        },
      );

      const api = createApi(server.url);
      await api.signIn("noor", "correct horse battery");
      const { url } = await api.call("invites.create", { uses: 1 });
      const ilya = await open(browser, url.replace("localhost", "127.0.0.1"));

      await t.step("an invite lets the other in by its form", async () => {
        await ilya.page.getByLabel("Your name").fill("Ilya Brandt");
        await ilya.page.getByLabel("Handle").fill("ilya");
        await ilya.page.getByLabel("Password").fill("correct horse battery");
        await ilya.page.getByRole("button", { name: "Join" }).click();
        await ilya.page.waitForURL(/\/rooms\//);
      });

      const both = async () => {
        await noor.shows(said);
        await ilya.shows(said);
      };
      const say = async (who: Reader, text: string) => {
        said.push(text);
        await who.send(text);
      };

      await t.step("what one writes the other reads, in one order", async () => {
        for (let at = 0; at < 4; at++) {
          await say(at % 2 ? ilya : noor, `message ${at}`);
          await both();
        }
      });

      await t.step("a reload keeps what was said", async () => {
        await noor.page.reload();
        await both();
      });

      await t.step("kill -9 and a restart in the middle lose and double nothing", async () => {
        await say(noor, "before the kill");
        await both();
        await server.kill("SIGKILL");
        said.push("while it is dead", "and one more");
        await noor.send("while it is dead");
        await noor.send("and one more");
        assert.equal(await noor.page.locator(".msg.sending").count(), 2);
        server = await startServer({ port, dataDir });
        await both();
        await say(ilya, "after the restart");
        await both();
      });

      await t.step("what is written while the cable is pulled is kept, and sent once when it is back", async () => {
        await ilya.context.setOffline(true);
        said.push("from the tunnel", "still in the tunnel");
        await ilya.send("from the tunnel");
        await ilya.send("still in the tunnel");
        assert.equal(await ilya.page.locator(".msg.sending").count(), 2);
        await ilya.context.setOffline(false);
        await both();
      });

      await t.step("both saw what is stored", async () => {
        const again = createApi(server.url);
        await again.signIn("noor", "correct horse battery");
        const { rooms } = await again.call("rooms.list", {});
        const room = rooms[0]?.room.id ?? "";
        const { messages } = await again.call("messages.list", { room, limit: 100 });
        assert.deepEqual(messages.map((message) => message.text), said);
        assert.deepEqual(messages.map((message) => message.n), said.map((_, at) => at + 1));
      });

      await t.step("what was read on one device is read on the other", async () => {
        const second = createApi(server.url);
        await second.signIn("ilya", "correct horse battery");
        const { room } = await second.call("rooms.create", { name: "gauges", visibility: "public" });
        const noorApi = createApi(server.url);
        await noorApi.signIn("noor", "correct horse battery");
        await noorApi.call("rooms.join", { room: room.id });
        await second.call("messages.send", { room: room.id, text: "news", key: "0123456789abcdef" });
        const [cookie] = await noor.context.cookies();
        assert.ok(cookie);
        const phone = await browser.newContext({ viewport: { width: 390, height: 844 } });
        await phone.addCookies([cookie]);
        const other = await phone.newPage();
        await other.goto(`${server.url}/rooms`);
        const line = noor.page.locator(".nav a", { hasText: "gauges" });
        await line.locator(".count", { hasText: "1" }).waitFor();
        await other.goto(`${server.url}/rooms/${room.id}`);
        await line.locator(".count").waitFor({ state: "detached" });
        await phone.close();
      });

      assert.deepEqual([...noor.errors, ...ilya.errors], []);
    } finally {
      await browser.close();
      await server.stop();
      await Deno.remove(dataDir, { recursive: true }).catch(() => {});
    }
  },
});
