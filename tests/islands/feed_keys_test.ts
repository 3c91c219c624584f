/** The feed without a pointer: its keys, the feed pattern, and the replay. */
import assert from "node:assert/strict";
import { article, focused, withFeedSite } from "./feed_site.ts";

// The browser's process and pipes outlive a step.
const options = { sanitizeOps: false, sanitizeResources: false };

Deno.test("the feed by keys", options, async (t) => {
  await withFeedSite(async (site) => {
    await site.mention(5);
    const tab = await site.tab(site.noor);
    const { page } = tab;
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
      return await focused(tab);
    };
    await tab.goto("/feed");
    await tab.live();

    await t.step("j and k go from entry to entry, and stop at the ends", async () => {
      assert.match(await press("j"), /number 5/);
      assert.match(await press("j", "j"), /number 3/);
      assert.match(await press("k"), /number 4/);
      assert.match(await press("k", "k", "k"), /number 5/);
      assert.match(await press("PageDown"), /number 4/);
      assert.match(await press("PageUp"), /number 5/);
    });

    await t.step("each article tells its place, and the focus is seen", async () => {
      const places = await page.locator("#feed article").evaluateAll((all) =>
        all.map((it) => [it.getAttribute("aria-posinset"), it.getAttribute("aria-setsize"), it.tabIndex])
      );
      assert.deepEqual(places, places.map((_, at) => [`${at + 1}`, `${places.length}`, 0]));
      const { outlineStyle } = await page.evaluate<{ outlineStyle: string }>(
        "({ outlineStyle: getComputedStyle(document.activeElement).outlineStyle })",
      );
      assert.equal(outlineStyle, "solid");
    });

    await t.step("e marks as seen up to the entry; the focus stays", async () => {
      assert.match(await press("j", "j", "e"), /number 3/);
      await article(tab, "number 3").locator("xpath=self::*[not(contains(@class, 'un'))]").waitFor();
      assert.equal(await page.locator(".ev.un").count(), 2);
      assert.equal(await page.locator(".new-line", { hasText: "Seen up to" }).count(), 1);
      await page.waitForFunction(() => document.title.startsWith("(2)"));
      const { seen, unseen } = await site.noor.call("feed.list", { view: "you" });
      assert.equal(unseen, 2);
      assert.ok(seen);
      assert.match(await focused(tab), /number 3/);
    });

    await t.step("Ctrl+End and Ctrl+Home leave the list at its ends", async () => {
      await page.keyboard.press("Control+Home");
      assert.equal(await page.evaluate("document.activeElement.closest('article')"), null);
      await press("j");
      assert.equal(await page.evaluate("document.activeElement.closest('article') !== null"), true);
    });

    await t.step("single letters can be switched off, for longer than this page", async () => {
      await page.getByRole("button", { name: "Feed options" }).click();
      await page.getByLabel(/Single-key shortcuts/).uncheck();
      await page.keyboard.press("Escape");
      await tab.goto("/feed");
      await tab.live();
      await press("j");
      assert.equal(await page.evaluate("document.activeElement === document.body"), true);
      await page.getByRole("button", { name: "Feed options" }).click();
      await page.getByLabel(/Single-key shortcuts/).check();
      await page.keyboard.press("Escape");
      await page.evaluate("document.activeElement.blur()");
      assert.match(await press("j"), /number 5/);
    });

    await t.step("Shift+Esc marks all as seen", async () => {
      await page.keyboard.press("Shift+Escape");
      await page.locator(".ev.un").first().waitFor({ state: "detached" });
      await page.waitForFunction(() => document.title.startsWith("Feed"));
      assert.equal((await site.noor.call("feed.list", { view: "you" })).unseen, 0);
    });

    await t.step("the scrubber replays what happened from where it stands, and Esc comes back", async () => {
      const range = page.getByRole("slider", { name: "Replay from" });
      await range.focus();
      await page.keyboard.press("Home");
      const before = await page.locator(".plot").boundingBox();
      await page.getByRole("button", { name: "Replay", exact: true }).press("Enter");
      await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
      assert.deepEqual(await page.locator(".plot").boundingBox(), before);
      await page.locator(".banner", { hasText: "Replay from" }).waitFor();
      await page.locator(".banner", { hasText: /6 of 6|5 of 5/ }).waitFor();
      const texts = await page.locator("#feed article").allInnerTexts();
      assert.match(texts[0] ?? "", /number 5/);
      await site.mention();
      await page.keyboard.press("Escape");
      await page.locator(".banner", { hasText: "Replay from" }).waitFor({ state: "detached" });
      await page.locator(".pill, #feed article", { hasText: /1 new entry|number 6/ }).first().waitFor();
    });

    await t.step("Ctrl+K goes to a room from here", async () => {
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").waitFor();
      await page.keyboard.press("Escape");
      await page.locator("dialog").waitFor({ state: "detached" });
      await page.keyboard.press("Control+k");
      await page.waitForFunction(() => document.activeElement?.role === "combobox");
      await page.keyboard.type("gaug");
      await page.keyboard.press("Enter");
      await page.locator("h1", { hasText: "gauges" }).waitFor();
    });

    await t.step("Enter opens what an entry is about", async () => {
      await tab.goto("/feed");
      await tab.live();
      await press("j", "j");
      const text = await focused(tab);
      assert.match(text, /number 5/);
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/rooms\/\w+\/\d+$/);
      await page.locator(".msg.is-on", { hasText: "number 5" }).waitFor();
    });

    assert.deepEqual([...tab.errors, ...tab.outside], []);
  });
});
