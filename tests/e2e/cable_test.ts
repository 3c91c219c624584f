/** The cable is pulled: the page says so at once, says what it cannot do now, and does it when the cable is back. */
import assert from "node:assert/strict";
import { withSite } from "./site.ts";

/** A probe that is answered by nobody, and the words for that. By the pings alone it would be noticed after 25 s or more. */
const NOTICED_MS = 10_000;

Deno.test({
  name: "a page whose cable is pulled",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const ilya = await site.join("Ilya Brandt", "ilya");
      for (const name of ["gauges", "weirs"]) {
        const { room } = await site.noor.call("rooms.create", { name, visibility: "public" });
        await ilya.call("rooms.join", { room: room.id });
        await site.say(site.noor, room.id, `welcome to ${name}`);
      }
      const tab = await site.tab(ilya);
      const { page, context } = tab;
      const connection = (words: string) =>
        page.locator(".me .conn", { hasText: words }).waitFor({ state: "attached", timeout: NOTICED_MS });
      const banner = (words: string) => page.locator(".banner", { hasText: words });
      const line = (name: string) => page.locator(".nav a", { hasText: name });
      const heading = (name: string) => page.locator("h1", { hasText: name }).waitFor();
      await tab.room(site.lobby);

      await t.step("the indicator says it at once, and the cable's return too", async () => {
        await context.setOffline(true);
        await connection("Offline");
        await context.setOffline(false);
        await tab.live();
      });

      await t.step("a room that was not opened before: told at once, shown when the cable is back", async () => {
        await context.setOffline(true);
        await connection("Offline");
        await line("gauges").click();
        await banner("Can't open #gauges without a connection.").waitFor({ timeout: NOTICED_MS });
        assert.match(await page.locator("h1").innerText(), /general/);
        await context.setOffline(false);
        await heading("gauges");
        await tab.shows(["welcome to gauges"]);
        await banner("Can't open").waitFor({ state: "detached" });
      });

      await t.step("a room that was opened before is shown, and what waited for the cable is forgotten", async () => {
        await context.setOffline(true);
        await connection("Offline");
        await line("weirs").click();
        await banner("Can't open #weirs without a connection.").waitFor({ timeout: NOTICED_MS });
        await line("general").click();
        await heading("general");
        await banner("Can't open").waitFor({ state: "detached" });
        await context.setOffline(false);
        await tab.live();
        await tab.send("back again");
        assert.match(await page.locator("h1").innerText(), /general/);
        assert.equal(new URL(page.url()).pathname, `/rooms/${site.lobby}`);
      });

      await t.step("a dialog that was not opened before: told, and it opens once the cable is back", async () => {
        const button = page.getByRole("link", { name: "New direct message" });
        await context.setOffline(true);
        await connection("Offline");
        await button.click();
        await banner("Can't open this without a connection.").waitFor({ timeout: NOTICED_MS });
        await context.setOffline(false);
        await tab.live();
        await banner("Can't open").waitFor({ state: "detached" });
        await button.click();
        await page.getByRole("dialog", { name: "New direct message" }).waitFor();
        await page.keyboard.press("Escape");
      });

      assert.deepEqual([...tab.errors, ...tab.outside], []);
    }),
});
