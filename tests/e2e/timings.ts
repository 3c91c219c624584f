/**
 * `deno task timings`: how long a person waits for a page, for another room and for a message, by the clock of the
 * browser's Performance API. Exits with 1 where a goal is missed. Both tabs, the browser and the server share this
 * machine, so figures count only where nothing else does; its load is printed beside them.
 */
import assert from "node:assert/strict";
import { ms, type Row, table } from "../bench/table.ts";
import { type Site, withSite } from "./site.ts";
import type { Tab } from "./tab.ts";

const LOADS = 12; // each with an empty cache
const ROOMS = 8;
const ROUNDS = 6; // through all rooms; a room's first visit asks the server
const SENDS = 60;
const MESSAGES = 50; // of each room, a page
const SWITCH_P95_MAX_MS = 150;
const SEND_P50_MAX_MS = 30;

/**
 * To be run before a page's own scripts. `timings.painted(fits, from)` gives the time from `from` to when the frame is
 * out in which `fits` first held; times are of the wall clock, so that two tabs can compare theirs.
 */
const PROBE = `globalThis.timings = {
  now: () => performance.timeOrigin + performance.now(),
  // Behind the frame in which it was asked: when that is painted.
  frame: () => new Promise((done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(timings.now());
    port2.postMessage(undefined);
  })),
  async painted(fits, from) {
    if (!fits()) {
      await new Promise((done) => {
        const watch = new MutationObserver(() => {
          if (!fits()) return;
          watch.disconnect();
          done();
        });
        watch.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
      });
    }
    return await timings.frame() - from();
  },
  input: 0,
};
for (const kind of ["click", "keydown"]) {
  addEventListener(kind, (event) => timings.input = performance.timeOrigin + event.timeStamp, true);
}
// The page is hydrated when its message field has handlers.
const add = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (...args) {
  if (this.id === "compose") performance.mark("hydrated");
  return add.apply(this, args);
};`;

/** What a person waits for, in milliseconds, each time. */
type Waits = Record<string, number[]>;

async function loads(site: Site, room: string): Promise<Waits> {
  const waits = { "first paint": [] as number[], "hydrated": [] as number[], "live": [] as number[] };
  for (let at = 0; at < LOADS; at++) {
    const tab = await site.tab(site.noor);
    await tab.page.addInitScript(PROBE);
    await tab.room(room);
    const { paint, hydrated, live } = await tab.page.evaluate(() => {
      const startOf = (name: string) => performance.getEntriesByName(name)[0]?.startTime ?? NaN;
      return { paint: startOf("first-contentful-paint"), hydrated: startOf("hydrated"), live: performance.now() };
    });
    waits["first paint"].push(paint);
    waits.hydrated.push(hydrated);
    waits.live.push(live);
    await tab.close();
  }
  return waits;
}

/** From the click on a room in the sidebar to its messages in the pane. */
async function switches(tab: Tab, names: readonly string[]): Promise<Waits> {
  const first: number[] = [];
  const again: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      const painted = tab.page.evaluate<number>(`timings.painted(
        () => [...document.querySelectorAll(".log .msg")].at(-1)?.textContent.includes("last of ${name}."),
        () => timings.input,
      )`);
      await tab.page.locator(".side .nav a", { hasText: name }).click();
      (round === 0 ? first : again).push(await painted);
    }
  }
  return { "room switch": [...first, ...again], "room switch, first visit": first, "room switch, again": again };
}

/** From Enter to the message in one's own pane and in the other's, who has the same room open. */
async function sends(from: Tab, to: Tab): Promise<Waits> {
  const own: number[] = [];
  const other: number[] = [];
  for (let at = 0; at < SENDS; at++) {
    const text = `timed ${at}.`;
    const shown = `() => [...document.querySelectorAll(".log .msg")].at(-1)?.textContent.includes("${text}")`;
    await from.page.locator("#compose").fill(text);
    const echoed = from.page.evaluate<number>(`timings.painted(${shown}, () => timings.input)`);
    const arrived = to.page.evaluate<number>(`timings.painted(${shown}, () => 0)`);
    await from.page.keyboard.press("Enter");
    own.push(await echoed);
    other.push(await arrived - await from.page.evaluate<number>("timings.input"));
  }
  return { "send to painted here": own, "send to painted at the other": other };
}

function rowOf(what: string, all: readonly number[]): Row {
  assert.ok(all.length > 0 && all.every((it) => it > 0), `${what} was not measured: ${all}`);
  const sorted = all.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.ceil(sorted.length * part) - 1] ?? NaN;
  const [p50, p95] = [at(0.5), at(0.95)];
  const row = { what: `${what} (${all.length})`, ours: `p50 ${ms(p50)}, p95 ${ms(p95)}` };
  if (what === "room switch") return { ...row, hold: `p95 ≤ ${SWITCH_P95_MAX_MS} ms`, held: p95 <= SWITCH_P95_MAX_MS };
  if (what !== "send to painted at the other") return row;
  return { ...row, hold: `p50 ≤ ${SEND_P50_MAX_MS} ms`, held: p50 <= SEND_P50_MAX_MS };
}

/** Of the last minute, and how many cores there are. */
const load = () => `load ${Deno.loadavg()[0]?.toFixed(2)} on ${navigator.hardwareConcurrency} cores`;

let rows: Row[] = [];
const before = load();
await withSite(async (site) => {
  const tomas = await site.join("Tomás Vega", "tomas");
  const names = Array.from({ length: ROOMS }, (_, at) => `gauge-${at + 1}`);
  const rooms: string[] = [];
  for (const name of names) {
    const { room } = await site.noor.call("rooms.create", { name, visibility: "public" });
    await tomas.call("rooms.join", { room: room.id });
    for (let at = 1; at < MESSAGES; at++) {
      await site.say(
        at % 3 ? tomas : site.noor,
        room.id,
        `Message ${at} with **some** \`words\` of it, as people write`,
      );
    }
    await site.say(tomas, room.id, `The last of ${name}.`);
    rooms.push(room.id);
  }
  const [room = ""] = rooms;
  const waits = await loads(site, room);
  const [mine, theirs] = [await site.tab(site.noor), await site.tab(tomas)];
  for (const tab of [mine, theirs]) await tab.page.addInitScript(PROBE);
  await mine.room(site.lobby);
  Object.assign(waits, await switches(mine, names));
  for (const tab of [mine, theirs]) await tab.room(room);
  Object.assign(waits, await sends(mine, theirs));
  rows = Object.entries(waits).map(([what, all]) => rowOf(what, all));
  assert.deepEqual([...mine.errors, ...theirs.errors], []);
});
console.log(`${table(rows)}\n\n${before} before, ${load()} after`);
Deno.exit(rows.every((row) => row.held ?? true) ? 0 : 1);
