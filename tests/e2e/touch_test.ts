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

/** Until what moves into its place stands there. */
const settle = (page: Page) =>
  page.evaluate(`Promise.allSettled(document.getAnimations()
    .filter((it) => it.timeline === document.timeline && it.effect?.getComputedTiming().endTime < 1_000)
    .map((it) => it.finished))`);

/**
 * What a finger cannot meet: where 21 px beside the middle of a control something else is met, or nothing. Links in the
 * middle of a text are as high as its lines (WCAG 2.5.8), and what is out of sight is met by nobody.
 */
function small(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const reach = ${TARGET_PX} / 2 - 1;
    const inText = "p a, .text a, small a, li:not([class]) > span a";
    // What an overlay half covers is closed by a press; of several the last is on top.
    const all = [...document.querySelectorAll(":popover-open, dialog[open]")].at(-1) ?? document;
    const controls = "a[href], button, input, select, textarea, summary, [role=option]";
    return [...all.querySelectorAll(controls)].flatMap((it) => {
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
        await settle(page);
        assert.deepEqual(await small(page), [], "sidebar");
        for (const path of ["/settings", "/rooms"]) {
          await tab.goto(path);
          assert.deepEqual(await small(page), [], path);
        }
      });

      await t.step("every control of every dialog and menu can be met by a finger", async () => {
        const { room: { id: board } } = await noor.call("rooms.create", { name: "board", visibility: "private" });
        const met: string[] = [];
        /** Opens it, and measures it once `part` is there. */
        async function measure(name: string | RegExp, open: () => Promise<void>, part: string) {
          await open();
          const overlay = page.getByRole("dialog", { name });
          await overlay.locator(part).first().waitFor();
          await settle(page);
          const missed = await small(page);
          assert.deepEqual(missed, [], String(name));
          met.push(String(name));
        }
        async function meet(...overlay: Parameters<typeof measure>) {
          await measure(...overlay);
          await page.keyboard.press("Escape");
          await page.getByRole("dialog", { name: overlay[0] }).waitFor({ state: "hidden" });
        }
        async function meetMenu(opener: string, id: string) {
          await page.locator(opener).tap();
          await page.locator(`${id}:popover-open`).waitFor();
          await settle(page);
          assert.deepEqual(await small(page), [], id);
          await page.keyboard.press("Escape");
          await page.locator(id).waitFor({ state: "hidden" });
        }
        const command = (words: string) => async () => {
          await page.keyboard.press("Control+k");
          await page.getByRole("combobox").fill(words);
          await page.getByRole("option", { name: words, selected: true }).waitFor();
          await page.keyboard.press("Enter");
        };
        const fromMenu = (item: string) => async () => {
          await page.getByRole("button", { name: "Room menu" }).tap();
          await page.getByRole("dialog", { name: "Room menu" }).getByRole("button", { name: item }).tap();
        };
        const fromSheet = (item: string) => async () => {
          await page.locator(".msg", { hasText: "Thanks" }).tap();
          await page.locator(".tools").getByRole("button", { name: item }).tap();
        };

        await tab.room(lobby);
        await meet("Jump to", () => page.keyboard.press("Control+k"), "[role=option]");
        await meet("Rooms", command("Browse rooms"), ".pref button");
        await meet("New room", command("New room"), "[type=checkbox]");
        await meet("New direct message", command("New direct message"), "[type=checkbox]");
        await measure("Invite people", command("Invite people"), "[type=number]");
        await page.getByRole("button", { name: "Create link" }).tap();
        await meet("Invite people", () => Promise.resolve(), "[readonly]");
        await meet("Keyboard", command("Keyboard shortcuts"), "[type=checkbox]");
        await command("Members of #general")();
        const remove = page.locator("#members").getByRole("button", { name: "Remove Maren Holt" });
        await remove.waitFor();
        assert.deepEqual(await small(page), [], "members");
        await meet("Remove Maren Holt from #general?", () => remove.tap(), "button");
        await page.getByRole("link", { name: "Close members" }).tap();
        await meet("Name and topic", command("Rename #general"), "input");
        await meet("Room menu", () => page.getByRole("button", { name: "Room menu" }).tap(), "[type=radio]");
        await meet("Archive #general?", fromMenu("Archive room"), "button");
        await meet("React to the message", fromSheet("React"), ".list button");
        await fromSheet("React")();
        await page.getByRole("dialog", { name: "React" }).locator(".list button").first().tap();
        await meet("Reactions", fromSheet("Who reacted"), ".names li");
        await meet("Delete your message?", fromSheet("Delete"), "blockquote");
        await tab.room(board);
        await meet("Leave #board?", fromMenu("Leave room"), "button");
        await page.getByRole("button", { name: /^Open sidebar/ }).tap();
        await page.locator(".side:popover-open").waitFor();
        await settle(page);
        await meetMenu(".ws", "#ws-menu");
        await meetMenu(".me > button.grow", "#me-menu");
        await meet("Connection", () => page.locator(".me button.conn").tap(), ".ladder");
        await tab.goto("/feed");
        await tab.live();
        await meetMenu("[popovertarget=feed-options]", "#feed-options");
        await meet("Keyboard", () => page.keyboard.press("?"), "[type=checkbox]");
        await tab.goto("/settings");
        await meet("Role of Maren Holt", () => page.getByRole("button", { name: /Change role/ }).tap(), "[type=radio]");
        await meet("Deactivate Maren Holt?", () => page.getByRole("button", { name: /^Deactivate/ }).tap(), "button");
        console.log(`  ${met.length} dialogs and three menus`);
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
        // Wherever the message is, one sees which it is.
        const quote = sheet.getByText("Noor Haddad Thanks, reading it now");
        await quote.waitFor();
        const seen = await quote.evaluate((it) => {
          const { x, y, height } = it.getBoundingClientRect();
          return it.contains(document.elementFromPoint(x + 4, y + height / 2));
        });
        assert.equal(seen, true);
        assert.deepEqual(await small(page), []);
        await sheet.getByRole("button", { name: "Close" }).tap();
        await sheet.waitFor({ state: "detached" });
        await page.locator(".msg", { hasText: "no gap" }).tap();
        await page.keyboard.press("ArrowDown"); // a keyboard may be joined to what has no pointer
        await page.locator(".msg", { hasText: "Thanks" }).locator(".tools").waitFor();
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

      await t.step("in the list of rooms a name and its line stand together, and archived ones say so", async () => {
        const { room: old } = await noor.call("rooms.create", {
          name: "old-gauges",
          topic: "Taken down",
          visibility: "public",
        });
        await noor.call("rooms.archive", { room: old.id });
        const other = await site.tab(maren, PHONE);
        const lists = [
          [tab, "/rooms", "#browse"],
          [other, "/rooms", "#browse"],
          [tab, "/rooms?mine=old", "#mine"],
        ] as const;
        for (const [{ page, goto }, path, section] of lists) {
          await goto(path);
          const line = page.locator(`${section} li`, { hasText: "old-gauges" });
          await line.getByText("archived", { exact: true }).waitFor();
          assert.equal(await line.getByRole("button", { name: "Join" }).count(), 0, "it can't be joined");
          const name = await line.getByText("old-gauges", { exact: true }).first().boundingBox();
          const words = await line.getByText("Taken down").boundingBox();
          const gap = (words?.y ?? 0) - (name?.y ?? 0) - (name?.height ?? 0);
          assert.ok(gap >= -1 && gap < 6, `${gap}`);
          assert.deepEqual(await small(page), [], path);
        }
        await other.close();
      });

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

      await t.step("no key is hinted at where there is no keyboard", async () => {
        for (const options of [PHONE, WIDE.tablet]) {
          const other = await site.tab(noor, options);
          const hints = async () => await other.page.locator("kbd >> visible=true").allInnerTexts();
          await other.room(lobby);
          assert.deepEqual(await hints(), [], "a room");
          await other.page.keyboard.press("Control+k");
          await other.page.getByRole("combobox").fill("mute");
          await other.page.getByRole("option").first().waitFor();
          assert.deepEqual(await hints(), [], "the switcher");
          await other.goto("/feed");
          await other.live();
          await other.page.getByRole("button", { name: "Feed options" }).click();
          await other.page.getByText("24 hours").waitFor();
          assert.deepEqual(await hints(), [], "the feed");
          assert.equal(await other.page.getByText("Single-key shortcuts").isVisible(), false);
          await other.close();
        }
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
