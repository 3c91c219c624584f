/**
 * Faults 1 to 3 of tests/README.md with real proxies: nginx, haproxy and squid as Debian ships them. The chat works in
 * a real browser through each, and followers over all transports lose, double and reorder nothing.
 */
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { createApi } from "../support/api.ts";
import { launch } from "../support/browser.ts";
import type { Person } from "../support/people.ts";
import { createChanger } from "./changer.ts";
import { createFollower } from "./follower.ts";
import { fronts, type RealFront } from "./fronts.ts";
import { headsOf } from "./heads.ts";
import { assertChanges, assertRuns, assertSentOnce, assertStoredDense } from "./oracle.ts";
import { chosenSeed, createRandom } from "./random.ts";
import { createSender } from "./sender.ts";
import { type Site, withSite } from "./site.ts";
import { readStored } from "./stored.ts";
import { createWatched } from "./within.ts";

const SENDS = 300;
const PROGRESS_MS = 30_000;
const WAIT_MS = 15_000; // for what a page shows
const FALLBACK_MS = 6_000; // from the first upgrade to a session over long-poll
/** Where they must not be missing; elsewhere a test that cannot run says so by being ignored. */
const isCi = Deno.env.get("CI") !== undefined;

for (const [name, create] of Object.entries(fronts)) {
  const front = create();
  const isThere = front.isThere();
  Deno.test({
    name: isThere
      ? `faults 1 to 3: the chat and followers over all transports work through ${name}`
      : `faults 1 to 3 through ${name}: NOT TRIED, ${name} is not installed (apt-get install ${name})`,
    ignore: !isThere && !isCi,
    sanitizeOps: false, // the browser's process and pipes outlive it
    sanitizeResources: false,
    async fn() {
      if (!isThere) throw new Error(`${name} is not installed, and CI has to try it`);
      const random = createRandom(chosenSeed(name));
      let browser: Browser | undefined;
      try {
        browser = await launch();
        const chromium = browser;
        await withSite(
          async (site) => {
            await chatWorks(name, front, site, chromium);
            await followersAgree(front, site, random);
          },
          {},
          front,
        );
      } finally {
        await browser?.close();
      }
    },
  });
}

/** In a page that comes through the proxy; somebody else writes, who comes straight or through it too. */
async function chatWorks(name: string, { forward }: RealFront, site: Site, browser: Browser): Promise<void> {
  const origin = forward === undefined ? site.url : site.server.url;
  const [cookie = "", value = ""] = site.owner.api.cookie().split("=");
  const { room: { id: room } } = await site.owner.api.call("rooms.create", { name: "gauges", visibility: "public" });
  const other = await site.join("other");
  await other.api.call("rooms.join", { room });
  const context = await browser.newContext({
    ...(forward !== undefined && { proxy: { server: forward, bypass: "<-loopback>" } }), // loopback goes through it too
  });
  try {
    await context.addCookies([{ name: cookie, value, url: origin }]);
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    let [asked, polled, sockets] = [0, 0, 0];
    page.on("websocket", (socket) => {
      asked ||= performance.now();
      socket.on("framereceived", () => sockets++);
    });
    page.on("response", (response) => {
      if (response.url().endsWith("/live/poll") && response.ok()) polled ||= performance.now();
    });
    const shown = (text: string) =>
      page.locator(".msg:not(.sending)", { has: page.getByText(text, { exact: true }) }).waitFor();
    const say = (text: string) => other.api.call("messages.send", { room, text, key: crypto.randomUUID() });
    await page.goto(`${origin}/rooms/${room}`);
    await say("heard first");
    await shown("heard first");
    for (let n = 1; n <= 5; n++) {
      await page.locator("#compose").fill(`written ${n}`);
      await page.locator("#compose").press("Enter");
      await say(`heard ${n}`);
    }
    for (let n = 1; n <= 5; n++) await Promise.all([shown(`written ${n}`), shown(`heard ${n}`)]);
    const { messages } = await other.api.call("messages.list", { room });
    assert.equal(messages.length, 11);
    assert.deepEqual(await page.locator(".log .msg .text").allTextContents(), messages.map(({ text }) => text));
    if (sockets === 0) assert(polled - asked < FALLBACK_MS, `it took ${Math.round(polled - asked)} ms to poll`);
    console.log(`${name}: ${sockets > 0 ? "by WebSocket" : `by long-poll in ${Math.round(polled - asked)} ms`}`);
  } finally {
    await context.close();
  }
}

/** Followers and a changer through the proxy, a sender straight; the oracle afterwards. */
async function followersAgree(
  { hidesHost }: RealFront,
  site: Site,
  random: ReturnType<typeof createRandom>,
): Promise<void> {
  const people = [await site.join("sender"), await site.join("changer")];
  const [sending = site.owner, changing = site.owner] = people;
  const { room: { id: room } } = await site.owner.api.call("rooms.create", { name: "loud", visibility: "private" });
  for (const { id } of people) await site.owner.api.call("rooms.addMember", { room, user: id });
  const watched = createWatched();
  let sent = 0;
  const straight = { url: site.server.url, port: site.server.port, up: site.up };
  /** The same person, under the Origin that the server takes for its own there. */
  const atServer = (person: Person): Person =>
    hidesHost ? person : { ...person, api: createApi(straight.url, person.api.cookie()) };
  const changer = createChanger(site, changing, [room], random.fork());
  const sender = createSender(straight, atServer(sending), [room], random.fork(), ({ seq }) => {
    sent++;
    if (seq % 5 === 0) changer.know({ room, seq });
    watched.changed();
  });
  const followers = ([["ws", "poll"], ["sse"], ["poll"], ["ws", "sse", "poll"]] as const).map((transports) =>
    createFollower(site, changing, [`room:${room}`, `user:${changing.id}`], random.fork(), [...transports])
  );
  await watched.until(() => sent >= SENDS, PROGRESS_MS, `${SENDS} sends`);
  await Promise.all([sender.finish(), changer.finish()]);
  const heads = await headsOf(straight, atServer(changing), [`room:${room}`, `user:${changing.id}`]);
  for (const follower of followers) {
    await follower.reached(heads, PROGRESS_MS);
    await follower.stop();
  }
  const { api } = site.owner;
  const get = async (room: string, seq: number) => (await api.call("messages.get", { room, seq })).message;
  await assertChanges(get, [Object.assign(changer, { user: changing.id })], followers);
  assert.equal((await site.stop()).code, 0);
  const stored = await readStored(site.dataDir, [room], people.map(({ id }) => id));
  assertStoredDense(stored);
  assertSentOnce([...sender.acknowledged.values(), ...changer.sent.values()], stored);
  for (const follower of followers) assertRuns(follower, stored);
}
