/**
 * The pages on the wire and under the reader's eyes, held to islands/README.md, Budgets; the figures are printed.
 */
import assert from "node:assert/strict";
import { readManifest } from "../../lib/build/manifest.ts";
import { type Site, withSite } from "./site.ts";
import type { Tab } from "./tab.ts";
import { watchWire, type WireFile } from "./wire.ts";

const KB = 1_000;
const NODES_MAX = 2_500;
const ROWS_MAX = 200;
const LONG = 260; // messages, more than are ever in the page at once

const kb = (bytes: number) => `${(bytes / KB).toFixed(1)} KB`;

/** 50 messages like those that people write. */
async function furnish(site: Site): Promise<string> {
  const tomas = await site.join("Tomás Vega", "tomas");
  for (let at = 0; at < 50; at++) {
    const text = at % 9
      ? `Message ${at} with **some** \`words\` of it, as long as people write them`
      : "@noor look\n\n> a quote\n\n- one\n- two";
    await site.say(at % 3 ? site.noor : tomas, site.lobby, text);
  }
  return site.lobby;
}

async function long(site: Site): Promise<string> {
  const { room } = await site.noor.call("rooms.create", { name: "long", visibility: "public" });
  for (let at = 1; at <= LONG; at++) await site.say(site.noor, room.id, `number ${at}${" and more".repeat(at % 40)}`);
  return room.id;
}

/** Scrolls up to the first message; gives by how many px a row that was in sight was moved, at each step. */
const SCROLL_UP = `(async () => {
  const log = document.querySelector(".log");
  // Behind a frame's painting: what puts rows right runs between its callbacks and that.
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const frames = async (count) => { for (let at = 0; at < count; at++) await frame(); };
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const drifts = [];
  let loads = 0;
  let nodes = 0;
  while (!/: number 1( |$)/.test(rows()[0].getAttribute("aria-label"))) {
    log.scrollTop -= 300;
    await frames(1);
    const [first] = rows();
    const edge = log.getBoundingClientRect().top + 100;
    const row = rows().find((it) => it.getBoundingClientRect().top > edge);
    const { top } = row.getBoundingClientRect();
    await frames(4);
    if (row.isConnected) drifts.push(Math.abs(row.getBoundingClientRect().top - top));
    if (rows()[0] !== first) loads++;
    if (rows().length > 200) throw new Error("more than 200 rows");
    if (rows().length === 200) nodes = Math.max(nodes, document.querySelectorAll("*").length);
  }
  return { drift: Math.max(...drifts), loads, nodes };
})()`;

/** Where a text is painted: in a frame of its own, after whatever puts the rows right. */
async function placeOf({ page }: Tab, text: string): Promise<number> {
  await page.evaluate(
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))",
  );
  return await page.getByText(text).first().evaluate((it) => it.getBoundingClientRect().top);
}

Deno.test({
  name: "the budgets of the room page",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const room = await furnish(site);
      const built = await readManifest();
      assert.ok(built);
      const initial = new Set(built.pages["islands/room/room.tsx"]?.scripts);

      await t.step("bytes: of a first load, and of what is fetched when it is wanted", async () => {
        const tab = await site.tab(site.noor);
        const wire = await watchWire(tab);
        await tab.room(room);
        const scripts = wire.sum((file) => file.type === "Script" && initial.has(file.name));
        const styles = wire.sum((file) => file.type === "Stylesheet");
        const html = wire.sum((file) => file.type === "Document");
        const total = wire.sum(() => true);
        console.log(`  scripts ${kb(scripts)}, styles ${kb(styles)}, document ${kb(html)}, first load ${kb(total)}`);
        assert.equal(await tab.page.locator(".msg").count(), 50);
        within("scripts", scripts, 10 * KB, 60 * KB);
        within("styles", styles, 1 * KB, 14 * KB);
        within("document", html, 1 * KB, 20 * KB);
        within("first load", total, 20 * KB, 110 * KB);

        await tab.page.keyboard.press("Control+k");
        await tab.page.getByRole("combobox").fill("New room");
        await tab.page.keyboard.press("Enter");
        await tab.page.getByRole("dialog", { name: "New room" }).waitFor();
        const lazy = wire.files().filter((file) => file.type === "Script" && !initial.has(file.name));
        assert.ok(lazy.length >= 2, "the palette and the dialogs are files of their own");
        console.log(`  lazy chunks ${lazy.map((file) => `${file.name} ${kb(file.bytes)}`).join(", ")}`);
        for (const file of lazy) within(file.name, file.bytes, 1, 40 * KB);
        assert.deepEqual([...wire.elsewhere(), ...tab.outside, ...tab.errors], []);
        await tab.close();
      });

      for (const width of [1440, 390]) {
        await t.step(`nothing moves while the page loads and comes to life, ${width} px`, async () => {
          const tab = await site.tab(site.noor, { viewport: { width, height: 844 } });
          await tab.room(room);
          assert.deepEqual(await tab.shifts(), []);
          await tab.close();
        });
      }

      await t.step("nothing moves under the reader, and the page stays small, in a long room", async () => {
        const tab = await site.tab(site.noor);
        const id = await long(site);
        await tab.room(id);
        const { drift, loads, nodes } = await tab.page.evaluate<{ drift: number; loads: number; nodes: number }>(
          SCROLL_UP,
        );
        console.log(`  ${loads} pages prepended: ${drift} px; ${nodes} nodes at ${ROWS_MAX} rows`);
        assert.ok(loads >= 3, `${loads} pages were loaded`);
        assert.ok(drift < 1, `moved by ${drift} px`); // scroll positions are whole device pixels, rows are not
        within("nodes", nodes, ROWS_MAX, NODES_MAX);
        await tab.close();
      });

      await t.step("what is appended while one reads further up moves nothing", async () => {
        const tomas = await site.tab(site.noor);
        await tomas.room(room);
        await tomas.page.locator(".log").evaluate((it) => void (it.scrollTop -= 600));
        await tomas.page.locator(".pill").waitFor();
        const [text = ""] = await tomas.page.locator(".msg .text").evaluateAll((all) =>
          all.filter((it) => it.getBoundingClientRect().top > 200).map((it) => it.textContent ?? "")
        );
        const before = await placeOf(tomas, text);
        const guest = await site.join("Priya Nair", "priya");
        for (let at = 1; at <= 5; at++) await site.say(guest, room, `appended ${at}\n\nof two paragraphs`);
        await tomas.page.locator(".pill", { hasText: "5 new messages" }).waitFor();
        const drift = Math.abs(await placeOf(tomas, text) - before);
        console.log(`  5 messages appended: ${drift} px`);
        assert.ok(drift < 1, `moved by ${drift} px`);
        await tomas.close();
      });
    }),
});

Deno.test({
  name: "the budgets of the feed's page",
  sanitizeOps: false, // as above
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      await furnish(site);
      const built = await readManifest();
      const initial = new Set(built?.pages["islands/feed/feed.tsx"]?.scripts);
      for (const width of [1440, 390]) {
        await t.step(`a first load: its bytes, and nothing moves as it comes to life, ${width} px`, async () => {
          await firstLoad(site, "/feed", width, initial, async ({ page }) => {
            assert.ok(await page.locator("#feed article").count() > 5);
          });
        });
      }
    }),
});

Deno.test({
  name: "the budgets of the pages beside rooms and feed",
  sanitizeOps: false, // as above
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      await furnish(site);
      const built = await readManifest();
      const initial = new Set(built?.pages["islands/shell/shell.tsx"]?.scripts ?? []);
      for (const path of ["/rooms", "/settings"]) {
        for (const width of [1440, 390]) {
          await t.step(`${path}: a first load, and nothing moves as it comes to life, ${width} px`, async () => {
            await firstLoad(site, path, width, initial);
          });
        }
      }
    }),
});

/** Holds a first load of a page that has an entry of its own: its bytes, and that nothing moves. */
async function firstLoad(
  site: Site,
  path: string,
  width: number,
  initial: ReadonlySet<string>,
  look?: (tab: Tab) => Promise<void>,
) {
  const tab = await site.tab(site.noor, { viewport: { width, height: 844 } });
  const wire = await watchWire(tab);
  await tab.goto(path);
  await tab.live();
  await look?.(tab);
  const isScript = (file: WireFile) => file.type === "Script";
  const scripts = wire.sum((file) => isScript(file) && initial.has(file.name));
  const behind = wire.sum((file) => isScript(file) && !initial.has(file.name));
  const styles = wire.sum((file) => file.type === "Stylesheet");
  const html = wire.sum((file) => file.type === "Document");
  const total = wire.sum(() => true);
  console.log(`  scripts ${kb(scripts)}, styles ${kb(styles)}, document ${kb(html)}, first load ${kb(total)}`);
  within("what is fetched behind it", behind, 1 * KB, 40 * KB);
  within("scripts", scripts, 10 * KB, 60 * KB);
  within("styles", styles, 1 * KB, 14 * KB);
  within("document", html, 1 * KB, 20 * KB);
  within("first load", total, 20 * KB, 110 * KB);
  assert.deepEqual(await tab.shifts(), []);
  assert.deepEqual([...wire.elsewhere(), ...tab.outside, ...tab.errors], []);
  await tab.close();
}

/** At least something, so that a figure that was not measured is no pass. */
function within(what: string, value: number, least: number, most: number) {
  assert.ok(value >= least && value <= most, `${what}: ${value}, allowed ${least} to ${most}`);
}
