/** Keys of one character, in a room and in the feed; and what the feed's connection does. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { withSite } from "./site.ts";

/** Close events of dialogs are held until the answer is called: as where the next key is quicker than the browser. */
async function holdCloses(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(`
    globalThis.held = [];
    globalThis.hold = (event) => {
      event.stopImmediatePropagation();
      held.push(event.target);
    };
    addEventListener("close", hold, true);`);
  return () =>
    page.evaluate(`
      removeEventListener("close", hold, true);
      for (const dialog of held) dialog.dispatchEvent(new Event("close"));`);
}

Deno.test({
  name: "the list of keys, and the feed's inspector",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const code = "const a = 1;\n\nlet b;";
      await site.say(site.noor, site.lobby, `look\n\n\`\`\`ts\n${code}\n\`\`\``);
      await site.say(site.noor, site.lobby, "no code");
      const tab = await site.tab(site.noor, { permissions: ["clipboard-read", "clipboard-write"] });
      const { page } = tab;
      const list = page.getByRole("dialog", { name: "Keyboard" });
      const away = () =>
        page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());

      await t.step("in a room, typed they are text; elsewhere ? lists the keys and / looks for a room", async () => {
        await tab.room(site.lobby);
        await page.locator("#compose").pressSequentially("a/b?");
        assert.equal(await page.locator("#compose").inputValue(), "a/b?");
        await page.locator(".msg").last().focus();
        await page.keyboard.press("?");
        await list.waitFor();
        await list.getByText("Jump to a room or a person").waitFor();
        await page.keyboard.press("Escape");
        await list.waitFor({ state: "detached" });
        assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ""), /no code/);
        await page.keyboard.press("/");
        await page.getByRole("combobox").waitFor();
        await page.keyboard.press("Escape");
        await page.locator("dialog").waitFor({ state: "detached" });
      });

      await t.step("a key that comes before the browser tells that a dialog was closed opens it anew", async () => {
        for (const [key, dialog] of [["?", list], ["/", page.getByRole("dialog", { name: "Jump to" })]] as const) {
          await page.locator(".msg").last().focus();
          await page.keyboard.press(key);
          await dialog.waitFor();
          const tell = await holdCloses(page);
          await page.keyboard.press("Escape");
          await page.keyboard.press(key);
          await tell();
          await dialog.waitFor();
          await page.keyboard.press("Escape");
          await page.locator("dialog").waitFor({ state: "detached" });
        }
      });

      await t.step("a message's code is copied as it was written", async () => {
        const row = page.locator(".msg", { hasText: "look" });
        await row.hover();
        await row.getByRole("button", { name: "Copy code" }).click();
        await row.getByRole("button", { name: "Code copied" }).waitFor();
        assert.equal(await page.evaluate(() => navigator.clipboard.readText()), code);
        await page.locator(".msg").last().hover();
        await page.locator(".msg").last().getByRole("button", { name: "Copy link" }).waitFor();
        assert.equal(await page.locator(".msg").last().getByRole("button", { name: "Copy code" }).count(), 0);
      });

      await t.step("in the feed too; switched off they do nothing, on this device", async () => {
        await tab.goto("/feed");
        await tab.live();
        await away();
        await page.keyboard.press("?");
        await list.getByRole("checkbox").uncheck();
        await page.keyboard.press("Escape");
        await list.waitFor({ state: "detached" });
        await away();
        await page.keyboard.press("?");
        await page.keyboard.press("/");
        await page.keyboard.press("Control+k");
        await page.getByRole("combobox").waitFor(); // What was asked for last; the two before would be there by now.
        assert.equal(await list.count(), 0);
        assert.equal(await page.locator("dialog").count(), 1);
        await page.getByRole("combobox").fill("keyboard");
        await page.keyboard.press("Enter");
        await list.getByRole("checkbox").check();
        await page.keyboard.press("Escape");
        await list.waitFor({ state: "detached" });
      });

      await t.step("the feed's indicators show what carries it, and hide it again", async () => {
        const inspector = page.getByRole("dialog", { name: "Connection" });
        for (const place of [".bar", ".me"]) {
          const indicator = page.locator(`${place} button.conn`);
          await indicator.click();
          await inspector.locator(".ladder [aria-current]", { hasText: "Event stream" }).waitFor();
          await inspector.locator("dt", { hasText: "For me" }).waitFor();
          await inspector.locator("dt", { hasText: "Everything" }).waitFor();
          assert.equal(await inspector.getByText("Waiting to send").count(), 0);
          assert.equal(await indicator.getAttribute("aria-expanded"), "true");
          await indicator.click();
          await inspector.waitFor({ state: "detached" });
        }
        await page.locator(".me button.conn").focus();
        await page.keyboard.press("Enter");
        await inspector.waitFor();
        await page.keyboard.press("Escape");
        await inspector.waitFor({ state: "detached" });
        assert.equal(await page.evaluate(() => document.activeElement?.closest(".me") !== null), true);
      });

      assert.deepEqual([...tab.errors, ...tab.outside], []);
    }),
});
