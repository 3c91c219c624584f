/** Where a room's page lands when it is opened by its address: with and without script, on a desktop and on a phone. */
import assert from "node:assert/strict";
import { type Site, withSite } from "./site.ts";
import type { Tab } from "./tab.ts";

const MANY = 40;
const READ = 20;
/** How far down the pane the row stands that one came for, of the pane's height. */
const LEAST = 0.2;
const MOST = 0.45;

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** A room of which the first half is read; gives its id and the seq of the last read message. */
async function furnish({ noor, join, say }: Site): Promise<{ room: string; seq: number }> {
  const tomas = await join("Tomás Vega", "tomas");
  const { room: { id } } = await tomas.call("rooms.create", { name: "gauges", visibility: "public" });
  await noor.call("rooms.join", { room: id });
  for (let at = 1; at <= MANY; at++) await say(tomas, id, `number ${at}\n\nof two paragraphs`);
  const { messages } = await noor.call("messages.list", { room: id, limit: MANY });
  const seq = messages[READ - 1]?.seq ?? 0;
  await noor.call("reads.mark", { room: id, seq });
  return { room: id, seq };
}

function placeOf({ page }: Tab, selector: string): Promise<number> {
  return page.locator(selector).evaluate((row) => {
    const pane = row.closest(".log")?.getBoundingClientRect();
    return pane ? (row.getBoundingClientRect().top - pane.top) / pane.height : -1;
  });
}

Deno.test({
  name: "a room's page lands on what one came for, with what was said before it above",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const { room, seq } = await furnish(site);
      for (const viewport of [WIDE, PHONE]) {
        for (const javaScriptEnabled of [true, false]) {
          await t.step(`${viewport.width} px, ${javaScriptEnabled ? "with" : "without"} script`, async () => {
            const tab = await site.tab(site.noor, { viewport, javaScriptEnabled });
            const visits = [[`/rooms/${room}/${seq}`, ".is-on"], [`/rooms/${room}`, ".new-line"]] as const;
            for (const [path, selector] of visits) {
              await tab.goto(path);
              if (javaScriptEnabled) await tab.live();
              const place = await placeOf(tab, selector);
              assert.ok(place > LEAST && place < MOST, `${selector} of ${path}: ${place}`);
            }
            assert.deepEqual(tab.errors, []);
            await tab.close();
          });
        }
      }
    }),
});
