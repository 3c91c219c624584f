/** The quick switcher, and the dialogs that one writes into: nothing that is typed at once goes elsewhere. */
import assert from "node:assert/strict";
import { withSite } from "./site.ts";

Deno.test({
  name: "what Ctrl+K finds, and Enter takes",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      await site.join("Tomás Vega", "tomas");
      await site.join("Priya Nair", "priya");
      for (const name of ["firmware", "gauges", "weir"]) {
        await site.noor.call("rooms.create", { name, visibility: "public" });
      }
      const tab = await site.tab(site.noor);
      const { page } = tab;
      const heading = (name: string) => page.locator("h1", { hasText: name }).waitFor();
      const closed = () => page.locator("dialog").waitFor({ state: "detached" });
      const options = page.getByRole("option");
      const jump = async (word: string) => {
        await page.keyboard.press("Control+k");
        await page.keyboard.type(word);
      };
      await tab.room(site.lobby);

      await t.step("it takes the very first letter, and Enter, while its list is still fetched", async () => {
        let release = () => {};
        const held = new Promise<void>((resolve) => release = resolve);
        await page.route(/palette/, (route) => held.then(() => route.continue()));
        await page.locator("#compose").focus();
        await jump("firmware");
        await page.keyboard.press("Enter");
        assert.equal(await page.locator("#compose").inputValue(), "");
        release();
        await heading("firmware");
        await closed();
        await page.unroute(/palette/);
      });

      await t.step("rooms one was in lately come first, and the one on screen not among them", async () => {
        await jump("gauges");
        await page.keyboard.press("Enter");
        await heading("gauges");
        await page.keyboard.press("Control+k");
        await page.getByRole("group", { name: "Recent" }).waitFor();
        assert.deepEqual(
          (await page.getByRole("group", { name: "Recent" }).getByRole("option").allInnerTexts()).map((it) =>
            it.trim()
          ),
          ["firmware", "general"],
        );
        assert.match(await options.first().innerText(), /firmware/);
        await page.keyboard.press("Enter");
        await heading("firmware");
      });

      await t.step("an archived room comes last, and says so; what one is not in is opened to be read", async () => {
        for (const name of ["old-firmware", "old-weir"]) {
          const { room } = await site.noor.call("rooms.create", { name, visibility: "public" });
          if (name === "old-weir") await site.noor.call("rooms.leave", { room: room.id });
          await site.noor.call("rooms.archive", { room: room.id });
          await page.goto(`${site.url}/rooms/${room.id}`);
          await tab.live();
        }
        await jump("firm");
        await page.getByRole("option", { name: "old-firmware archived" }).waitFor();
        assert.match(await options.first().innerText(), /^firmware/);
        await page.keyboard.press("Enter");
        await heading("firmware");
        await closed();
        await jump("Browse rooms");
        await page.keyboard.press("Enter");
        await page.getByRole("dialog", { name: "Rooms" }).waitFor();
        await page.keyboard.type("old-w");
        await page.getByRole("button", { name: "Open old-weir" }).waitFor();
        await page.keyboard.press("Enter");
        await heading("old-weir");
        await closed();
        await tab.room(site.lobby);
      });

      await t.step("people, commands and settings have sections, marked letters and keys", async () => {
        await jump("pri");
        const person = page.getByRole("group", { name: "People" }).getByRole("option", { name: "Priya Nair" });
        await person.waitFor();
        assert.equal((await person.locator("mark").allInnerTexts()).join(""), "Pri");
        await page.locator("dialog input").fill("shortcuts");
        const command = page.getByRole("group", { name: "Commands" }).getByRole("option", { name: "Keyboard" });
        assert.equal(await command.locator("kbd").innerText(), "?");
        await page.locator("dialog input").fill("sign out");
        await page.getByRole("group", { name: "Settings" }).getByRole("option", { name: "Sign out" }).waitFor();
        await page.locator("dialog input").fill("> ro");
        assert.deepEqual(
          await page.locator("[role=listbox] > [role=group]").evaluateAll((all) => all.map((it) => it.ariaLabel)),
          ["Commands", "Settings"],
        );
        await page.keyboard.press("Escape");
        await closed();
      });

      await t.step("a theme is set from it, at once and for the next page", async () => {
        await jump("dark");
        await page.keyboard.press("Enter");
        await closed();
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
        await page.reload();
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
        await tab.live();
      });

      await t.step("in the dialog for a direct message Enter takes the first match, the next one begins", async () => {
        await jump("New direct");
        await page.keyboard.press("Enter");
        const dialog = page.getByRole("dialog", { name: "New direct message" });
        await dialog.waitFor();
        await page.keyboard.type("tom");
        await page.keyboard.press("Enter");
        await dialog.getByRole("checkbox", { name: /Tomás/, checked: true }).waitFor();
        assert.equal(await dialog.getByRole("searchbox").inputValue(), "");
        await page.keyboard.press("Enter");
        await heading("Tomás Vega");
        await closed();
      });

      await t.step("in the list of rooms Enter opens the first match", async () => {
        await jump("Browse rooms");
        await page.keyboard.press("Enter");
        await page.getByRole("dialog", { name: "Rooms" }).waitFor();
        await page.keyboard.type("wei");
        await page.keyboard.press("Enter");
        await heading("weir");
        await closed();
      });

      await t.step("in the feed it takes the first letter as well", async () => {
        await tab.goto("/feed");
        await tab.live();
        await jump("gauges");
        await page.keyboard.press("Enter");
        await heading("gauges");
      });

      assert.deepEqual([...tab.errors, ...tab.outside], []);
    }),
});
