/** A message's actions by finger: the sheet that they are in, when it comes, and when it goes. */
import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import { withSite } from "./site.ts";

Deno.test({
  name: "the sheet of a message's actions",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const { noor, lobby } = site;
      await site.say(noor, lobby, "Thanks, reading it now");
      await site.say(noor, lobby, "Typo hree");
      const tab = await site.tab(noor, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
      const { page } = tab;
      await tab.room(lobby);

      await t.step("the sheet comes by a tap on a message alone, and goes with what was chosen in it", async () => {
        const sheet = page.locator(".tools");
        const row = (text: string) => page.locator(".msg", { hasText: text });
        const overlay = (name: string) => page.getByRole("dialog", { name });
        async function choose(text: string, action: string) {
          await row(text).locator(".text").tap({ position: { x: 4, y: 4 } });
          await sheet.getByRole("button", { name: action, exact: true }).tap();
        }
        const seqOf = async (it: Locator) => Number(await it.getAttribute("data-row"));
        const isGone = async (after: string) => {
          assert.equal(await sheet.count(), 0, after);
          assert.notEqual(await page.evaluate("document.activeElement.tagName"), "BODY", after);
        };
        await choose("Typo", "Edit");
        await page.locator(".edit textarea").fill("No typo here");
        await page.getByRole("button", { name: "Save" }).tap();
        await row("No typo here").getByText("edited").waitFor();
        await isGone("an edit");
        await choose("No typo", "React");
        await overlay("React to the message").locator(".list button").first().tap();
        await row("No typo").locator(".reacts .num").waitFor();
        await isGone("a reaction");
        await row("No typo").locator(".reacts button").first().tap();
        await row("No typo").locator(".reacts .num").waitFor({ state: "detached" });
        await isGone("a reaction that was tapped");
        await noor.call("messages.react", { room: lobby, seq: await seqOf(row("Thanks")), emoji: "🎉" });
        await row("Thanks").locator(".reacts .num").first().waitFor();
        await choose("Thanks", "Who reacted");
        await overlay("Reactions").getByRole("button", { name: "Close" }).tap();
        await overlay("Reactions").waitFor({ state: "detached" });
        await isGone("who reacted");
        await choose("No typo", "Mark unread from here");
        await isGone("a mark");
        await choose("No typo", "Delete");
        await overlay("Delete your message?").getByRole("button", { name: "Delete" }).tap();
        await page.getByText("This message was deleted.").waitFor();
        await isGone("a deletion");
      });

      assert.deepEqual(tab.errors, []);
      await tab.close();
    }),
});
