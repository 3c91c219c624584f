/** What another person takes away takes no focus with it: on no page is it ever left on the body. */
import assert from "node:assert/strict";
import { withSite } from "./site.ts";
import { placed } from "./walk.ts";

Deno.test({
  name: "the focus is kept, whatever another person takes away",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const { noor, lobby } = site;
      const tomas = await site.join("Tomás Vega", "tomas");
      const { user: { id: me } } = await noor.call("auth.me", {});
      const tab = await site.tab(noor);
      const { page } = tab;
      const make = async (name: string, visibility: "public" | "private" = "public") => {
        const { room: { id } } = await tomas.call("rooms.create", { name, visibility });
        if (visibility === "private") await tomas.call("rooms.addMember", { room: id, user: me });
        return id;
      };
      const remove = (room: string) => tomas.call("rooms.removeMember", { room, user: me });
      const unsay = async (room: string) => {
        const [last] = (await tomas.call("messages.list", { room, limit: 1 })).messages;
        await tomas.call("messages.delete", { room, seq: last?.seq ?? 0 });
      };

      await t.step("a link that had it before the page's second scripts came leaves it on its message", async () => {
        const { message: { seq } } = await tomas.call("messages.send", {
          room: lobby,
          text: "see https://example.org",
          key: "key-of-the-message-with-a-link",
        });
        const held: (() => void)[] = [];
        await page.route(/\/assets\/room_deferred-/, (route) => void held.push(() => void route.continue()));
        await tab.room(lobby);
        await page.locator(".msg a", { hasText: "example.org" }).focus();
        held.forEach((go) => go());
        await page.locator("[role=log]").waitFor({ state: "attached" });
        await tomas.call("messages.edit", { room: lobby, seq, text: "see nothing" });
        await page.locator(".msg", { hasText: "see nothing" }).waitFor();
        assert.match(await placed(tab), /see nothing/);
        await page.unrouteAll();
      });

      await t.step(
        "a room that is archived under who writes in it, or removes them, leaves its first control",
        async () => {
          const weir = await make("weir");
          await noor.call("rooms.join", { room: weir });
          await tab.room(weir);
          await page.locator("#compose:focus").waitFor();
          await tomas.call("rooms.archive", { room: weir });
          await page.locator("#compose").waitFor({ state: "detached" });
          assert.match(await placed(tab), /^button/);
          const den = await make("den", "private");
          await tab.room(den);
          await page.locator("#compose").fill("half a thought");
          await remove(den);
          await page.locator("textarea[readonly]:focus").waitFor();
        },
      );

      await t.step("nobody can join what was archived meanwhile", async () => {
        const walks = await make("walks");
        await tab.room(walks);
        const join = page.getByRole("button", { name: "Join" });
        await join.focus();
        await tomas.call("rooms.archive", { room: walks });
        await join.waitFor({ state: "detached" });
        assert.notEqual(await placed(tab), "body");
      });

      await t.step("an entry of the feed that is withdrawn leaves the focus on another", async () => {
        await site.say(tomas, lobby, "@noor one");
        const maps = await make("maps");
        await site.say(tomas, maps, "@noor two");
        await tab.goto("/feed");
        await tab.live();
        await page.keyboard.press("j");
        await page.locator("article:focus", { hasText: "two" }).waitFor();
        await unsay(maps);
        await page.locator("article:focus", { hasText: "one" }).waitFor();
        await page.getByRole("button", { name: "Mark all as seen" }).focus();
        await page.keyboard.press("Enter");
        await page.getByRole("button", { name: "Mark all as seen" }).waitFor({ state: "detached" });
        assert.match(await placed(tab), /^#you-|^article/);
      });

      await t.step("a room that goes leaves the focus on the page, beside rooms too", async () => {
        for (const path of ["/feed", "/rooms"]) {
          const attic = await make(`attic of ${path}`, "private");
          await tab.goto(path);
          await tab.live();
          const link = page.locator(`.side a[href="/rooms/${attic}"]`);
          await link.focus();
          await remove(attic);
          await link.waitFor({ state: "detached" });
          assert.notEqual(await placed(tab), "body");
        }
      });

      assert.deepEqual([...tab.errors, ...tab.outside], []);
    }),
});
