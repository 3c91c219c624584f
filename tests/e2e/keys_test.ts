/** Keys of one character, in a room and in the feed; and what the feed's connection does. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { withSite } from "./site.ts";

/** What tells of closed dialogs and popovers is held until the answer is called: as where the next key is quicker. */
async function holdCloses(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(`
    globalThis.held = [];
    globalThis.hold = (event) => {
      event.stopImmediatePropagation();
      held.push([event.target, event.constructor, event.type, { oldState: event.oldState, newState: event.newState }]);
    };
    for (const type of ["close", "toggle"]) addEventListener(type, hold, true);`);
  return () =>
    page.evaluate(`
      for (const type of ["close", "toggle"]) removeEventListener(type, hold, true);
      for (const [target, Kind, type, states] of held) target.dispatchEvent(new Kind(type, states));`);
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
      const list = page.getByRole("dialog", { name: "Keyboard shortcuts", exact: true });
      const away = () =>
        page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());

      await t.step("in a room, typed they are text; elsewhere ? lists the keys and / looks for a room", async () => {
        await tab.room(site.lobby);
        await page.locator("#compose").pressSequentially("a/b?");
        assert.equal(await page.locator("#compose").inputValue(), "a/b?");
        await page.locator(".msg").last().focus();
        await page.keyboard.press("?");
        await list.waitFor();
        await list.getByText("Jump to a room or person").waitFor();
        await page.keyboard.press("Escape");
        await list.waitFor({ state: "detached" });
        assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ""), /no code/);
        await page.keyboard.press("/");
        await page.getByRole("combobox").waitFor();
        await page.keyboard.press("Escape");
        await page.locator("dialog").waitFor({ state: "detached" });
      });

      await t.step("a key that comes before the browser tells that an overlay was closed opens it anew", async () => {
        const message = page.locator(".msg").last();
        const overlays = [
          ["?", "Keyboard", message],
          ["/", "Jump to", message],
          ["+", "React to the message", message],
          ["Enter", "Room menu", page.getByRole("button", { name: "Room menu" })],
          ["Enter", "Connection", page.locator(".me button.conn")],
        ] as const;
        for (const [key, name, from] of overlays) {
          const dialog = page.getByRole("dialog", { name });
          await from.focus();
          await page.keyboard.press(key);
          await dialog.waitFor();
          const tell = await holdCloses(page);
          await page.keyboard.press("Escape");
          await page.keyboard.press(key);
          await tell();
          await dialog.waitFor();
          await page.keyboard.press("Escape");
          await dialog.waitFor({ state: "detached" });
          assert.equal(await from.evaluate((it) => it === document.activeElement), true, name);
        }
      });

      await t.step("the keys work before what the page fetches once it is live has come", async () => {
        const early = await site.tab(site.noor);
        await early.context.route(/room_deferred/, () => {}); // It never comes.
        await early.room(site.lobby);
        for (const [key, name] of [["?", "Keyboard"], ["/", "Jump to"]] as const) {
          await early.page.locator(".msg").last().focus();
          await early.page.keyboard.press(key);
          await early.page.getByRole("dialog", { name }).waitFor();
          await early.page.keyboard.press("Escape");
          await early.page.locator("dialog").waitFor({ state: "detached" });
        }
        await early.close();
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

      await t.step("that a text is too long is said while one writes it, anew or in a message", async () => {
        for (const message of [page.locator(".dock"), page.locator(".edit")]) {
          const field = message.getByRole("textbox");
          await field.fill("x".repeat(16_001));
          await message.getByText("1 character too long.").first().waitFor();
          await field.press("Backspace");
          await message.getByText("0 characters left.").first().waitFor();
          await field.fill("");
          await message.getByText("0 characters left.").first().waitFor({ state: "detached" });
          await field.press(await page.locator(".edit").isVisible() ? "Escape" : "ArrowUp"); // to the last message
        }
      });

      await t.step("in the feed too; switched off they do nothing, on this device", async () => {
        await tab.goto("/feed");
        await tab.live();
        await away();
        await page.keyboard.press("?");
        await list.getByLabel(/^Single-key shortcuts/).uncheck();
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
          await inspector.locator("dt", { hasText: "You" }).waitFor();
          await inspector.locator("dt", { hasText: "Workspace" }).waitFor();
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
