/** Being mentioned or written to elsewhere, as the reader of another room has it. */
import assert from "node:assert/strict";
import { withSite } from "./site.ts";
import type { Tab } from "./tab.ts";

const icon = ({ page }: Tab) => page.locator('link[rel="icon"]').getAttribute("href");
const begins = ({ page }: Tab, title: string) =>
  page.waitForFunction((title) => document.title.startsWith(title), title);

Deno.test({
  name: "a mention in another room shows in the list, the title and the icon, and says so without moving anything",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const tomas = await site.join("Tomás Vega", "tomas");
      const { room: gauges } = await tomas.call("rooms.create", { name: "gauges", visibility: "public" });
      const { room: quiet } = await tomas.call("rooms.create", { name: "lunch", visibility: "public" });
      for (const { id } of [gauges, quiet]) await site.noor.call("rooms.join", { room: id });
      await site.noor.call("rooms.setLevel", { room: quiet.id, level: "nothing" });
      const tab = await site.tab(site.noor);
      await tab.room(site.lobby);
      const { page } = tab;
      const notice = page.locator(".call");
      const badge = page.locator(".nav a", { hasText: "gauges" }).locator(".badge");

      await t.step("it is told beside what one does, which goes on", async () => {
        await page.locator("#compose").fill("half a sen");
        await site.say(tomas, quiet.id, "@noor soup?"); // of a room that she wants to hear nothing of
        await site.say(tomas, gauges.id, "@noor can you look?");
        await notice.getByRole("link", { name: "Tomás Vega mentioned you in #gauges" }).waitFor();
        await badge.getByText("@1").waitFor();
        await begins(tab, "(@1) #general");
        assert.match(await icon(tab) ?? "", /^data:image\/svg/);
        assert.equal(await page.evaluate("document.activeElement.id"), "compose");
        await page.keyboard.type("tence");
        assert.equal(await page.locator("#compose").inputValue(), "half a sentence");
        assert.deepEqual(await tab.shifts(), []);
      });

      await t.step("it goes when the message is read elsewhere, and the counts with it", async () => {
        const { rooms } = await site.noor.call("rooms.list", {});
        const line = rooms.find(({ room }) => room.id === gauges.id);
        assert.equal(line?.mentions, 1);
        await site.noor.call("reads.mark", { room: gauges.id, seq: 1_000 });
        await notice.locator(".pop").waitFor({ state: "detached" });
        await badge.waitFor({ state: "detached" });
        await page.waitForFunction("document.querySelector('link[rel=icon]').href.endsWith('/favicon.svg')");
      });

      await t.step("its link shows the room, without a new document", async () => {
        await page.evaluate("globalThis.sameDocument = true");
        await site.say(tomas, gauges.id, "@noor and this?");
        await notice.getByRole("link").click();
        await page.locator("h1", { hasText: "gauges" }).waitFor();
        assert.equal(await page.evaluate("sameDocument"), true);
        await notice.locator(".pop").waitFor({ state: "detached" });
        await begins(tab, "#gauges");
      });

      await t.step("a direct message is told as well; Close takes the word away, not the badge", async () => {
        const { room } = await tomas.call("rooms.direct", { users: [(await site.noor.call("auth.me", {})).user.id] });
        await site.say(tomas, room.id, "just you");
        await notice.getByRole("link", { name: "Tomás Vega sent you a message" }).waitFor();
        await notice.getByRole("button", { name: "Close" }).click();
        await notice.locator(".pop").waitFor({ state: "detached" });
        await begins(tab, "(@1) #gauges");
        // Nor does it come back with what else happens.
        await site.say(tomas, site.lobby, "nothing for you");
        await page.locator(".nav a", { hasText: "general" }).locator(".count").waitFor();
        assert.equal(await notice.locator(".pop").count(), 0);
      });

      await t.step("a mention in the room on screen is no word worth", async () => {
        await site.say(tomas, gauges.id, "@noor here, where you look");
        await page.locator(".msg", { hasText: "here, where you look" }).waitFor();
        // Notified in the same commit as the message: a later one of another room comes behind it.
        await site.say(tomas, site.lobby, "@noor elsewhere");
        await notice.getByRole("link", { name: "in #general" }).waitFor();
        assert.equal(await notice.getByRole("link").count(), 1);
        assert.deepEqual(tab.errors, []);
        assert.deepEqual(tab.outside, []);
      });
    }),
});
