/** The settings show where one is, and what one's role allows, as both are now. */
import assert from "node:assert/strict";
import { withSite } from "./site.ts";

Deno.test({
  name: "the settings as they are now",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const tomas = await site.join("Tomás Vega", "tomas");
      const { user: { id } } = await tomas.call("auth.me", {});
      const tab = await site.tab(site.noor);
      const { page } = tab;
      const current = () => page.locator(".side .nav [aria-current=location]").allInnerTexts();
      const marked = async (name: string) => {
        await page.locator(".side .nav [aria-current=location]", { hasText: name }).waitFor();
        assert.deepEqual(await current(), [name]);
      };

      await t.step("the section that is in sight is marked, whatever brought it there", async () => {
        await tab.goto("/settings");
        await marked("Profile");
        for (const name of ["Access tokens", "Shortcuts", "Invites", "Members and roles", "Password"]) {
          await page.getByRole("link", { name, exact: true }).click();
          await marked(name);
        }
        await page.locator("main .scroll").evaluate((it) => it.scrollTo(0, it.scrollHeight));
        await marked("Invites");
        await page.locator("main .scroll").evaluate((it) => it.scrollTo(0, 0));
        await marked("Profile");
        await tab.goto("/settings/tokens");
        await marked("Access tokens");
        await page.goBack();
        await marked("Profile");
      });

      await t.step("the section that one works in is marked, and seen after a form, whatever its address", async () => {
        const inSight = (name: string) =>
          page.getByText(name).first().evaluate((it) => {
            const { top, bottom } = it.getBoundingClientRect();
            return top >= 0 && bottom <= innerHeight;
          });
        const send = async (section: string, fields: Record<string, string>, button: string) => {
          await tab.goto("/settings");
          for (const [name, value] of Object.entries(fields)) {
            await page.locator(`#${section} [name=${name}]`).first().fill(value);
          }
          await page.locator(`#${section} form[method=post]`).getByRole("button", { name: button }).click();
        };
        await send("tokens", { name: "Deploys" }, "Create token");
        await page.locator("#made-token").waitFor();
        await marked("Access tokens");
        await send("password", { current: "wrong", password: "and a new one" }, "Change password");
        await page.getByText("That's not your current password.").waitFor();
        await marked("Password");
        await send("profile", { handle: "tomas" }, "Save profile");
        await marked("Profile");
        // Refused far down: what is said is in sight.
        await tab.goto("/settings");
        await page.locator("#invites [name=uses]").evaluate((it) => void it.setAttribute("type", "text"));
        await page.locator("#invites [name=uses]").fill("many");
        await page.locator("#invites").getByRole("button", { name: "Create link" }).click();
        await page.locator("#a-invites").waitFor();
        await marked("Invites");
        assert.ok(await inSight(await page.locator("#a-invites").innerText()));
        assert.equal(await page.evaluate(() => document.activeElement?.id), "a-invites");
        await page.locator("#people button[popovertarget]").first().focus();
        await marked("Members and roles");
      });

      await t.step("each section is marked on the way from the first to the last", async () => {
        await tab.goto("/settings");
        const names: string[] = [];
        for (let isEnd = false; !isEnd;) {
          const [name = ""] = await current();
          if (names.at(-1) !== name) names.push(name);
          isEnd = await page.locator("main .scroll").evaluate(async (it) => {
            const before = it.scrollTop;
            it.scrollBy(0, 24);
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            return it.scrollTop === before;
          });
        }
        assert.deepEqual(names, await page.locator(".side .nav a").allInnerTexts());
      });

      await t.step(
        "the sections of a role come and go with it, without a reload, and the focus is not lost",
        async () => {
          const other = await site.tab(tomas);
          await other.goto("/settings");
          await other.live();
          await other.page.evaluate("globalThis.isSame = true");
          const people = other.page.locator("#people");
          const link = other.page.getByRole("link", { name: "Members and roles" });
          assert.deepEqual([await people.count(), await link.count()], [0, 0]);
          await site.noor.call("users.setRole", { user: id, role: "admin" });
          await people.waitFor();
          await other.page.locator("#invites button", { hasText: "Create link" }).waitFor();
          await link.click();
          await other.page.locator("[aria-current=location]", { hasText: "Members and roles" }).waitFor();
          assert.equal(await people.getByRole("button", { name: /role of Noor/ }).count(), 0);
          await site.noor.call("users.setRole", { user: id, role: "owner" });
          await people.getByRole("button", { name: /role of Noor/ }).waitFor();
          await other.page.locator("#invites input").first().focus();
          await site.noor.call("users.setRole", { user: id, role: "member" });
          await people.waitFor({ state: "detached" });
          await other.page.locator("#invites").waitFor({ state: "detached" });
          assert.equal(await link.count(), 0);
          assert.equal(await other.page.evaluate(() => document.activeElement?.ariaLabel), "All settings");
          assert.equal(await other.page.evaluate("globalThis.isSame"), true);
          assert.deepEqual([...other.errors, ...other.outside], []);
          await other.close();
        },
      );

      assert.deepEqual([...tab.errors, ...tab.outside], []);
    }),
});
