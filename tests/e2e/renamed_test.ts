/** Somebody is called otherwise from now on: whoever has a page open sees it there, without opening it anew. */
import assert from "node:assert/strict";
import { withSite } from "./site.ts";

Deno.test({
  name: "a new name and handle, in the pages that others have open",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async ({ noor, lobby, join, say, tab }) => {
      const tomas = await join("Tomás Vega", "tomas");
      const { user: { id: me } } = await tomas.call("auth.me", {});
      const { room: { id: direct } } = await noor.call("rooms.direct", { users: [me] });
      await say(noor, lobby, "Levels are up");
      await say(noor, direct, "just us");
      const room = await tab(tomas);
      await room.room(lobby, "?pane=members");
      const talk = await tab(tomas);
      await talk.room(direct);
      const feed = await tab(tomas);
      await feed.goto("/feed");
      await feed.live();
      const mine = await tab(noor);
      await mine.room(lobby);
      const before = room.page.locator(".nav", { hasText: "Noor Haddad" });
      await before.waitFor();

      await t.step("saved in the settings, it is shown wherever that person is named", async () => {
        const settings = await tab(noor);
        await settings.goto("/settings");
        await settings.page.getByLabel("Name", { exact: true }).first().fill("Ida Holm");
        await settings.page.getByLabel("Handle").first().fill("ida");
        await settings.page.getByRole("button", { name: "Save profile" }).click();
        await settings.page.locator(".who-am-i", { hasText: "Ida Holm" }).waitFor();
        const begun = performance.now();
        await room.page.locator(".msg .who", { hasText: "Ida Holm" }).waitFor();
        console.log(`  shown after ${Math.round(performance.now() - begun)} ms`);
        await room.page.locator(".nav", { hasText: "Ida Holm" }).waitFor(); // the direct conversation's name
        await room.page.locator("#members .opt", { hasText: "Ida Holm@ida" }).waitFor();
        await room.page.locator('.msg[aria-label^="Ida Holm, "]').waitFor();
        await talk.page.locator("h1", { hasText: "Ida Holm" }).waitFor();
        await talk.page.waitForFunction("document.title.startsWith('Ida Holm')");
        await talk.page.getByRole("textbox", { name: /Ida Holm/ }).waitFor();
        await feed.page.locator("#feed article", { hasText: "Ida Holm" }).first().waitFor();
        for (const one of [room, talk, feed]) {
          assert.ok(!(await one.page.locator("#app, body").first().innerText()).includes("Noor"));
        }
        await settings.close();
      });

      await t.step("in that person's own other pages too", async () => {
        await mine.page.locator(".me", { hasText: "Ida Holm@ida" }).waitFor();
        await mine.page.locator(".msg .who", { hasText: "Ida Holm" }).waitFor();
      });

      await t.step("who types is told by the new name", async () => {
        await mine.page.locator("#compose").pressSequentially("I am");
        await room.page.locator(".typing", { hasText: "Ida is typing" }).waitFor();
      });

      for (const one of [room, talk, feed, mine]) assert.deepEqual([...one.errors, ...one.outside], []);
    }),
});
