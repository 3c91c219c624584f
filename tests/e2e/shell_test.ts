/** /rooms and /settings are parts of the live app: switcher, counts, presence and dialogs as in rooms. */
import assert from "node:assert/strict";
import { withSite } from "./site.ts";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

Deno.test({
  name: "the live shell of rooms and settings",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const tomas = await site.join("Tomás Vega", "tomas");
      const { room } = await site.noor.call("rooms.create", { name: "weir", visibility: "public" });
      await tomas.call("rooms.join", { room: room.id });
      const { room: talk } = await tomas.call("rooms.direct", {
        users: [(await site.noor.call("auth.me", {})).user.id],
      });
      const tab = await site.tab(site.noor);
      const { page } = tab;
      const closed = () => page.locator("dialog").waitFor({ state: "detached" });

      for (const path of ["/rooms", "/settings"]) {
        await t.step(`${path}: live, with the switcher, the list of keys and counts in the title`, async () => {
          await tab.goto(path);
          await tab.live();
          const before = await page.title();
          await site.say(tomas, talk.id, `hello from ${path}`);
          await page.waitForFunction(
            (before) => /^\(@\d+\) /.test(document.title) && document.title !== before,
            before,
          );
          await page.keyboard.press("?");
          await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
          await page.keyboard.press("Escape");
          await closed();
          await page.keyboard.press("Control+k");
          await page.keyboard.type("weir");
          await page.keyboard.press("Enter");
          await page.locator("h1", { hasText: "weir" }).waitFor();
        });
      }

      await t.step("in the list of rooms counts and presence are as they are now, and links open dialogs", async () => {
        await tab.goto("/rooms");
        await tab.live();
        const weir = page.locator(".side .nav a", { hasText: "weir" });
        await site.say(tomas, room.id, "news");
        await weir.locator(".count").waitFor();
        const other = await site.tab(tomas);
        await other.room(room.id);
        await page.locator(".side .nav .av.on").waitFor();
        await other.close();
        await page.getByRole("link", { name: "New direct message" }).click();
        await page.getByRole("dialog", { name: "New direct message" }).waitFor();
        await page.keyboard.press("Escape");
        await closed();
      });

      await t.step("a theme is set as it is chosen, and stays", async () => {
        await tab.goto("/settings");
        await tab.live();
        await page.locator("#appearance").getByText("Dark").click();
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
        await page.reload();
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
        assert.equal(await page.getByRole("radio", { name: "Dark" }).isChecked(), true);
        assert.equal(await page.locator("#appearance button:visible").count(), 0);
      });

      await t.step("a form that was refused has the address of its page, and asks before it deactivates", async () => {
        await page.getByLabel("Handle").first().fill("tomas");
        await page.getByRole("button", { name: "Save profile" }).click();
        await page.getByRole("alert").waitFor();
        await tab.live();
        assert.equal(new URL(page.url()).pathname, "/settings");
        await page.reload();
        await page.getByRole("alert").waitFor({ state: "detached" });
        const ask = page.locator("tr", { hasText: "Tomás" }).getByRole("button", { name: "Deactivate" });
        await ask.focus();
        await page.keyboard.press("Enter");
        const question = page.getByRole("dialog", { name: "Deactivate Tomás Vega?" });
        await question.waitFor();
        assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Cancel");
        await page.keyboard.press("Escape");
        await question.waitFor({ state: "hidden" });
        assert.equal(await ask.evaluate((it) => it === document.activeElement), true);
        assert.equal((await site.noor.call("users.list", { query: "tomas" })).users[0]?.deactivatedAt, undefined);
      });

      await t.step("on a phone the drawer closes when a section is chosen", async () => {
        const phone = await site.tab(site.noor, PHONE);
        await phone.goto("/settings");
        await phone.live();
        await phone.page.getByRole("button", { name: "Open menu" }).tap();
        await phone.page.getByRole("link", { name: "Shortcuts" }).tap();
        await phone.page.locator("#side").waitFor({ state: "hidden" });
        await phone.page.waitForFunction(() => {
          const top = document.getElementById("shortcuts")?.getBoundingClientRect().top ?? -1;
          return top >= 0 && top < innerHeight;
        });
        assert.deepEqual(phone.errors, []);
        await phone.close();
      });

      assert.deepEqual([...tab.errors, ...tab.outside], []);
    }),
});
