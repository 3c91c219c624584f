/** Without a pointer: everything is reached, where one is can be seen, and nothing takes the focus away. */
import assert from "node:assert/strict";
import { PASSWORD, withSite } from "./site.ts";
import { focused, press, walk } from "./walk.ts";

Deno.test({
  name: "a day without a pointer",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const tomas = await site.join("Tomás Vega", "tomas");
      for (const name of ["gauges", "maps", "weirs"]) {
        const { room } = await site.noor.call("rooms.create", { name, visibility: "public" });
        await tomas.call("rooms.join", { room: room.id });
        for (const text of ["one", "two", "three"]) await site.say(site.noor, room.id, `${text} in ${name}`);
        if (name === "weirs") continue;
        const { messages } = await tomas.call("messages.list", { room: room.id });
        await tomas.call("reads.mark", { room: room.id, seq: messages.at(-1)?.seq ?? 0 });
      }
      const tab = await site.tab(undefined);
      const { page } = tab;
      const heading = (name: string) => page.locator("h1", { hasText: name }).waitFor();

      await t.step("sign in", async () => {
        await tab.goto("/sign-in");
        await focused(tab, "f-handle");
        await page.keyboard.type("tomas");
        assert.deepEqual(await press(tab, "Tab"), { name: "#f-password", wrong: "" });
        await page.keyboard.type(PASSWORD);
        await page.keyboard.press("Enter");
        await heading("general");
        await tab.live();
        await focused(tab, "compose");
      });

      await t.step("every stop is seen, back to the first, which skips to the composer", async () => {
        const names = await walk(tab, "Shift+Tab", (name) => name.includes("Skip to the message field"));
        assert.ok(names.length > 10, names.join(", "));
        await page.keyboard.press("Enter");
        await focused(tab, "compose");
        await page.keyboard.type("still here");
        await page.keyboard.press("Enter");
        await tab.shows(["still here"]);
        await focused(tab, "compose");
      });

      await t.step("Ctrl+K goes to another room; Esc gives the focus back", async () => {
        await page.keyboard.press("Control+k");
        const wanted = page.getByRole("combobox");
        await wanted.waitFor();
        await page.waitForFunction(() => document.activeElement?.role === "combobox");
        assert.equal((await press(tab, "Escape")).wrong, "");
        await page.locator("dialog").waitFor({ state: "detached" });
        await focused(tab, "compose");
        await page.keyboard.press("Control+k");
        await page.waitForFunction(() => document.activeElement?.role === "combobox");
        await page.keyboard.type("gaug");
        assert.equal((await press(tab)).wrong, "");
        await page.keyboard.press("Enter");
        await heading("gauges");
        await focused(tab, "compose");
      });

      await t.step("arrow keys go through the messages, which are one stop of Tab", async () => {
        await walk(tab, "Shift+Tab", (name) => name.includes("three in gauges"));
        const up = await press(tab, "ArrowUp");
        assert.equal(up.wrong, "");
        assert.match(up.name, /two in gauges/);
        assert.match((await press(tab, "Home")).name, /one in gauges/);
        assert.match((await press(tab, "ArrowUp")).name, /one in gauges/);
        assert.match((await press(tab, "End")).name, /three in gauges/);
        await walk(tab, "Tab", (name) => name === "#compose");
      });

      await t.step("what comes, and what others write, takes the focus from nowhere", async () => {
        await walk(tab, "Shift+Tab", (name) => name.includes("three in gauges"));
        const room = new URL(page.url()).pathname.split("/")[2] ?? "";
        await site.say(site.noor, room, "just came");
        await page.locator(".msg", { hasText: "just came" }).waitFor();
        const stop = await press(tab);
        assert.equal(stop.wrong, "");
        assert.match(stop.name, /three in gauges/);
        await page.keyboard.press("ArrowDown");
        assert.match((await press(tab)).name, /just came/);
      });

      await t.step("a message's actions are reached from it: ←, Enter", async () => {
        await walk(tab, "ArrowLeft", (name) => name.includes("Mark unread from here"));
        await page.keyboard.press("Enter");
        await page.locator(".new-line").waitFor();
        await walk(tab, "Tab", (name) => name === "#compose");
      });

      await t.step("one's own message: edited by Up, reacted to by +, deleted by its actions", async () => {
        await page.keyboard.type("to be changed");
        await page.keyboard.press("Enter");
        await page.locator(".msg:not(.sending)", { hasText: "to be changed" }).waitFor();
        await focused(tab, "compose");
        await page.keyboard.press("ArrowUp");
        await page.locator(".edit textarea:focus").waitFor();
        await page.keyboard.type(" twice");
        await walk(tab, "Tab", (name) => name === "button Save");
        await page.keyboard.press("Enter");
        await page.locator(".msg", { hasText: "to be changed twice edited" }).waitFor();
        await focused(tab, "compose");
        await walk(tab, "Shift+Tab", (name) => name.includes("edited: to be changed"));
        await page.keyboard.press("+");
        await page.locator(".emojis input:focus").waitFor();
        await page.keyboard.type("rocket");
        await walk(tab, "Tab", (name) => name.includes("Rocket"));
        await page.keyboard.press("Enter");
        await page.locator(".reacts", { hasText: "🚀" }).waitFor();
        assert.match((await press(tab)).name, /edited: to be changed/);
        await walk(tab, "ArrowLeft", (name) => name === "button Delete");
        await page.keyboard.press("Enter");
        await page.getByRole("dialog", { name: "Delete your message?" }).waitFor();
        await walk(tab, "Tab", (name) => name === "button Delete");
        await page.keyboard.press("Enter");
        await page.locator(".msg", { hasText: "This message was deleted." }).waitFor();
        await page.locator("dialog").waitFor({ state: "detached" });
        assert.match((await press(tab)).name, /deleted/);
        await walk(tab, "Tab", (name) => name === "#compose");
      });

      await t.step("Alt+↓ and Alt+↑ go through the rooms, with Shift to those with something new", async () => {
        await page.keyboard.press("Alt+ArrowDown");
        await heading("general");
        await focused(tab, "compose");
        await page.keyboard.press("Alt+ArrowUp");
        await heading("gauges");
        await page.keyboard.press("Alt+Shift+ArrowUp");
        await heading("weirs");
        await page.keyboard.press("Alt+ArrowUp");
        await heading("maps");
      });

      await t.step("Esc closes a menu and a dialog, and the focus is where it was", async () => {
        await walk(tab, "Shift+Tab", (name) => name.startsWith("button TV Tomás Vega"));
        await page.keyboard.press("Enter");
        await page.locator("#me-menu").waitFor();
        assert.match((await press(tab, "Escape")).name, /Tomás Vega/);
        await page.locator("#me-menu").waitFor({ state: "hidden" });
        await walk(tab, "Shift+Tab", (name) => name.includes("Browse or create a room"));
        await page.keyboard.press("Enter");
        await page.getByRole("dialog", { name: "Rooms" }).waitFor();
        await page.keyboard.press("Tab");
        assert.equal((await press(tab)).wrong, "");
        await page.keyboard.press("Escape");
        await page.locator("dialog").waitFor({ state: "detached" });
        assert.match((await press(tab)).name, /Browse or create a room/);
      });

      await t.step("a dialog begins where one writes: a name or what is looked for", async () => {
        const first = { "New room": "Name", "Browse rooms": "Find a room", "New direct message": "Find people" };
        for (const [what, label] of Object.entries(first)) {
          await page.keyboard.press("Control+k");
          await page.getByRole("combobox").fill(what);
          await page.keyboard.press("Enter");
          const field = page.getByRole("dialog").getByLabel(label, { exact: true });
          await field.waitFor();
          assert.equal(await field.evaluate((it) => it === document.activeElement), true, what);
          await page.keyboard.press("Escape");
          await page.locator("dialog").waitFor({ state: "detached" });
        }
      });

      await t.step("a dialog that took another's place gives the focus back to what opened the first", async () => {
        await page.keyboard.press("Enter");
        await page.getByRole("dialog", { name: "Rooms" }).waitFor();
        await walk(tab, "Tab", (name) => name === "button New room");
        await page.keyboard.press("Enter");
        await page.getByRole("dialog", { name: "New room" }).waitFor();
        await page.keyboard.press("Escape");
        await page.locator("dialog").waitFor({ state: "detached" });
        assert.match((await press(tab)).name, /Browse or create a room/);
      });

      await t.step("the feed: every stop up to an entry is seen, and Enter opens what it is about", async () => {
        await site.say(site.noor, site.lobby, "@tomas have a look");
        await tab.goto("/feed");
        await tab.live();
        await walk(tab, "Tab", (name) => name.startsWith("#you-"));
        await page.keyboard.press("Enter");
        await page.locator(".msg.is-on", { hasText: "have a look" }).waitFor();
      });

      assert.deepEqual([...tab.errors, ...tab.outside], []);
    }),
});
