/** Where the focus is after a key or a button did its work: never on the body, and in a field while one composes. */
import assert from "node:assert/strict";
import { withSite } from "./site.ts";

const LONG = 60; // messages: more than a pane

Deno.test({
  name: "keys in the composer, and where the focus goes",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      for (let at = 1; at <= LONG; at++) {
        await site.say(site.noor, site.lobby, `line ${at}`);
      }
      const { room } = await site.noor.call("rooms.create", {
        name: "weir",
        visibility: "public",
      });
      const tab = await site.tab(site.noor);
      const { page } = tab;
      await tab.room(site.lobby);
      const field = page.locator("#compose");
      const focused = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName);
      const top = () => page.locator(".log").evaluate((it) => it.scrollTop);
      const title = () => page.locator("h1").innerText();
      const composing = (key: string) =>
        field.evaluate(
          (it, key) =>
            it.dispatchEvent(
              new KeyboardEvent("keydown", {
                key,
                keyCode: 229,
                bubbles: true,
                cancelable: true,
              }),
            ),
          key,
        );

      await t.step(
        "Page Up and Page Down scroll the list, and the field keeps focus and text",
        async () => {
          await field.fill("half a");
          const end = await top();
          await page.keyboard.press("PageUp");
          await page.waitForFunction(
            (end) => (document.querySelector(".log")?.scrollTop ?? 0) < end - 100,
            end,
          );
          await page.keyboard.type(" line");
          assert.equal(await field.inputValue(), "half a line");
          await page.keyboard.press("PageDown");
          await page.waitForFunction(
            (end) => document.querySelector(".log")?.scrollTop === end,
            end,
          );
          assert.equal(await focused(), "compose");
        },
      );

      await t.step(
        "the pill to the newest messages leaves the focus where one writes",
        async () => {
          await page.keyboard.press("PageUp");
          const pill = page.locator(".pill");
          await pill.focus();
          await page.keyboard.press("Enter");
          await pill.waitFor({ state: "detached" });
          assert.equal(await focused(), "compose");
        },
      );

      await t.step(
        "while an input method composes no key ends, opens or goes anywhere",
        async () => {
          await field.fill("");
          await composing("ArrowUp");
          await page.keyboard.type("x");
          assert.equal(await field.inputValue(), "x");
          await field.fill("");
          await page.keyboard.press("ArrowUp");
          const editor = page.locator(".edit textarea");
          await editor.fill("changed");
          await editor.evaluate((it) =>
            it.dispatchEvent(
              new KeyboardEvent("keydown", {
                key: "Escape",
                keyCode: 229,
                bubbles: true,
                cancelable: true,
              }),
            )
          );
          await page.keyboard.type(" more");
          assert.equal(await editor.inputValue(), "changed more");
          await page.keyboard.press("Escape");
          await editor.waitFor({ state: "detached" });
        },
      );

      await t.step(
        "on a Mac ⌥↑ in a text is the text's own; in an empty field it goes to another room",
        async () => {
          const mac = await site.tab(site.noor);
          await mac.page.addInitScript(
            `Object.defineProperty(navigator, "platform", { get: () => "MacIntel" })`,
          );
          await mac.room(room.id);
          await mac.page.locator("h1", { hasText: "weir" }).waitFor();
          await mac.page.locator("#compose").fill("a text");
          await mac.page.evaluate(`addEventListener("keydown", (event) => globalThis.taken = event.defaultPrevented)`);
          await mac.page.keyboard.press("Alt+ArrowUp");
          assert.equal(await mac.page.evaluate("taken"), false);
          await mac.page.locator("#compose").fill("");
          await mac.page.keyboard.press("Alt+ArrowUp");
          await mac.page.locator("h1", { hasText: "general" }).waitFor();
          await mac.close();
        },
      );

      await t.step("the keys to the rooms beside work with the page, whatever is still being fetched", async () => {
        const early = await site.tab(site.noor);
        await early.page.route(/\/assets\/room_deferred-/, () => {}); // never answered
        await early.room(room.id);
        await early.page.keyboard.press("Alt+ArrowUp");
        await early.page.locator("h1", { hasText: "general" }).waitFor();
        await early.close();
      });

      await t.step(
        "a reaction that is taken back by its last hand leaves the focus on the message",
        async () => {
          assert.equal(await title(), "general");
          const { messages } = await site.noor.call("messages.list", {
            room: site.lobby,
          });
          const last = messages.at(-1);
          await site.noor.call("messages.react", {
            room: site.lobby,
            seq: last?.seq ?? 0,
            emoji: "👍",
          });
          const mine = page.locator(".reacts button", { hasText: "👍" });
          await mine.focus();
          await page.keyboard.press("Enter");
          await mine.waitFor({ state: "detached" });
          assert.equal(
            await page.evaluate(() => document.activeElement?.getAttribute("data-row")),
            String(last?.seq),
          );
        },
      );

      await t.step("a link to a message leaves the focus on it, and Tab goes on from there", async () => {
        const { messages } = await site.noor.call("messages.list", { room: site.lobby });
        const seq = messages[20]?.seq ?? 0;
        await tab.goto(`/rooms/${site.lobby}/${seq}`);
        await tab.live();
        await page.locator(`.msg.is-on[data-row="${seq}"]:focus`).waitFor();
        await page.keyboard.press("Tab");
        await page.locator(".pill:focus", { hasText: "Newest" }).waitFor();
        await page.keyboard.press("Tab");
        assert.equal(await focused(), "compose");
      });

      await t.step(
        "the button that joins gives the focus to the field that takes its place",
        async () => {
          await site.noor.call("rooms.leave", { room: room.id });
          await tab.room(room.id);
          await page.getByRole("button", { name: "Join" }).focus();
          await page.keyboard.press("Enter");
          await field.waitFor();
          assert.equal(await focused(), "compose");
        },
      );

      await t.step("the message list is one stop of Tab, whatever is in its rows", async () => {
        await tab.room(site.lobby);
        const code = "```ts\nconst wide = 1;\n```";
        await site.say(site.noor, site.lobby, `see https://example.com/a and https://example.com/b\n\n${code}`);
        await site.say(site.noor, site.lobby, "and https://example.com/c");
        await page.locator(".msg", { hasText: "example.com/c" }).waitFor();
        await page.locator(".msg", { hasText: "example.com/a" }).hover(); // Its tools are there.
        await page.locator(".tools").first().waitFor();
        const stops = page.locator(".log :is(a[href], button, [tabindex]):not([tabindex='-1'])");
        await page.waitForFunction(() => document.querySelector(".log a.when")?.getAttribute("tabindex") === "-1");
        assert.equal(await stops.locator("visible=true").count(), 1);
      });

      await t.step("arrow keys go through what is in a row, and from anywhere in it to another row", async () => {
        const at = () =>
          page.evaluate(() => {
            const { activeElement: it } = document;
            return `${it?.closest<HTMLElement>("[data-row]")?.dataset.row} ${it?.tagName} ${it?.ariaLabel ?? ""}`;
          });
        const row = page.locator(".msg", { hasText: "example.com/a" });
        const seq = await row.getAttribute("data-row");
        await row.focus();
        const names: string[] = [];
        for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight"]) {
          await page.keyboard.press(key);
          names.push(await at());
        }
        assert.deepEqual(names.map((name) => name.split(" ").slice(0, 2).join(" ")), [
          `${seq} A`,
          `${seq} A`,
          `${seq} A`,
          `${seq} PRE`,
          `${seq} BUTTON`,
        ]);
        await page.keyboard.press("ArrowUp");
        assert.match(await at(), /^\d+ DIV .*line 60$/);
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("ArrowLeft"); // Round to the last of its actions.
        assert.match(await at(), new RegExp(`^${seq} BUTTON`));
        await page.keyboard.press("ArrowLeft");
        await page.keyboard.press("ArrowDown");
        assert.match(await at(), /^\d+ DIV .*example\.com\/c$/);
        await page.keyboard.press("Tab");
        assert.equal(await focused(), "compose");
      });

      await t.step("+ and r act on the row from anywhere in it: react, and quote it for an answer", async () => {
        const row = page.locator(".msg", { hasText: "example.com/c" });
        await row.focus();
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("+");
        await page.locator(".emojis input:focus").waitFor();
        await page.keyboard.press("Escape");
        await row.focus();
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("r");
        assert.equal(await focused(), "compose");
        assert.equal(await field.inputValue(), "> and https://example.com/c\n\n");
        await field.fill("");
      });

      assert.deepEqual([...tab.errors, ...tab.outside], []);
    }),
});
