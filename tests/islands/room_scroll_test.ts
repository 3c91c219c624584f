import assert from "node:assert/strict";
import { launch } from "./chromium.ts";
import { startRoomServer } from "./room_server.tsx";
import { open, place, roomOf, type Tab } from "./tab.ts";

const MANY = 260;

Deno.test({
  name: "the room page, scrolled",
  sanitizeOps: false, // The browser's process and pipes outlive a step.
  sanitizeResources: false,
  async fn(t) {
    const server = await startRoomServer();
    const browser = await launch();
    try {
      const ann = await server.join("ann");
      const bo = await server.join("bo");
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
          // Scroll positions are whole device pixels, rows are not.
          assert.ok(Math.max(...drifts) < 1, `moved by ${Math.max(...drifts)} px`);
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
          const drifts = await b.page.evaluate<number[]>(`(async () => {
          const log = document.querySelector(".log");
          const frames = async (count) => { for (let i = 0; i < count; i++) await new Promise(requestAnimationFrame); };
          const drifts = [];
          const shown = () => [...document.querySelectorAll("[data-row]")];
          const last = shown().at(-1);
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
          assert.ok(Math.max(...drifts) < 1, `moved by ${Math.max(...drifts)} px`);
          await b.page.locator(".pill").click();
          await b.has("new below");
        },
      );

      assert.deepEqual(b.errors, []);
    } finally {
      await browser.close();
      await server.stop();
    }
  },
});
