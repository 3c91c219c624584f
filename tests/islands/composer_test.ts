import assert from "node:assert/strict";
import { launch, show } from "./chromium.ts";

Deno.test({
  name: "the composer",
  sanitizeOps: false, // The browser's process and pipes outlive a step.
  sanitizeResources: false,
  async fn(t) {
    const browser = await launch();
    try {
      const page = await show(browser, "tests/islands/composer_page.tsx", "<body></body>");
      const field = page.locator("textarea");
      const waiting = () => page.evaluate<string[]>("tested.waiting()");
      await page.evaluate("tested.start('r1')");

      await t.step("Enter sends what is trimmed, empties the field and keeps the focus", async () => {
        await field.fill("  one ");
        await field.press("Enter");
        assert.deepEqual(await waiting(), ["one"]);
        assert.equal(await field.inputValue(), "");
        assert.equal(await page.evaluate("document.activeElement.tagName"), "TEXTAREA");
      });
      await t.step("Shift+Enter breaks the line", async () => {
        await field.pressSequentially("two");
        await field.press("Shift+Enter");
        await field.pressSequentially("lines");
        assert.equal(await field.inputValue(), "two\nlines");
        await field.press("Enter");
        assert.deepEqual(await waiting(), ["one", "two\nlines"]);
      });
      await t.step("an Enter that ends a composition sends nothing", async () => {
        await field.fill("三");
        for (const init of ["{ isComposing: true }", "{ keyCode: 229 }"]) {
          await page.evaluate(`document.querySelector("textarea").dispatchEvent(
            new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...${init} }))`);
        }
        assert.equal((await waiting()).length, 2);
        assert.equal(await field.inputValue(), "三");
        await field.fill("");
      });
      await t.step("nothing but space is not sent", async () => {
        await field.fill(" \n ");
        await field.press("Enter");
        assert.equal((await waiting()).length, 2);
        await field.fill("");
      });
      await t.step("a text that is too long is pasted whole and stays, with the reason", async () => {
        await field.focus();
        await page.keyboard.insertText("x".repeat(16_001));
        await field.press("Enter");
        assert.equal((await waiting()).length, 2);
        assert.equal(await page.getByRole("alert").textContent(), "1 character too long.");
        assert.equal((await field.inputValue()).length, 16_001);
        await field.fill("x".repeat(17_000));
        await field.press("Enter");
        assert.equal(await page.getByRole("alert").textContent(), "1,000 characters too long.");
        await field.fill("");
      });
      await t.step("how much a message may still have is shown near the end, and read out now and then", async () => {
        const read = page.getByRole("status");
        const shown = () => page.locator(".note").allTextContents();
        await field.fill(`${" ".repeat(900)}${"x".repeat(15_499)}`);
        assert.deepEqual([await shown(), await read.textContent()], [[], ""]);
        await field.pressSequentially("xxx");
        assert.deepEqual([await shown(), await read.textContent()], [["498 characters left."], "499 characters left."]);
        await field.fill("x".repeat(16_000));
        assert.deepEqual(await shown(), ["0 characters left."]);
        await field.pressSequentially("xx");
        assert.deepEqual([await shown(), await read.textContent()], [
          ["2 characters too long."],
          "1 character too long.",
        ]);
        await field.press("Backspace");
        await field.press("Backspace");
        assert.deepEqual(await shown(), ["0 characters left."]);
        await field.fill("");
        assert.deepEqual([await shown(), await read.textContent()], [[], ""]);
      });
      await t.step("Up in an empty field asks for the last message, in a full one it moves the caret", async () => {
        await field.press("ArrowUp");
        await field.fill("text");
        await field.press("ArrowUp");
        assert.deepEqual(await page.evaluate("tested.edits"), ["r1"]);
      });
      await t.step("each room has its draft", async () => {
        await field.fill("for one");
        await page.evaluate("tested.start('r2')");
        assert.equal(await field.inputValue(), "");
        await field.fill("for two");
        await page.evaluate("tested.start('r1')");
        assert.equal(await field.inputValue(), "for one");
        await page.evaluate("tested.start('r2')");
        assert.equal(await field.inputValue(), "for two");
      });
      await t.step("a draft that is written in another tab is here too, and none is overwritten", async () => {
        await field.fill("");
        await page.evaluate("tested.writeElsewhere('r2', 'of the other tab')");
        await page.waitForFunction("document.querySelector('textarea').value === 'of the other tab'");
        await field.pressSequentially(", more");
        await page.evaluate("tested.start('r1')");
        await page.evaluate("tested.start('r2')");
        assert.equal(await field.inputValue(), "of the other tab, more");
        await field.press("Enter");
        await page.evaluate("tested.writeElsewhere('r2', 'sent there')");
        await page.evaluate("tested.writeElsewhere('r2', '')");
        await page.waitForFunction("document.querySelector('textarea').value === ''");
      });
      await t.step("on touch Enter breaks the line and the button sends", async () => {
        const touch = await browser.newContext({ hasTouch: true, isMobile: true });
        const phone = await show(touch, "tests/islands/composer_page.tsx", "<body></body>");
        await phone.evaluate("tested.start('r1')");
        await phone.locator("textarea").pressSequentially("one");
        await phone.locator("textarea").press("Enter");
        assert.deepEqual(await phone.evaluate("tested.waiting()"), []);
        await phone.locator("button").click();
        assert.deepEqual(await phone.evaluate("tested.waiting()"), ["one"]);
      });
    } finally {
      await browser.close();
    }
  },
});
