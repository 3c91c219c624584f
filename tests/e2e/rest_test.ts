/** A page that nobody touches: what moved comes to rest (WCAG 2.2.2), and then the browser has nothing to do for it. */
import assert from "node:assert/strict";
import { withSite } from "./site.ts";

const FRAMES = 60;
/** What a round trip that is measured meanwhile may change. */
const LAYOUTS_MAX = 3;

Deno.test({
  name: "a page at rest",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const tomas = await site.join("Tomás Vega", "tomas");
      await site.say(tomas, site.lobby, "@noor once");
      const tab = await site.tab(site.noor);
      const { page } = tab;
      const session = await tab.context.newCDPSession(page);
      await session.send("Performance.enable");
      const layouts = async () => {
        const { metrics } = await session.send("Performance.getMetrics");
        return metrics.find(({ name }) => name === "LayoutCount")?.value ?? NaN;
      };
      for (const path of [`/rooms/${site.lobby}`, "/feed", "/rooms", "/settings"]) {
        await t.step(`${path.slice(0, 7)}: nothing moves after a while, and nothing is laid out`, async () => {
          await tab.goto(path);
          await tab.live();
          await page.locator(".conn .flow:not(.flat, .still)").first().waitFor(); // It says that data may come.
          await page.waitForFunction(() => document.getAnimations().every((it) => it.timeline !== document.timeline));
          const before = await layouts();
          await page.evaluate(async (frames) => {
            for (let at = 0; at < frames; at++) await new Promise((done) => requestAnimationFrame(done));
          }, FRAMES);
          const count = await layouts() - before;
          assert.ok(count <= LAYOUTS_MAX, `${count} layouts in ${FRAMES} frames`);
        });
      }
      assert.deepEqual([...tab.errors, ...tab.outside], []);
    }),
});
