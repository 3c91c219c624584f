/** Where the focus is after a key or a button did its work: never on the body, and in a field while one composes. */
import assert from "node:assert/strict";
import { withSite } from "./site.ts";

const LONG = 60; // messages: more than a pane

Deno.test({
  name: "keys in the composer, and where the focus goes",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      for (let at = 1; at <= LONG; at++) {
        await site.say(site.noor, site.lobby, `line ${at}`);
      }
      const { room } = await site.noor.call("rooms.create", {
        name: "weir",
        visibility: "public",
      });
      const tab = await site.tab(site.noor);
      const { page } = tab;
      await tab.room(site.lobby);
      const field = page.locator("#compose");
      const focused = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName);
      const top = () => page.locator(".log").evaluate((it) => it.scrollTop);
      const title = () => page.locator("h1").innerText();
      const composing = (key: string) =>
        field.evaluate(
          (it, key) =>
            it.dispatchEvent(
              new KeyboardEvent("keydown", {
                key,
                keyCode: 229,
                bubbles: true,
                cancelable: true,
              }),
            ),
          key,
        );

      await t.step(
        "Page Up and Page Down scroll the list, and the field keeps focus and text",
        async () => {
          await field.fill("half a");
          const end = await top();
          await page.keyboard.press("PageUp");
          await page.waitForFunction(
            (end) => (document.querySelector(".log")?.scrollTop ?? 0) < end - 100,
            end,
          );
          await page.keyboard.type(" line");
          assert.equal(await field.inputValue(), "half a line");
          await page.keyboard.press("PageDown");
          await page.waitForFunction(
            (end) => document.querySelector(".log")?.scrollTop === end,
            end,
          );
          assert.equal(await focused(), "compose");
        },
      );

      await t.step(
        "the pill to the newest messages leaves the focus where one writes",
        async () => {
          await page.keyboard.press("PageUp");
          const pill = page.locator(".pill");
          await pill.focus();
          await page.keyboard.press("Enter");
          await pill.waitFor({ state: "detached" });
          assert.equal(await focused(), "compose");
        },
      );

      await t.step(
        "while an input method composes no key ends, opens or goes anywhere",
        async () => {
          await field.fill("");
          await composing("ArrowUp");
          await page.keyboard.type("x");
          assert.equal(await field.inputValue(), "x");
          await field.fill("");
          await page.keyboard.press("ArrowUp");
          const editor = page.locator(".edit textarea");
          await editor.fill("changed");
          await editor.evaluate((it) =>
            it.dispatchEvent(
              new KeyboardEvent("keydown", {
                key: "Escape",
                keyCode: 229,
                bubbles: true,
                cancelable: true,
              }),
            )
          );
          await page.keyboard.type(" more");
          assert.equal(await editor.inputValue(), "changed more");
          await page.keyboard.press("Escape");
          await editor.waitFor({ state: "detached" });
        },
      );

      await t.step(
        "on a Mac ⌥↑ in a text is the text's own; in an empty field it goes to another room",
        async () => {
          const mac = await site.tab(site.noor);
          await mac.page.addInitScript(
            `Object.defineProperty(navigator, "platform", { get: () => "MacIntel" })`,
          );
          await mac.room(room.id);
          await mac.page.locator("h1", { hasText: "weir" }).waitFor();
          await mac.page.locator("#compose").fill("a text");
          await mac.page.keyboard.press("Alt+ArrowUp");
          await mac.page.keyboard.press("Alt+ArrowDown");
          await mac.page.locator("#compose").fill("");
          assert.equal(await mac.page.locator("h1").innerText(), "weir");
          await mac.page.keyboard.press("Alt+ArrowUp");
          await mac.page.locator("h1", { hasText: "general" }).waitFor();
          await mac.close();
        },
      );

      await t.step(
        "a reaction that is taken back by its last hand leaves the focus on the message",
        async () => {
          assert.equal(await title(), "general");
          const { messages } = await site.noor.call("messages.list", {
            room: site.lobby,
          });
          const last = messages.at(-1);
          await site.noor.call("messages.react", {
            room: site.lobby,
            seq: last?.seq ?? 0,
            emoji: "👍",
          });
          const mine = page.locator(".reacts button", { hasText: "👍" });
          await mine.focus();
          await page.keyboard.press("Enter");
          await mine.waitFor({ state: "detached" });
          assert.equal(
            await page.evaluate(() => document.activeElement?.getAttribute("data-row")),
            String(last?.seq),
          );
        },
      );

      await t.step(
        "the button that joins gives the focus to the field that takes its place",
        async () => {
          await site.noor.call("rooms.leave", { room: room.id });
          await tab.room(room.id);
          await page.getByRole("button", { name: "Join" }).focus();
          await page.keyboard.press("Enter");
          await field.waitFor();
          assert.equal(await focused(), "compose");
        },
      );

      assert.deepEqual([...tab.errors, ...tab.outside], []);
    }),
});
