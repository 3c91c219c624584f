/** Where there is little room, or a long name: nothing runs under its neighbour, or out of sight. */
import assert from "node:assert/strict";
import { withSite } from "./site.ts";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const LONG = "a-room-whose-name-nobody-would-ever-want-to-type-whole";

Deno.test({
  name: "little room",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const elif = await site.join("Elif Wolfeschlegelsteinhausenbergerdorff", "elif");
      const { room: long } = await site.noor.call("rooms.create", { name: LONG, visibility: "public" });
      const { room: weir } = await site.noor.call("rooms.create", { name: "weir", visibility: "public" });
      const { room: old } = await elif.call("rooms.create", { name: "old-weir", visibility: "public" });
      await elif.call("rooms.archive", { room: old.id });
      await site.join("Donaudampfschifffahrtselektrizitätenhauptwerk", "donau");
      const tab = await site.tab(site.noor, PHONE);
      const { page } = tab;

      await t.step("in the lists of rooms and people a name ends before its button", async () => {
        await tab.goto("/rooms");
        const wide = await page.locator(".pref .grow").evaluateAll((all) =>
          all.filter((it) => it.scrollWidth > it.clientWidth).map((it) => it.textContent)
        );
        assert.deepEqual(wide, []);
        assert.ok(await page.locator(".pref", { hasText: "Wolfe" }).count() > 0);
      });

      await t.step("an archived room is marked in the list, and opened, not joined", async () => {
        const line = page.locator("#browse .pref", { hasText: "old-weir" });
        assert.match(await line.innerText(), /archived/);
        assert.equal(await line.locator("form").count(), 0);
        await line.getByRole("link", { name: "Open" }).waitFor();
      });

      await t.step("an empty message field is as high in a room with a long name as in any", async () => {
        const heights = [];
        for (const room of [weir.id, long.id]) {
          await tab.goto(`/rooms/${room}`);
          heights.push((await page.locator(".composer").boundingBox())?.height);
        }
        assert.equal(heights[1], heights[0]);
      });

      await t.step("in the members pane a name of 45 letters ends before the button behind it", async () => {
        await tab.goto(`/rooms/${site.lobby}?pane=members`);
        const button = page.locator("#members").getByRole("button", { name: /^Remove Donaudampf/ });
        const boxOf = async (it: typeof button) => await it.boundingBox() ?? assert.fail();
        await button.waitFor();
        const [pane, name, remove] = await Promise.all([
          boxOf(page.locator("#members")),
          boxOf(page.locator("#members b", { hasText: "Donaudampf" })),
          boxOf(button),
        ]);
        assert.ok(name.x + name.width <= remove.x, JSON.stringify({ name, remove }));
        assert.ok(remove.x + remove.width <= pane.x + pane.width, JSON.stringify({ remove, pane }));
      });

      await t.step("the keys that do the same stand beside each other", async () => {
        await tab.goto("/settings");
        const apart = await page.locator(".keys dd").evaluateAll((all) =>
          all.filter((it) => new Set([...it.children].map((key) => key.getBoundingClientRect().top)).size > 1)
            .map((it) => it.textContent)
        );
        assert.deepEqual(apart, []);
        assert.ok(await page.locator(".keys dd").count() > 0);
      });

      await t.step("the feed of a room shows on its tab which one it is", async () => {
        await tab.goto(`/feed?room=${weir.id}`);
        await tab.live();
        const name = page.locator(".tabs [aria-current] .cut");
        assert.equal(await name.innerText(), "weir");
        const isSeen = await name.evaluate((it) => {
          const { left, right, top, height } = it.getBoundingClientRect();
          return [left + 1, right - 1].every((x) => document.elementFromPoint(x, top + height / 2) === it);
        });
        assert.ok(isSeen, "the name is out of sight");
      });

      await t.step(
        "the feed's tabs are whole, whatever the width; those that have no place are in the menu",
        async () => {
          for (const width of [390, 820, 1280]) {
            const viewport = { width, height: 844 };
            const sized = await site.tab(site.noor, width < 1000 ? { ...PHONE, viewport } : { viewport });
            for (const path of ["/feed", "/feed?view=everything", `/feed?room=${long.id}`]) {
              await sized.goto(path);
              const tabs = sized.page.locator(".tabs a:visible");
              const cut = await tabs.evaluateAll((all) =>
                all.flatMap((it) => {
                  const { left, right, width } = it.getBoundingClientRect();
                  const box = (it.parentElement ?? it).getBoundingClientRect();
                  const isIn = left >= box.left - 1 && right <= box.right + 1 && width >= 60;
                  return isIn ? [] : [`${it.textContent}: ${left} to ${right} in ${box.left} to ${box.right}`];
                })
              );
              // On a phone three don't fit: they scroll, and the step before sees that this one is in sight.
              if (width > 390 || !path.includes("room")) assert.deepEqual(cut, [], `${width} ${path}`);
              assert.ok(await tabs.count() >= 2);
            }
            await sized.page.getByRole("button", { name: "Rooms", exact: true }).click();
            await sized.page.locator("#feed-rooms .opt", { hasText: "general" }).click();
            await sized.page.locator(".tabs [aria-current]", { hasText: "general" }).waitFor();
            await sized.close();
          }
        },
      );

      await t.step("the field of a dialog stays where it is, however much is found", async () => {
        const wide = await site.tab(site.noor);
        await wide.room(site.lobby);
        await wide.page.getByRole("link", { name: "Browse or create a room" }).click();
        const field = wide.page.getByRole("dialog").getByRole("searchbox");
        await wide.page.getByRole("dialog").getByRole("button", { name: /^Open/ }).first().waitFor();
        const before = await field.boundingBox();
        await field.fill("nothing is called so");
        await wide.page.getByText("No matches.").waitFor();
        assert.deepEqual(await field.boundingBox(), before);
        await wide.close();
      });

      await t.step("a question is whole, wherever its button stands", async () => {
        await site.noor.call("invites.create", { uses: 1 });
        await site.noor.call("tokens.create", { name: "backups" });
        for (const options of [{}, PHONE]) {
          const sized = await site.tab(site.noor, options);
          await sized.goto("/settings");
          const ids = await sized.page.locator(".asks").evaluateAll((all) => all.map(({ id }) => id));
          assert.ok(ids.some((id) => id.startsWith("end-")) && ids.some((id) => id.startsWith("revoke-")), `${ids}`);
          const cut: string[] = [];
          for (const id of ids) {
            await sized.page.locator(`[popovertarget="${id}"][aria-haspopup]`).click();
            const question = sized.page.locator(`#${id}`);
            await question.waitFor();
            const isWide = await question.evaluate((it) => it.scrollWidth > it.clientWidth || it.scrollLeft > 0);
            if (isWide) cut.push(await question.innerText());
            await sized.page.keyboard.press("Escape");
            await question.waitFor({ state: "hidden" });
          }
          assert.deepEqual(cut, []);
          await sized.close();
        }
      });

      await t.step("roles stand under each other, whether they can be changed or not", async () => {
        const wide = await site.tab(site.noor);
        await wide.goto("/settings#people");
        const starts = await wide.page.locator(".tbl td:nth-child(3)").evaluateAll((all) =>
          all.map((it) => {
            const walker = document.createTreeWalker(it, NodeFilter.SHOW_TEXT);
            const range = document.createRange();
            range.selectNode(walker.nextNode() ?? it);
            return Math.round(range.getBoundingClientRect().left);
          })
        );
        assert.deepEqual(starts, Array(3).fill(starts[0]));
        await wide.close();
      });

      assert.deepEqual([...tab.errors, ...tab.outside], []);
    }),
});
