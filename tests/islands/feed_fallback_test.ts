/** The feed where a proxy holds event streams back, and where there is no script. */
import assert from "node:assert/strict";
import { startProxy } from "../faults/proxy.ts";
import { openTab } from "../e2e/tab.ts";
import { article, withFeedSite } from "./feed_site.ts";

// The browser's process and pipes outlive a step.
const options = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "behind a proxy that buffers, the feed goes on over long-poll, says so, and comes back",
  options,
  async () => {
    await withFeedSite(async (site, server) => {
      await site.mention(3);
      const proxy = startProxy(server.port);
      try {
        const tab = await openTab(site.browser, proxy.origin, site.noor);
        const { page } = tab;
        proxy.set({ kind: "buffer_sse" });
        await tab.goto("/feed");
        await page.locator(".banner:not(.good)", { hasText: "Live by long-poll: the event stream was buffered." })
          .waitFor();
        await page.locator(".bar .conn", { hasText: "Live · long-poll" }).waitFor();
        await site.mention();
        await article(tab, "number 4").waitFor();
        proxy.set({ kind: "pass" });
        await page.evaluate("dispatchEvent(new Event('online'))");
        await page.locator(".bar .conn", { hasText: "Live · SSE" }).waitFor();
        await site.mention();
        await article(tab, "number 5").waitFor();
        const texts = await page.locator("#feed article .quote").allInnerTexts();
        assert.deepEqual(
          texts.filter((text) => text.includes("number")),
          [5, 4, 3, 2, 1].map((it) => `@noor number ${it}`),
        );
        assert.deepEqual(tab.errors, []);
        await tab.close();
      } finally {
        await proxy.stop();
      }
    });
  },
);

Deno.test("without script the feed is read, gone through, and marked as seen", options, async () => {
  await withFeedSite(async (site) => {
    await site.mention(60);
    const tab = await site.tab(site.noor, { javaScriptEnabled: false });
    const { page } = tab;
    await tab.goto("/feed");
    await article(tab, "number 60").waitFor();
    assert.equal(await page.locator(".scrub").isVisible(), false);
    await page.getByRole("link", { name: "Older" }).click();
    await article(tab, "number 1").waitFor();
    await page.locator(".tabs").getByRole("link", { name: "Everything" }).click();
    await article(tab, "created #gauges").waitFor();
    await page.locator(".tabs").getByRole("link", { name: "For you" }).click();
    await page.getByRole("link", { name: /^Catch up/ }).click();
    await page.getByRole("heading", { name: "Mentions and direct messages" }).waitFor();
    await page.getByRole("button", { name: "Mark all as seen" }).click();
    await page.waitForURL(/\/feed$/);
    assert.equal(await page.locator(".ev.un").count(), 0);
    await article(tab, "number 60").locator("a.when").click();
    await page.locator(".msg.is-on", { hasText: "number 60" }).waitFor();
    assert.deepEqual([...tab.errors, ...tab.outside], []);
  });
});
