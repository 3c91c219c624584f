/** Every page as a person gets it: without a violation of axe's rules, within the budgets of bytes, nothing moving. */
import assert from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { readManifest } from "../../lib/assets/manifest.ts";
import { launch } from "../islands/chromium.ts";
import { type Api, createApi } from "../support/api.ts";
import { type Server, startServer } from "../support/server.ts";

const KB = 1_000;
const axePath = new URL(import.meta.resolve("axe-core")).pathname.replace(/axe\.js$/, "axe.min.js");

async function axe(page: Page): Promise<string[]> {
  const rules = await Deno.readTextFile(axePath);
  await page.evaluate(rules);
  const found: { id: string; nodes: { target: unknown; failureSummary?: string }[] }[] = await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then((it) => it.violations)",
  );
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target}: ${node.failureSummary}`));
}

async function signedIn(browser: Browser, server: Server, api: Api | undefined, options: BrowserContextOptions) {
  const context = await browser.newContext(options);
  const [name = "", value = ""] = api?.cookie().split("=") ?? [];
  if (api) await context.addCookies([{ name, value, url: server.url }]);
  return context;
}

Deno.test({
  name: "every page as a person gets it",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  async fn(t) {
    const server = await startServer({ env: { LIMITS: "off" } });
    const browser = await launch();
    try {
      const fresh = await browser.newPage({ bypassCSP: true });
      await t.step("axe finds nothing on the first-run page", async () => {
        await fresh.goto((server.setupUrl ?? "").replace("localhost", "127.0.0.1"));
        assert.deepEqual(await axe(fresh), []);
      });
      await fresh.close();

      const api = createApi(server.url);
      await api.setUp(server.token ?? "");
      const { invite } = await api.call("invites.create", { uses: 2 });
      const other = createApi(server.url);
      await other.call("auth.signUp", {
        invite,
        name: "Tomás Vega",
        handle: "tomas",
        password: "correct horse battery",
      });
      const room = (await api.call("rooms.list", {})).rooms[0]?.room.id ?? "";
      for (let at = 0; at < 60; at++) {
        const text = at % 9 ? `Message ${at} with **some** \`words\` of it` : "@noor look\n\n> a quote\n\n- one\n- two";
        await (at % 3 ? api : other).call("messages.send", { room, text, key: `key-${String(at).padStart(16, "0")}` });
      }

      const addresses: [string, Api | undefined][] = [
        ["/sign-in", undefined],
        [`/join/${invite}`, undefined],
        ["/join/nothing", undefined],
        [`/rooms/${room}`, api],
        ["/rooms", api],
        ["/settings", api],
        ["/nowhere", api],
      ];
      for (const colorScheme of ["light", "dark"] as const) {
        for (const width of [1440, 390]) {
          await t.step(`axe finds nothing on any page, ${colorScheme}, ${width} px`, async () => {
            const found: string[] = [];
            for (const [address, who] of addresses) {
              const viewport = { width, height: 844 };
              const context = await signedIn(browser, server, who, { bypassCSP: true, colorScheme, viewport });
              const page = await context.newPage();
              await page.goto(server.url + address);
              if (address.includes(room)) {
                await page.locator(".conn", { hasText: "ms" }).first().waitFor({ state: "attached" });
              }
              found.push(...(await axe(page)).map((it) => `${address}: ${it}`));
              await context.close();
            }
            assert.deepEqual(found, []);
          });
        }
      }

      await t.step("the room page keeps its budgets on the wire, and nothing comes from elsewhere", async () => {
        const context = await signedIn(browser, server, api, { viewport: { width: 1440, height: 900 } });
        const page = await context.newPage();
        const session = await context.newCDPSession(page);
        const files = new Map<string, { type: string; name: string; bytes: number }>();
        const elsewhere: string[] = [];
        await session.send("Network.enable");
        session.on("Network.responseReceived", ({ requestId, type, response }) => {
          files.set(requestId, { type, name: response.url.split("/").at(-1) ?? "", bytes: 0 });
          if (!response.url.startsWith(server.url) && !response.url.startsWith("data:")) elsewhere.push(response.url);
        });
        session.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
          const file = files.get(requestId);
          if (file) file.bytes += encodedDataLength;
        });
        session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
          const file = files.get(requestId);
          if (file?.type === "Document") file.bytes = encodedDataLength; // its data is not told in parts
        });
        await page.goto(`${server.url}/rooms/${room}`);
        await page.locator(".conn", { hasText: "ms" }).first().waitFor();
        const built = await readManifest();
        assert.ok(built);
        const initial = new Set([built.script, ...(built.chunks["islands/room.tsx"] ?? [])]);
        const sum = (fits: (file: { type: string; name: string }) => boolean) =>
          [...files.values()].filter(fits).reduce((total, file) => total + file.bytes, 0);
        const scripts = sum(({ type, name }) => type === "Script" && initial.has(name));
        const styles = sum(({ type }) => type === "Stylesheet");
        const html = sum(({ type }) => type === "Document");
        const total = sum(() => true);
        console.log(`  on the wire: scripts ${scripts}, styles ${styles}, document ${html}, ${total} in all`);
        assert.ok(scripts > 10 * KB && scripts <= 40 * KB, `scripts ${scripts}`);
        assert.ok(styles > KB && styles <= 12 * KB, `styles ${styles}`);
        assert.ok(html > KB && html <= 20 * KB, `document ${html}`);
        assert.ok(total <= 80 * KB, `first load ${total}`);
        for (const file of files.values()) if (!initial.has(file.name)) assert.ok(file.bytes <= 30 * KB, file.name);
        assert.deepEqual(elsewhere, []);
        const nodes = await page.evaluate("document.querySelectorAll('*').length");
        assert.ok(typeof nodes === "number" && nodes <= 2_500, `${nodes} nodes`);
        await context.close();
      });

      await t.step("without script: sign in, read, send, sign out", async () => {
        const context = await browser.newContext({ javaScriptEnabled: false });
        const page = await context.newPage();
        await page.goto(`${server.url}/rooms/${room}`);
        assert.match(page.url(), /\/sign-in\?next=/);
        await page.getByLabel("Handle").fill("tomas");
        await page.getByLabel("Password").fill("wrong password");
        await page.getByRole("button", { name: "Sign in" }).click();
        await page.getByRole("alert").waitFor();
        assert.equal(await page.getByLabel("Handle").inputValue(), "tomas");
        assert.equal(await page.getByLabel("Password").inputValue(), "");
        await page.getByLabel("Password").fill("correct horse battery");
        await page.getByRole("button", { name: "Sign in" }).click();
        await page.locator(".msg", { hasText: "Message 59" }).waitFor();
        assert.equal(new URL(page.url()).pathname, `/rooms/${room}`);
        await page.locator("textarea").first().fill("plain as paper");
        await page.getByRole("button", { name: "Send message" }).click();
        await page.locator(".msg", { hasText: "plain as paper" }).waitFor();
        await context.close();
      });
    } finally {
      await browser.close();
      await server.stop();
    }
  },
});
