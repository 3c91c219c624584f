/** On paper a room is its messages, all of those that are loaded, without what is pressed; so are the feed's entries. */
import assert from "node:assert/strict";
import { withSite } from "./site.ts";

Deno.test({
  name: "print: the room's messages in full and nothing around them",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  async fn() {
    await withSite(async ({ noor, lobby, say, join, tab }) => {
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
      const tomas = await join("Tomás Vega", "tomas");
      await say(tomas, lobby, "@noor *print* this");
      const [mention] = (await noor.call("messages.list", { room: lobby, limit: 1 })).messages;
      await tomas.call("messages.react", { room: lobby, seq: mention?.seq ?? 0, emoji: "👍" });
      await page.locator(".reacts").waitFor();
      await page.emulateMedia({ media: "print" });
      assert.equal(await seen("[aria-label='Add reaction']"), 0);
      assert.equal(await seen(".reacts"), 1);
      // White on a colour is read only where the colour is printed too.
      const kept = (selector: string) =>
        page.locator(selector).first().evaluate((it) => getComputedStyle(it).printColorAdjust);
      assert.equal(await kept(".text .mine"), "exact");
      await page.emulateMedia({ media: "screen" });
      const { room: { id: gauges } } = await noor.call("rooms.create", { name: "gauges", visibility: "public" });
      await tomas.call("rooms.join", { room: gauges });
      await say(tomas, gauges, "@noor and this");
      await goto("/feed");
      await page.getByRole("button", { name: "Mark seen to here" }).first().waitFor();
      await page.emulateMedia({ media: "print" });
      assert.deepEqual([await seen(".acts"), await kept(".ev.un > .node")], [0, "exact"]);
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
