/** The place in the feed: what one goes on from is where one comes back to. */
import assert from "node:assert/strict";
import { article, topOf, withFeedSite } from "./feed_site.ts";

// The browser's process and pipes outlive a step.
const options = { sanitizeOps: false, sanitizeResources: false };

Deno.test("the feed is read on where it was left", options, async (t) => {
  await withFeedSite(async (site) => {
    await site.mention(60);
    const tab = await site.tab(site.noor, { viewport: { width: 390, height: 844 } });
    const { page } = tab;
    const scroller = page.locator(".scroll:has(#feed)");
    await tab.goto("/feed");
    await tab.live();
    // An entry that the page does not come with.
    await page.getByRole("link", { name: "Older" }).click();
    await article(tab, "@noor number 12").waitFor();
    await article(tab, "@noor number 12").evaluate((it) => it.scrollIntoView({ block: "center" }));
    await page.waitForFunction("history.state !== null");
    const left = await topOf(tab, "@noor number 12");

    const isBack = async () => {
      await article(tab, "@noor number 12").waitFor();
      await page.waitForFunction(() => (document.getElementById("feed")?.parentElement?.scrollTop ?? 0) > 0);
      const top = await topOf(tab, "@noor number 12");
      assert.ok(Math.abs(top - left) < 2, `${top}, left at ${left}`);
    };

    await t.step("after going back to it", async () => {
      await article(tab, "@noor number 12").locator("a.when").click();
      await page.locator(".msg.is-on", { hasText: "number 12" }).waitFor();
      await page.goBack();
      await isBack();
    });

    await t.step("after a reload", async () => {
      await page.reload();
      await isBack();
    });

    await t.step("not where it is opened anew", async () => {
      await tab.goto("/settings");
      await tab.goto("/feed");
      await tab.live();
      assert.equal(await scroller.evaluate((it) => it.scrollTop), 0);
    });

    assert.deepEqual(tab.errors, []);
  });
});
