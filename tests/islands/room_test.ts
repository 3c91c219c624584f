import assert from "node:assert/strict";
import { asked } from "../faults/within.ts";
import { open, type Tab } from "./tab.ts";
import { withPeople } from "./with_people.ts";

const MARKED_MS = 20_000; // marks of a room leave at most once in 5 s

Deno.test({
  name: "the room page",
  sanitizeOps: false, // The browser's process and pipes outlive a step.
  sanitizeResources: false,
  fn: (t) =>
    withPeople(async ({ server, browser, ann, bo }) => {
      const { room: { id: gauges } } = await server.call(ann, "rooms.create", { name: "gauges", visibility: "public" });
      await server.call(bo, "rooms.join", { room: gauges });
      const lobby = `/rooms/${server.lobby}`;
      const a = await open(browser, server, ann, lobby);
      const b = await open(browser, server, bo, lobby);
      const line = (tab: Tab, name: string) => tab.page.locator(".nav a", { hasText: name });

      await t.step("nothing of the page moves while it comes to life", async () => {
        assert.deepEqual(await a.page.evaluate("shifts"), []);
      });

      await t.step("what one writes, the other sees, once, and it is acknowledged", async () => {
        await a.send("hello **bo**");
        await b.page.locator(".msg", { hasText: "hello bo" }).waitFor();
        await a.page.locator(".msg:not(.sending)", { hasText: "hello bo" }).waitFor();
        assert.deepEqual(await a.texts(), ["hello bo"]);
        assert.deepEqual(await b.texts(), ["hello bo"]);
      });

      await t.step("who types is told, until the message comes", async () => {
        await b.page.locator("#compose").pressSequentially("I am");
        await a.page.locator(".typing", { hasText: "Bo is typing" }).waitFor();
        await b.page.locator("#compose").press("Enter");
        await a.has("I am");
        await a.page.locator(".typing", { hasText: "typing" }).waitFor({ state: "detached" }).catch(() => {});
        assert.equal((await a.page.locator(".typing").textContent())?.trim(), "");
      });

      await t.step("another room is shown without a new document, and its address is the room's", async () => {
        await b.page.evaluate("globalThis.sameDocument = true");
        await b.page.locator("#compose").fill("a draft");
        await line(b, "gauges").click();
        await b.page.locator("h1", { hasText: "gauges" }).waitFor();
        assert.equal(new URL(b.page.url()).pathname, `/rooms/${gauges}`);
        assert.equal(await b.page.evaluate("sameDocument"), true);
        assert.equal(await b.page.locator("#compose").inputValue(), "");
        assert.deepEqual(await b.texts(), []);
      });

      await t.step("elsewhere, what comes counts as unread, in the list and in the title", async () => {
        await a.send("one");
        await a.send("two");
        await line(b, "general").locator(".count", { hasText: "2" }).waitFor();
        await b.page.waitForFunction("document.title.startsWith('(1) #gauges')");
      });

      await t.step(
        "back in the room: the New line stands before them, the draft is there, and they are read",
        async () => {
          await b.page.goBack();
          await b.page.locator(".new-line", { hasText: "New · 2 messages" }).waitFor();
          assert.equal(await b.page.locator("#compose").inputValue(), "a draft");
          assert.deepEqual((await b.texts()).slice(-2), ["one", "two"]);
          await line(b, "general").locator(".count").waitFor({ state: "detached" });
          await asked(MARKED_MS, "the room to be marked read", async () => {
            const { rooms } = await server.call(bo, "rooms.list", {});
            return rooms.find((it) => it.room.id === server.lobby)?.unread === 0;
          });
        },
      );

      await t.step("marked unread from a message on, it is so, also while it is looked at", async () => {
        const row = b.page.locator(".msg", { hasText: "two" }).last();
        await row.hover();
        await row.getByRole("button", { name: "Mark unread from here" }).click();
        await line(b, "general").locator(".count", { hasText: "1" }).waitFor();
        await b.page.locator(".new-line", { hasText: "New · 1 message" }).waitFor();
        await b.page.locator("#compose").fill("");
      });

      await t.step(
        "without a server, messages wait in order; a reload keeps them; none is lost or doubled",
        async () => {
          await server.halt();
          await a.page.locator(".banner", { hasText: "Messages you write are kept here" }).waitFor();
          for (const text of ["first", "second", "third"]) await a.send(text);
          assert.deepEqual((await a.texts()).slice(-3), ["first", "second", "third"]);
          const waiting = a.page.locator(".msg.sending", { hasText: "Waiting for connection" });
          await waiting.nth(2).waitFor();
          assert.equal(await a.page.locator(".msg.sending").count(), 3);
          server.resume();
          await a.page.reload();
          for (const text of ["first", "second", "third"]) await a.has(text);
          for (const text of ["first", "second", "third"]) await b.has(text);
          await a.page.locator(".msg.sending").first().waitFor({ state: "detached" });
          assert.deepEqual((await a.texts()).slice(-3), ["first", "second", "third"]);
          assert.deepEqual((await b.texts()).slice(-3), ["first", "second", "third"]);
          assert.equal(new Set(await a.texts()).size, (await a.texts()).length);
          // The browser reports the connections that failed while there was no server.
          a.errors.length = b.errors.length = 0;
        },
      );

      await t.step("a room that is archived can be read and not written in", async () => {
        const { room: { id: board } } = await server.call(ann, "rooms.create", { name: "board", visibility: "public" });
        await line(a, "board").click();
        await a.page.locator("h1", { hasText: "board" }).waitFor();
        await server.call(ann, "rooms.archive", { room: board });
        await a.page.locator(".joinbar", { hasText: "archived" }).waitFor();
      });

      await t.step("Ctrl+K finds a room by a part of its name", async () => {
        await a.page.keyboard.press("Control+k");
        await a.page.getByRole("combobox").fill("gaug");
        await a.page.keyboard.press("Enter");
        await a.page.locator("h1", { hasText: "gauges" }).waitFor();
        await a.page.locator("dialog").waitFor({ state: "detached" });
      });

      await t.step("Alt+arrows go through the rooms", async () => {
        await a.page.keyboard.press("Alt+ArrowDown");
        await a.page.locator("h1", { hasText: "general" }).waitFor();
        await a.page.keyboard.press("Alt+ArrowUp");
        await a.page.locator("h1", { hasText: "gauges" }).waitFor();
      });

      await t.step("arrow keys go through the messages; Tab reaches the list once", async () => {
        for (const text of ["x", "y", "z"]) await a.send(text);
        await a.has("z");
        await a.page.locator(".msg:not(.sending)", { hasText: "z" }).last().focus();
        await a.page.keyboard.press("ArrowUp");
        await a.page.keyboard.press("ArrowUp");
        assert.match(await a.page.evaluate<string>("document.activeElement.getAttribute('aria-label')"), /: x$/);
        assert.equal(await a.page.locator(".log [data-row][tabindex='0']").count(), 1);
      });

      await t.step("a new room is made in its dialog, and shown", async () => {
        await a.page.locator(".nav-h", { hasText: "Rooms" }).locator("a").click();
        await a.page.getByRole("button", { name: "New room" }).click();
        await a.page.getByLabel("Name").fill("weirs");
        await a.page.getByRole("button", { name: "Create room" }).click();
        await a.page.locator("h1", { hasText: "weirs" }).waitFor();
        await a.page.locator("dialog").waitFor({ state: "detached" });
      });

      await t.step("a direct message is started, and comes up at the other's", async () => {
        await a.page.locator(".nav-h", { hasText: "Direct" }).locator("a").click();
        await a.page.getByLabel(/^Bo/).check();
        await a.page.getByRole("button", { name: "Start direct message" }).click();
        await a.page.locator("h1", { hasText: "Bo" }).waitFor();
        await a.send("just us");
        await b.page.locator(".nav[aria-labelledby=h-direct] a", { hasText: "Ann" }).locator(".badge").waitFor();
      });

      await t.step("a removal from a room and the end of the sign-in are told where one is", async () => {
        const { room: { id: secret } } = await server.call(ann, "rooms.create", { name: "den", visibility: "private" });
        const { user } = await server.call(bo, "auth.me", {});
        await server.call(ann, "rooms.addMember", { room: secret, user: user.id });
        await line(b, "den").click();
        await b.page.locator("h1", { hasText: "den" }).waitFor();
        await b.page.locator("#compose").fill("half a thought");
        await server.call(ann, "rooms.removeMember", { room: secret, user: user.id });
        await b.page.locator(".banner", { hasText: "You're no longer in this room. You won't see new messages." })
          .waitFor();
        assert.equal(await b.page.locator("h1").textContent(), "den, private room");
        assert.match(await b.page.locator(".start").textContent() ?? "", /#den/);
        assert.equal(await b.page.locator("textarea[readonly]").inputValue(), "half a thought");
        await line(b, "den").waitFor({ state: "detached" });
        await line(b, "gauges").click();
        await b.page.locator("h1", { hasText: "gauges" }).waitFor();
        await b.page.locator(".banner").waitFor({ state: "detached" });
        await server.call(bo, "auth.signOut", {});
        await b.page.locator(".banner", { hasText: "Signed out on this device." }).waitFor();
        await b.send("kept for later");
        assert.equal(await b.page.locator(".msg.sending", { hasText: "kept for later" }).count(), 1);
      });

      await t.step("no error, no warning of the content policy", () => {
        assert.deepEqual(a.errors, []);
        assert.deepEqual(b.errors, []);
      });
    }),
});
