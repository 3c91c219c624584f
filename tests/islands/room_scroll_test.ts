import assert from "node:assert/strict";
import { PAGE_DATA_ID } from "../../lib/ui/room/page_data.ts";
import { open, place, roomOf, type Tab } from "./tab.ts";
import { withPeople } from "./with_people.ts";

const MANY = 260;

Deno.test({
  name: "the room page, scrolled",
  sanitizeOps: false, // The browser's process and pipes outlive a step.
  sanitizeResources: false,
  fn: (t) =>
    withPeople(async ({ server, browser, ann, bo }) => {
      const b = await open(browser, server, bo, `/rooms/${server.lobby}`);
      const line = (tab: Tab, name: string) => tab.page.locator(".nav a", { hasText: name });

      await t.step("a long room opens at the first unread message, with what was read above it", async () => {
        const { room: { id: long } } = await server.call(ann, "rooms.create", { name: "long", visibility: "public" });
        await server.call(bo, "rooms.join", { room: long });
        for (let i = 1; i <= MANY; i++) {
          await server.call(ann, "messages.send", {
            room: long,
            text: `number ${i}`,
            key: `key-of-number-${1_000 + i}`,
          });
        }
        const { messages: [read] } = await server.call(bo, "messages.list", { room: long, limit: 80 });
        await server.call(bo, "reads.mark", { room: long, seq: read?.seq ?? 0, back: true });
        await line(b, "long").locator(".count", { hasText: "79" }).waitFor();
        await line(b, "long").click();
        await b.page.locator(".new-line", { hasText: "New · 79 messages" }).waitFor();
        const { top, bottom } = await place(b.page, ".new-line");
        const log = await place(b.page, ".log");
        assert.ok(top > log.top + 100 && bottom < log.bottom, `the line is at ${top}`);
        await b.page.locator(".pill").waitFor();
      });

      await t.step(
        "scrolling back loads what is older; nothing moves by it, and at most 200 rows are kept",
        async () => {
          const drifts = await b.page.evaluate<number[]>(`(async () => {
          const log = document.querySelector(".log");
          const frames = async (count) => { for (let i = 0; i < count; i++) await new Promise(requestAnimationFrame); };
          const drifts = [];
          while (document.querySelector("[data-row]").getAttribute("aria-label").endsWith(": number 1") === false) {
            log.scrollTop -= 300;
            await frames(1);
            const edge = log.getBoundingClientRect().top + 100;
            const row = [...document.querySelectorAll("[data-row]")].find((it) => it.getBoundingClientRect().top > edge);
            const { top } = row.getBoundingClientRect();
            await frames(4);
            if (row.isConnected) drifts.push(Math.abs(row.getBoundingClientRect().top - top));
            if (document.querySelectorAll("[data-row]").length > 200) throw new Error("more than 200 rows");
          }
          return drifts;
        })()`);
          assert.equal(Math.max(...drifts), 0);
        },
      );

      await t.step("messages that come meanwhile move nothing and are counted on the way down", async () => {
        const { messages: [last] } = await server.call(bo, "messages.list", { room: roomOf(b), limit: 1 });
        const before = await place(b.page, "[data-row]:nth-of-type(5)");
        await server.call(ann, "messages.send", { room: roomOf(b), text: "new below", key: "key-of-new-below" });
        await b.page.locator(".pill", { hasText: "1 new message" }).waitFor();
        assert.deepEqual(await place(b.page, "[data-row]:nth-of-type(5)"), before);
        await b.page.locator(".pill").click();
        await b.has("new below");
        await b.page.locator(".pill").waitFor({ state: "detached" });
        assert.equal(last?.text, `number ${MANY}`);
      });

      await t.step(
        "a permalink shows its message, marked; scrolling down from it, also to its end, moves nothing",
        async () => {
          const { messages: [, old] } = await server.call(bo, "messages.list", {
            room: roomOf(b),
            after: 0,
            limit: 20,
          });
          await b.page.goto(`${server.origin}/rooms/${roomOf(b)}/${old?.seq}`);
          await b.page.locator(".msg.is-on", { hasText: "number 2" }).waitFor();
          await b.page.locator(".pill", { hasText: "Newest messages" }).waitFor(); // It came to life and has landed.
          await b.page.locator(".conn", { hasText: " ms" }).waitFor(); // Nothing of its start is still to be rendered.
          const drifts = await b.page.evaluate<number[]>(`(async () => {
          const log = document.querySelector(".log");
          const frames = async (count) => { for (let i = 0; i < count; i++) await new Promise(requestAnimationFrame); };
          const drifts = [];
          const shown = () => [...document.querySelectorAll("[data-row]")];
          const last = shown().at(-1);
          await frames(2); // The pill takes its room.
          log.scrollTop = 0;
          const end = last.getBoundingClientRect().top;
          await frames(10);
          drifts.push(Math.abs(last.getBoundingClientRect().top - end));
          for (let step = 0; step < 200 && !shown().at(-1).textContent.includes("new below"); step++) {
            log.scrollTop += 300;
            await frames(1);
            const edge = log.getBoundingClientRect().top + 100;
            const row = shown().find((it) => it.getBoundingClientRect().top > edge);
            const { top } = row.getBoundingClientRect();
            await frames(4);
            if (row.isConnected) drifts.push(Math.abs(row.getBoundingClientRect().top - top));
          }
          return drifts;
        })()`);
          assert.equal(Math.max(...drifts), 0);
          await b.page.locator(".pill").click();
          await b.has("new below");
        },
      );

      await t.step(
        "with more unread than a page holds it opens at the first one; the pill leads to the end",
        async () => {
          const room = roomOf(b);
          const { messages: thirty } = await server.call(bo, "messages.list", { room, after: 0, limit: 30 });
          await line(b, "general").click();
          await b.page.locator("h1", { hasText: "general" }).waitFor();
          await server.call(bo, "reads.mark", { room, seq: thirty.at(-1)?.seq ?? 0, back: true });
          await line(b, "long").locator(".count", { hasText: "99+" }).waitFor();
          await line(b, "long").click();
          await b.page.locator(".new-line", { hasText: `New · ${MANY + 1 - 30} messages` }).waitFor();
          const { top, bottom } = await place(b.page, ".new-line");
          const log = await place(b.page, ".log");
          assert.ok(top > log.top + 100 && bottom < log.bottom, `the line is at ${top}`);
          await b.page.locator(".new-line + [data-row]", { hasText: "number 31" }).waitFor();
          await b.page.evaluate(`(async () => {
          const log = document.querySelector(".log");
          const shown = () => [...document.querySelectorAll("[data-row]")].at(-1).textContent;
          const first = shown();
          while (shown() === first) { log.scrollTop += 200; await new Promise(requestAnimationFrame); }
        })()`); // Newer ones are loaded below.
          await b.page.locator(".pill").click();
          await b.has("new below");
          await b.page.locator(".pill").waitFor({ state: "detached" });
          await line(b, "long").locator(".count").waitFor({ state: "detached" });
        },
      );

      await t.step("a scroll made before the page came to life is not undone", async () => {
        for (const back of [400, 0]) {
          const held = Promise.withResolvers<void>();
          await b.page.route("**/b/room.js", async (route) => {
            await held.promise;
            await route.continue();
          });
          await b.page.goto(`${server.origin}/rooms/${roomOf(b)}`, { waitUntil: "commit" });
          // Before all of it has come, and its style, nothing scrolls.
          await b.page.waitForFunction((id) => {
            const log = document.querySelector(".log");
            return document.getElementById(id) !== null && log !== null && log.scrollHeight > log.clientHeight;
          }, PAGE_DATA_ID);
          await b.page.evaluate(`new Promise((done) => {
            document.querySelector(".log").scrollTop = -${back};
            requestAnimationFrame(done);
          })`);
          const [row] = await b.page.locator("[data-row]").evaluateAll((rows) =>
            rows.filter((it) => it.getBoundingClientRect().top > 100).map((it) => it.getAttribute("data-row"))
          );
          const before = await place(b.page, `[data-row="${row}"]`);
          held.resolve();
          await b.page.locator(".conn", { hasText: " ms" }).waitFor();
          await b.page.locator(".pill").waitFor({ state: back > 0 ? "visible" : "detached" });
          assert.deepEqual(await place(b.page, `[data-row="${row}"]`), before);
          await b.page.unroute("**/b/room.js");
        }
      });

      assert.deepEqual(b.errors, []);
    }),
});
