/** Times and days are the reader's, wherever the server is, and nothing moves when they become so. */
import assert from "node:assert/strict";
import { withSite } from "./site.ts";
import type { Tab } from "./tab.ts";

/** A day ahead of UTC for most of the day, a day behind it, and half an hour off. */
const ZONES = ["Pacific/Kiritimati", "Pacific/Honolulu", "Asia/Kolkata"];

Deno.test({
  name: "times and days in the reader's zone",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const { noor, lobby } = site;
      await site.say(noor, lobby, "what time is it?");
      const { messages: [message] } = await noor.call("messages.list", { room: lobby });
      const at = message?.at ?? 0;

      for (const timeZone of ZONES) {
        await t.step(timeZone, async () => {
          const clock = new Date(at).toLocaleTimeString("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
          const date = new Date(at).toLocaleDateString("sv-SE", { timeZone });
          const tab = await site.tab(noor, { timezoneId: timeZone });
          const shown = tab.page.locator(".day time");

          await tab.room(lobby);
          await tab.page.locator(".who time", { hasText: clock }).waitFor();
          await tab.page.locator(".day", { hasText: "Today" }).waitFor();
          assert.equal(await shown.getAttribute("datetime"), date);
          assert.deepEqual(await moved(tab), []);

          assert.deepEqual(tab.errors, []);
          await tab.close();
        });
      }
    }),
});

async function moved(tab: Tab): Promise<string[]> {
  return (await tab.shifts()).flatMap((shift) => shift.what);
}
