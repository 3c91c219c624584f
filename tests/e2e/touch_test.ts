/** By finger and by large text: targets, the sheet of a message's actions, and that no line is given to nothing. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { withSite } from "./site.ts";

const TARGET_PX = 44;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const WIDE = {
  tablet: { viewport: { width: 820, height: 1180 }, hasTouch: true, isMobile: true },
  landscape: { viewport: { width: 844, height: 390 }, hasTouch: true, isMobile: true },
};

/**
 * What a finger cannot meet: where 21 px beside the middle of a control something else is met, or nothing. Links in the
 * middle of a text are as high as its lines (WCAG 2.5.8), and what is out of sight is met by nobody.
 */
function small(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const reach = ${TARGET_PX} / 2 - 1;
    const inText = "p a, .text a, small a, li:not([class]) > span a";
    const all = document.querySelector(":popover-open") ?? document; // what a drawer half covers is closed by a press
    return [...all.querySelectorAll("a[href], button, input, select, textarea, summary")].flatMap((it) => {
      const target = it.closest("label") ?? it;
      const box = target.getBoundingClientRect();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const hits = (dx, dy) => {
        const met = document.elementFromPoint(x + dx, y + dy);
        return met !== null && (target.contains(met) || met.contains(target) && met.matches("label"));
      };
      if (it.matches(inText) && !it.matches(".when") || !hits(0, 0)) return [];
      const inside = (dx, dy) => x + dx > 0 && y + dy > 0 && x + dx < innerWidth && y + dy < innerHeight;
      const missed = [[reach, 0], [-reach, 0], [0, reach], [0, -reach]].filter(([dx, dy]) => inside(dx, dy) && !hits(dx, dy));
      return missed.length > 0 ? [it.outerHTML.slice(0, 160) + " " + box.width + " × " + box.height] : [];
    });
  })()`);
}

Deno.test({
  name: "touch",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const { noor, lobby } = site;
      const maren = await site.join("Maren Holt", "maren");
      await site.say(maren, lobby, "Morning");
      await site.say(maren, lobby, "@noor the gauges are back, and there is no gap in the series");
      await site.say(noor, lobby, "Thanks, reading it now");
      const tab = await site.tab(noor, PHONE);
      const { page } = tab;

      await t.step("every control of every page can be met by a finger", async () => {
        for (const path of [`/rooms/${lobby}`, `/rooms/${lobby}?pane=members`, "/feed", "/feed?view=everything"]) {
          await tab.goto(path);
          await tab.live();
          assert.deepEqual(await small(page), [], path);
        }
        await page.getByRole("button", { name: /^Open sidebar/ }).tap();
        await page.locator(".side:popover-open").waitFor();
        await page.evaluate(`Promise.allSettled(document.getAnimations()
          .filter((it) => it.effect?.getTiming().iterations !== Infinity)
          .map((it) => it.finished))`);
        assert.deepEqual(await small(page), [], "sidebar");
        for (const path of ["/settings", "/rooms"]) {
          await tab.goto(path);
          assert.deepEqual(await small(page), [], path);
        }
      });

      await t.step("a message's actions are a sheet with their names, and go with its button", async () => {
        await tab.room(lobby);
        await page.locator(".msg", { hasText: "Thanks" }).tap();
        const sheet = page.getByRole("group", { name: "Message actions" });
        await sheet.waitFor();
        for (const name of ["React", "Edit", "Delete", "Copy link", "Mark unread from here"]) {
          await sheet.getByText(name, { exact: true }).waitFor();
        }
        const box = await sheet.boundingBox();
        assert.deepEqual([box?.x, box?.width, (box?.y ?? 0) + (box?.height ?? 0)], [0, 390, 844]);
        assert.deepEqual(await small(page), []);
        await sheet.getByRole("button", { name: "Close" }).tap();
        await sheet.waitFor({ state: "detached" });
        await page.locator(".msg", { hasText: "no gap" }).tap();
        await page.locator(".msg", { hasText: "Thanks" }).evaluate((it) => (it as HTMLElement).focus());
        await page.locator(".msg .tools").last().waitFor();
        assert.equal(await page.locator(".tools").count(), 1);
      });

      await t.step(
        "one row is lit and has tools, the last that was pointed at or focused; the focus is kept",
        async () => {
          const desk = await site.tab(noor);
          await desk.room(lobby);
          const row = (text: string) => desk.page.locator(".msg", { hasText: text });
          const lit = () =>
            desk.page.locator(".msg").evaluateAll((all) =>
              all.flatMap((it) => getComputedStyle(it).backgroundColor.endsWith(", 0)") ? [] : [it.textContent ?? ""])
            );
          const only = async (text: string) => {
            await row(text).locator(".tools").waitFor();
            assert.equal(await desk.page.locator(".tools").count(), 1, text);
            const [one = "", ...others] = (await lit()).filter((it) => !it.includes("no gap")); // a mention has a colour of its own
            assert.ok(one.includes(text) && others.length === 0, `${text}: ${one}, ${others}`);
          };
          await row("Thanks").focus();
          await only("Thanks");
          await row("Morning").hover();
          await only("Morning");
          assert.equal(await row("Thanks").evaluate((it) => it === document.activeElement), true);
          await desk.page.keyboard.press("ArrowRight"); // goes on from the row that has the focus
          await only("Thanks");
          await row("Thanks").getByRole("button", { name: "Copy link" }).focus();
          await row("Morning").locator(".text").hover({ position: { x: 3, y: 3 } });
          await only("Morning");
          assert.equal(await row("Thanks").evaluate((it) => it === document.activeElement), true);
          await desk.page.keyboard.press("Control+k");
          const options = desk.page.getByRole("option");
          await options.nth(1).hover();
          await desk.page.keyboard.press("ArrowDown");
          await desk.page.getByRole("option", { selected: true }).and(options.nth(2)).waitFor();
          const marked = await options.evaluateAll((all) =>
            all.filter((it) => !getComputedStyle(it).backgroundColor.endsWith(", 0)")).length
          );
          assert.equal(marked, 1, "what the pointer rests on is not lit beside what is selected");
          await desk.close();
        },
      );

      await t.step("the feed's header is one line, and its status leaves no hole", async () => {
        await tab.goto("/feed");
        await tab.live();
        const { height = 0 } = await page.locator(".main > .bar").boundingBox() ?? {};
        assert.ok(height <= 56, `${height}`);
        assert.equal(await page.getByRole("heading", { level: 1, name: "Feed" }).count(), 1);
        const desk = await site.tab(noor);
        await desk.goto("/feed");
        await desk.live();
        await desk.page.locator(".bar > .conn", { hasText: "ms" }).waitFor();
        const gap = await desk.page.evaluate<number>(`(() => {
          const range = document.createRange();
          range.selectNodeContents(document.querySelector(".bar > .conn > .num"));
          return document.querySelector(".bar > .conn + .ib").getBoundingClientRect().left - range.getBoundingClientRect().right;
        })()`);
        assert.ok(gap < 36, `${gap}`);
        await desk.close();
      });

      await t.step("the composer has one line on a tablet, and on a phone that lies", async () => {
        for (const [name, options] of Object.entries(WIDE)) {
          const other = await site.tab(noor, options);
          await other.room(lobby);
          const { height = 0 } = await other.page.locator(".composer").boundingBox() ?? {};
          assert.ok(height <= 56, `${name}: ${height}`);
          await other.close();
        }
      });

      await t.step("with text twice as large no name and no badge is cut", async () => {
        const { room: direct } = await maren.call("rooms.direct", {
          users: [(await noor.call("auth.me", {})).user.id],
        });
        await site.say(maren, direct.id, "Got a minute?");
        const large = await site.tab(noor, PHONE);
        await large.page.addInitScript(`addEventListener("DOMContentLoaded", () => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("html { font-size: 200% }");
          document.adoptedStyleSheets = [sheet];
        })`);
        await large.room(lobby);
        await large.page.getByRole("button", { name: /^Open sidebar/ }).tap();
        await large.page.locator(".side:popover-open").waitFor();
        await large.page.locator(".side .badge").waitFor();
        const cut = await large.page.evaluate<string[]>(
          `[...document.querySelectorAll(".side .cut, .badge, .title .cut, .who b")]
          .filter((it) => it.checkVisibility() && (it.scrollWidth > it.clientWidth + 1 || it.scrollHeight > it.clientHeight + 4))
          .map((it) => it.outerHTML + it.scrollHeight + ">" + it.clientHeight)`,
        );
        assert.deepEqual(cut, []);
        const sideways = await large.page.evaluate("document.documentElement.scrollWidth > innerWidth");
        assert.equal(sideways, false);
        await large.close();
      });

      await t.step("at 400 % zoom nothing runs out at the side, and the room can be read", async () => {
        const zoomed = await site.tab(noor, { viewport: { width: 320, height: 256 } });
        for (const path of [`/rooms/${lobby}`, "/feed", "/settings", "/rooms"]) {
          await zoomed.goto(path);
          assert.equal(await zoomed.page.evaluate("document.documentElement.scrollWidth"), 320, path);
        }
        await zoomed.room(lobby);
        const { height = 0 } = await zoomed.page.locator(".log").boundingBox() ?? {};
        assert.ok(height >= 128, `${height} of 256`);
        await zoomed.close();
      });

      assert.deepEqual(tab.errors, []);
    }),
});
