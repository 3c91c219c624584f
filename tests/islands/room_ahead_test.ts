/** What a room needs is fetched while the reader is on the way to it, and what is out of sight is drawn after the rest. */
import assert from "node:assert/strict";
import { REST_MS } from "../../islands/room/near_room.ts";
import { asked } from "../faults/within.ts";
import { BY_FINGER, open, type Tab } from "./tab.ts";
import { withPeople } from "./with_people.ts";

const MANY = 120;
const IN_TIME_MS = 20_000;

/** Keeps the calls that the page sends from now on. */
const watchCalls = ({ page }: Tab) =>
  page.evaluate(`
    globalThis.calls = [];
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) {
      const { t, name, body } = JSON.parse(data);
      if (t === "call") calls.push({ name, body });
      return send.call(this, data);
    };`);

/** How often the page asked for a room's messages, or marked them as read. */
const times = ({ page }: Tab, room: string, name = "messages.list") =>
  page.evaluate<number>(`calls.filter((it) => it.name === "${name}" && it.body.room === "${room}").length`);

const untilAsked = (tab: Tab, room: string) =>
  asked(IN_TIME_MS, "a room to be asked for", async () => await times(tab, room) > 0);

/** Until what rests on a room by now has rested long enough: timers of a page run in their order. */
const rested = ({ page }: Tab) => page.evaluate(`new Promise((done) => setTimeout(done, ${REST_MS}))`);

Deno.test({
  name: "on the way to another room",
  sanitizeOps: false, // The browser's process and pipes outlive a step.
  sanitizeResources: false,
  fn: (t) =>
    withPeople(async ({ server, browser, ann, bo, say }) => {
      async function room(name: string, ...texts: string[]): Promise<string> {
        const { room: { id } } = await server.call(ann, "rooms.create", { name, visibility: "public" });
        await server.call(bo, "rooms.join", { room: id });
        for (const text of texts) await say(ann, text, id);
        return id;
      }
      const unread = async (id: string) => (await server.call(bo, "rooms.get", { room: id })).line.unread;
      const gauges = await room("gauges", "one", "two");
      const weir = await room("weir", "high");
      const harbor = await room("harbor", "calm");
      const locks = await room("locks", "shut");
      const long = await room("tides", ...Array.from({ length: MANY }, (_, at) => `number ${at + 1}`));
      const b = await open(browser, server, bo, `/rooms/${server.lobby}`);
      const line = (tab: Tab, name: string) => tab.page.locator(".nav a", { hasText: name });
      await watchCalls(b);

      await t.step("a room that one points at is asked for once, and nothing of it is read", async () => {
        await line(b, "gauges").hover();
        await untilAsked(b, gauges);
        assert.deepEqual([await unread(gauges), await times(b, gauges, "reads.mark")], [2, 0]);
        await line(b, "gauges").locator(".count", { hasText: "2" }).waitFor();
      });

      await t.step("opened, it asks for nothing more, and is read by that", async () => {
        await b.page.mouse.down();
        assert.equal(await times(b, gauges), 1);
        await b.page.mouse.up();
        await b.has("two");
        assert.deepEqual(await b.texts(), ["one", "two"]);
        await line(b, "gauges").locator(".count").waitFor({ state: "detached" });
        await b.page.mouse.move(0, 0);
        await line(b, "gauges").hover();
        await rested(b);
        assert.equal(await times(b, gauges), 1);
      });

      await t.step("what comes before it is opened is there, once", async () => {
        await line(b, "weir").hover();
        await untilAsked(b, weir);
        await say(ann, "higher", weir);
        await b.page.mouse.down();
        await b.page.mouse.up();
        await b.has("higher");
        await say(ann, "falling", weir);
        await b.has("falling");
        assert.deepEqual(await b.texts(), ["high", "higher", "falling"]);
      });

      await t.step("so is one that the focus rests on, and the line of the switcher that Enter takes", async () => {
        await line(b, "harbor").focus();
        await untilAsked(b, harbor);
        await b.page.keyboard.press("Enter");
        await b.has("calm");
        await b.page.keyboard.press("Control+K");
        await b.page.keyboard.type("locks");
        await untilAsked(b, locks);
        await b.page.keyboard.press("Enter");
        await b.has("shut");
        assert.deepEqual([await times(b, harbor), await times(b, locks)], [1, 1]);
      });

      await t.step(
        "the first frame has what is in sight; the rows above follow, and nothing moves by them",
        async () => {
          await b.page.evaluate(`
          globalThis.frames = [];
          globalThis.moved = [];
          new PerformanceObserver((list) => {
            for (const { sources } of list.getEntries()) {
              moved.push(...sources.map(({ node }) => node?.outerHTML ?? "").filter((it) => it.includes("data-row")));
            }
          }).observe({ type: "layout-shift" });
          (function watch() {
            const rows = [...document.querySelectorAll(".log [data-row]")];
            const top = rows[0]?.getBoundingClientRect().top - document.querySelector(".log").getBoundingClientRect().top;
            const { bottom } = rows.at(-1)?.getBoundingClientRect() ?? {};
            if (rows.at(-1)?.textContent.includes("number ${MANY}")) frames.push({ rows: rows.length, top, bottom });
            requestAnimationFrame(watch);
          })();`);
          // The first one unread is the last, so that the room opens at its end.
          const { messages } = await server.call(bo, "messages.list", { room: long, limit: 2 });
          await server.call(bo, "reads.mark", { room: long, seq: messages[0]?.seq ?? 0 });
          await line(b, "tides").locator(".count", { hasText: "1" }).waitFor();
          await line(b, "tides").click();
          let frames: { rows: number; top: number; bottom: number }[] = [];
          await asked(IN_TIME_MS, "all rows of the page", async () => {
            frames = await b.page.evaluate("frames");
            return frames.at(-1)?.rows === 50;
          });
          const [first, last] = [frames[0], frames.at(-1)];
          assert.ok(first && first.rows < 40 && first.top <= 0, `the first frame: ${JSON.stringify(first)}`);
          assert.deepEqual(frames.filter((it) => it.bottom !== last?.bottom), []);
          assert.deepEqual(await b.page.evaluate("moved"), []);
          assert.equal(await times(b, long), 1, "what is not drawn yet is not what is missing");
        },
      );

      await t.step("a finger that only scrolls asks for nothing", async () => {
        const phone = await open(browser, server, bo, `/rooms/${server.lobby}`, BY_FINGER);
        await watchCalls(phone);
        await phone.page.getByRole("button", { name: /^Open sidebar/ }).tap();
        const box = await line(phone, "weir").boundingBox();
        const at = { x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + 10 };
        const cdp = await phone.page.context().newCDPSession(phone.page);
        await cdp.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [at] });
        for (const by of [20, 40]) {
          await cdp.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [{ ...at, y: at.y - by }] });
        }
        await cdp.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
        await rested(phone);
        assert.equal(await times(phone, weir), 0);
        await line(phone, "weir").tap();
        await phone.has("falling");
        assert.equal(await times(phone, weir), 1);
        assert.deepEqual(phone.errors, []);
      });

      assert.deepEqual(b.errors, []);
    }),
});
