/** What the list, the "New" line, the title and the address say of one room agree; and what archived and long is. */
import assert from "node:assert/strict";
import { open, type Tab } from "./tab.ts";
import { withPeople } from "./with_people.ts";

const MANY = 120; // messages: more than a page holds
const LONG_LINE = `const it = "${"x".repeat(400)}";`;

Deno.test({
  name: "what is said of a room",
  sanitizeOps: false, // The browser's process and pipes outlive a step.
  sanitizeResources: false,
  fn: (t) =>
    withPeople(async ({ server, browser, ann, bo, say }) => {
      const { lobby } = server;
      const line = (tab: Tab, name: string) => tab.page.locator(".nav a", { hasText: name });

      await t.step("my own messages past the mark are counted in the list and at the line alike", async () => {
        const { room } = await server.call(ann, "rooms.create", { name: "gauges", visibility: "public" });
        await server.call(bo, "rooms.join", { room: room.id });
        await say(ann, "before", room.id);
        const { seq: first } = await say(ann, "from here", room.id);
        for (let i = 0; i < 22; i++) await say(bo, `mine ${i}`, room.id);
        await server.call(bo, "reads.mark", { room: room.id, seq: first - 1, back: true });
        const b = await open(browser, server, bo, `/rooms/${lobby}`);
        await line(b, "gauges").locator(".count", { hasText: "23" }).waitFor();
        await b.page.waitForFunction(() => document.title.startsWith("(1) "));
        await line(b, "gauges").click();
        await b.page.locator(".new-line", { hasText: "New · 23 messages" }).waitFor();
        assert.deepEqual(b.errors, []);
        await b.page.close();
      });

      await t.step("a divider says which day it was, and today's says so", async () => {
        const b = await open(browser, server, bo, `/rooms/${lobby}`);
        await b.send("hello");
        await b.page.locator(".day", { hasText: "Today" }).waitFor();
        await b.page.close();
      });

      await t.step("at the end of the room its address is not a message's any more", async () => {
        const { room } = await server.call(ann, "rooms.create", { name: "long", visibility: "public" });
        await server.call(bo, "rooms.join", { room: room.id });
        const seqs: number[] = [];
        for (let i = 0; i < MANY; i++) seqs.push((await say(ann, `number ${i}`, room.id)).seq);
        const seq = seqs[20] ?? 0;
        const path = (tab: Tab) => new URL(tab.page.url()).pathname;
        const b = await open(browser, server, bo, `/rooms/${room.id}/${seq}`);
        await b.page.locator(`.is-on[data-row="${seq}"]`).waitFor();
        assert.equal(path(b), `/rooms/${room.id}/${seq}`);
        await b.page.locator(".pill").click();
        await b.has(`number ${MANY - 1}`);
        await b.page.waitForURL(`${server.origin}/rooms/${room.id}`);
        assert.equal(await b.page.locator(".is-on").count(), 0);

        await b.page.goto(`${server.origin}/rooms/${room.id}/${seq}`);
        await b.page.locator(".conn", { hasText: " ms" }).waitFor();
        await b.send("an answer");
        await b.page.waitForURL(`${server.origin}/rooms/${room.id}`);

        await b.page.goto(`${server.origin}/rooms/${room.id}/${seq}`);
        await b.page.locator(".conn", { hasText: " ms" }).waitFor();
        await line(b, "general").click();
        await b.page.locator("h1", { hasText: "general" }).waitFor();
        await b.page.goBack();
        await b.page.locator("h1", { hasText: "long" }).waitFor();
        await b.page.waitForURL(`${server.origin}/rooms/${room.id}`);
        assert.deepEqual(b.errors, []);
        await b.page.close();
      });

      await t.step("archived rooms are folded away, and open by one press", async () => {
        const { room } = await server.call(ann, "rooms.create", { name: "attic", visibility: "public" });
        const a = await open(browser, server, ann, `/rooms/${room.id}`);
        const folded = a.page.locator("details", { hasText: "Archived" });
        await line(a, "attic").waitFor();
        assert.equal(await folded.count(), 0);
        await server.call(ann, "rooms.archive", { room: room.id });
        await folded.locator("a", { hasText: "attic" }).waitFor(); // It is on screen, so its place is shown.
        await line(a, "general").click();
        await a.page.locator("h1", { hasText: "general" }).waitFor();
        await line(a, "attic").waitFor({ state: "hidden" });
        await folded.locator("summary").click();
        await line(a, "attic").click();
        await a.page.locator("h1", { hasText: "attic" }).waitFor();
        assert.deepEqual(a.errors, []);
        await a.page.close();
      });

      await t.step("code has the width of its column, and a shade where a line goes on", async () => {
        await say(ann, `\`\`\`ts\n${LONG_LINE}\n\`\`\``);
        const a = await open(browser, server, ann, `/rooms/${lobby}`);
        const row = a.page.locator(".msg", { has: a.page.locator(".code") });
        await row.waitFor();
        const widthOf = (selector: string) =>
          a.page.locator(selector).evaluate((it) => it.getBoundingClientRect().width);
        const [code, column] = [await widthOf(".code"), await widthOf(".msg:has(.code) > .text")];
        assert.ok(code > 700, `${code} px`);
        assert.equal(code, column);
        const shades = await a.page.locator(".code pre").evaluate((it) => getComputedStyle(it).backgroundAttachment);
        assert.equal(shades, "local, local, scroll, scroll");
        await a.page.close();
      });
    }),
});
