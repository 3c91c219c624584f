/** On paper a room is its messages, all of those that are loaded, without what is pressed; so are the feed's entries. */
import assert from "node:assert/strict";
import { withSite } from "./site.ts";

Deno.test({
  name: "print: the room's messages in full and nothing around them",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  async fn() {
    await withSite(async ({ noor, lobby, say, tab }) => {
      for (let at = 1; at <= 45; at++) await say(noor, lobby, `Line ${at}\n\nand its second paragraph`);
      const { page, room, goto } = await tab(noor, { colorScheme: "dark" });
      const seen = (selector: string) => page.locator(`${selector} >> visible=true`).count();
      await room(lobby, "?pane=members");
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      for (const away of [".side", ".pane", ".dock", ".bar button", ".skip", ".further"]) {
        assert.equal(await seen(away), 0, away);
      }
      assert.equal(await seen(".bar h1"), 1);
      // Every message lies on the paper, in the height of the document and not in a pane that scrolls.
      const [heights] = await page.evaluate<number[][]>(`[[
        document.documentElement.scrollHeight,
        ...[...document.querySelectorAll(".msg")].map((it) => it.getBoundingClientRect().bottom + scrollY),
      ]]`);
      const [paper = 0, ...bottoms] = heights ?? [];
      assert.equal(bottoms.length, 45);
      assert.ok(bottoms.every((it, at) => it > (bottoms[at - 1] ?? 0) && it <= paper), `${paper}: ${bottoms}`);
      assert.equal(await page.evaluate("getComputedStyle(document.documentElement).colorScheme"), "light");
      await page.emulateMedia({ media: "screen" });
      await goto("/feed?view=everything");
      await page.emulateMedia({ media: "print" });
      for (const away of [".side", ".pane", ".scrub", ".tabs", ".bar button"]) {
        assert.equal(await seen(away), 0, away);
      }
      assert.equal(await seen(".ev"), await page.locator(".ev").count());
    });
  },
});
