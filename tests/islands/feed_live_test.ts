/** The feed's page as it lives: over an event stream, with nothing moving under the reader. */
import assert from "node:assert/strict";
import { article, focused, topOf, withFeedSite } from "./feed_site.ts";

// The browser's process and pipes outlive a step.
const options = { sanitizeOps: false, sanitizeResources: false };

Deno.test("the feed lives over an event stream", options, async (t) => {
  await withFeedSite(async (site) => {
    await site.mention(30);
    const tab = await site.tab(site.noor);
    const { page } = tab;
    const sockets: string[] = [];
    page.on("websocket", (socket) => sockets.push(socket.url()));
    await tab.goto("/feed");
    await tab.live();

    await t.step("the header says what carries it; no WebSocket is opened", async () => {
      await page.locator(".bar .conn", { hasText: /^Connection:Live · SSE · \d+ ms$/ }).waitFor();
      assert.deepEqual(sockets, []);
    });

    await t.step("the way to the other rooms is in sight and works, also where the first ones don't fit", async () => {
      const names = ["readings-of-the-lower-weir", "readings-of-the-upper-weir"];
      for (const name of names) await site.noor.call("rooms.create", { name, visibility: "public" });
      const small = await site.tab(site.noor, { viewport: { width: 1280, height: 800 } });
      await small.goto("/feed");
      await small.live();
      const others = small.page.getByRole("button", { name: "Rooms", exact: true });
      const bar = await small.page.locator(".tabs").boundingBox();
      const box = await others.boundingBox();
      assert.ok(bar && box && box.x >= bar.x && box.x + box.width <= bar.x + bar.width, JSON.stringify([bar, box]));
      await others.click({ position: { x: 4, y: 4 } });
      await small.page.locator("#feed-rooms .opt", { hasText: "general" }).click();
      await small.page.waitForURL(/\/feed\?room=/);
      assert.deepEqual([...small.errors, ...small.outside], []);
      await small.close();
    });

    await t.step("an entry comes by itself, with what was said, and is counted everywhere", async () => {
      await site.mention();
      await article(tab, "@noor number 31").waitFor();
      assert.equal(
        await page.locator("#feed article").first().innerText().then((it) => it.includes("number 31")),
        true,
      );
      await page.getByRole("status").filter({ hasText: "Tomás Vega mentioned you in #gauges" })
        .waitFor({ state: "attached" }); // for those who hear it
      await page.locator(".nav a[aria-current]", { hasText: "31" }).waitFor();
      await page.waitForFunction(() => document.title === "(31) Feed · Northfell Survey");
    });

    await t.step("while one reads, new ones wait behind a pill, and nothing moves", async () => {
      await page.locator(".scroll:has(#feed)").evaluate((it) => void (it.scrollTop = 900));
      const before = await topOf(tab, "number 25");
      await site.mention(2);
      await page.locator(".pill", { hasText: "2 new entries" }).waitFor();
      assert.equal(await article(tab, "number 33").count(), 0);
      assert.equal(await topOf(tab, "number 25"), before);
      await page.locator(".pill").click();
      await article(tab, "number 33").waitFor();
      await page.waitForFunction(() => document.activeElement?.textContent?.includes("number 33"));
      assert.match(await focused(tab), /number 33/);
      await page.locator(".pill").waitFor({ state: "detached" });
      assert.equal(await page.locator(".scroll:has(#feed)").evaluate((it) => it.scrollTop), 0);
    });

    await t.step("with the focus in the list they wait too, and the focus stays", async () => {
      await site.mention();
      await page.locator(".pill", { hasText: "1 new entry" }).waitFor();
      assert.match(await focused(tab), /number 33/);
      await page.locator(".pill").click();
      await article(tab, "number 34").waitFor();
    });

    await t.step("what is seen on one device is seen on the other", async () => {
      const other = await site.tab(site.noor);
      await other.goto("/feed");
      await other.live();
      await other.page.getByRole("button", { name: "Mark all as seen" }).click();
      await other.page.locator(".ev.un").first().waitFor({ state: "detached" });
      await page.locator(".ev.un").first().waitFor({ state: "detached" });
      await page.locator(".sum").waitFor({ state: "detached" });
      await page.waitForFunction(() => document.title === "Feed · Northfell Survey");
      assert.deepEqual([...other.errors, ...other.outside], []);
      await other.close();
    });

    await t.step("what is read in its room is new no more", async () => {
      await site.mention(2);
      await tab.goto("/feed");
      await tab.live();
      await page.locator(".ev.un").nth(1).waitFor();
      await page.waitForFunction(() => document.title === "(2) Feed · Northfell Survey");
      await site.noor.call("reads.mark", { room: site.gauges, seq: 10_000 }); // on a phone, say, to the end
      await page.locator(".ev.un").first().waitFor({ state: "detached" });
      await page.waitForFunction(() => document.title === "Feed · Northfell Survey");
      await page.locator(".sum").waitFor({ state: "detached" });
    });

    await t.step("older ones are added in place, each once, and the focus goes on with them", async () => {
      await site.mention(30);
      await tab.goto("/feed");
      await tab.live();
      const count = await page.locator("#feed article").count();
      await page.locator("#feed-older").focus();
      await page.keyboard.press("Enter");
      await page.waitForFunction((count) => document.querySelectorAll("#feed article").length > count, count);
      const ids = await page.locator("#feed article").evaluateAll((all) => all.map((it) => it.id));
      assert.equal(new Set(ids).size, ids.length);
      await page.waitForFunction((id) => document.activeElement?.id === id, ids[count]);
      assert.match(page.url(), /\/feed$/);
    });

    await t.step("what was refused is said, and put back; nothing moves by the saying", async () => {
      await site.mention(2);
      await page.locator(".pill").click();
      await page.waitForFunction(() => document.activeElement?.closest("article.un"));
      await page.route("**/api/feed.markSeen", (route) => route.abort());
      const text = /number \d+/.exec(await focused(tab))?.[0] ?? "";
      await page.locator(".scroll:has(#feed)").evaluate((it) => void (it.scrollTop = 120));
      const before = await topOf(tab, text);
      await page.keyboard.press("e");
      await page.locator(".banner", { hasText: "Can't reach the server." }).waitFor();
      assert.equal(await topOf(tab, text), before);
      assert.ok(await page.locator(".ev.un").count() > 0);
      await page.getByRole("button", { name: "Close", exact: true }).click();
      await page.locator(".banner").waitFor({ state: "detached" });
      assert.equal(await topOf(tab, text), before);
      await page.unroute("**/api/feed.markSeen");
    });

    await t.step("who is online is told, by the same stream", async () => {
      const pane = page.getByRole("complementary", { name: "Right now" });
      await pane.locator(".opt", { hasText: "gauges" }).waitFor();
      await pane.locator(".off").waitFor();
      const tomas = await site.tab(site.tomas);
      await tomas.room(site.gauges);
      await tab.goto("/feed");
      await pane.locator("li", { hasText: "Tomás Vega" }).locator(".on").waitFor();
      await pane.getByText("1 online").waitFor();
      await tomas.close();
    });

    await t.step("everything shows who came, as they come", async () => {
      await tab.goto("/feed?view=everything");
      await tab.live();
      await site.join("Maren Holt", "maren");
      await page.locator("#feed article", { hasText: /Maren.* joined Northfell Survey/ }).waitFor();
    });

    await t.step("a room's tab shows what is about it, and nothing else", async () => {
      const { room } = await site.noor.call("rooms.create", { name: "maps", visibility: "public" });
      await tab.goto(`/feed?room=${room.id}`);
      await tab.live();
      await article(tab, "created #maps").waitFor();
      await site.tomas.call("rooms.join", { room: room.id });
      await site.mention();
      await site.say(site.tomas, room.id, "@noor on the map");
      await article(tab, "on the map").waitFor();
      assert.deepEqual(
        (await page.locator("#feed article").allInnerTexts()).filter((text) => !text.includes("#maps")),
        [],
      );
    });

    assert.deepEqual([...tab.errors, ...tab.outside], []);
  });
});
