/** Takes the README's pictures, of the product as it is: a room by day, by night, and on a phone: `deno task shots`. */
import assert from "node:assert/strict";
import type { BrowserContextOptions } from "playwright-core";
import type { Api } from "../support/api.ts";
import { type Site, withSite } from "./site.ts";

const BYTES_MAX = 300_000; // of one picture
const pictures: Record<string, BrowserContextOptions> = {
  screenshot: { colorScheme: "light" },
  screenshot_dark: { colorScheme: "dark" },
  screenshot_phone: {
    colorScheme: "light",
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
  },
};
const KEY_MS = 400; // between keys, so that the typing line stays while the picture is taken

await withSite(async (site) => {
  const { noor } = site;
  const maren = await site.join("Maren Holt", "maren");
  const ilya = await site.join("Ilya Brandt", "ilya");
  const priya = await site.join("Priya Nair", "priya");
  const tomas = await site.join("Tomás Vega", "tomas");
  const jun = await site.join("Jun Watanabe", "jun");
  const everybody = [maren, ilya, priya, tomas, jun];
  const gauges = await make(site, everybody, "gauges", "River gauges in the field: readings, batteries, firmware");
  const notes = await make(site, everybody, "field-notes", "What we saw");
  const firmware = await make(site, everybody, "firmware", "");
  for (const name of ["deploys", "lunch", "maps"]) await make(site, everybody, name, "");
  const { room: board } = await noor.call("rooms.create", { name: "board", visibility: "private" });
  await noor.call("rooms.addMember", { room: board.id, user: await idOf(maren) });

  await site.say(
    maren,
    gauges,
    "Morning. Alder Beck came back at 06:40 after the battery swap, and there is **no gap** in the series.",
  );
  await site.say(ilya, gauges, "> no gap in the series\n\nConfirmed. Backfill replayed 412 samples, in order.");
  await site.say(priya, gauges, "New rating curve for the lower weir. The high end is a guess until we get a flood.");
  await site.say(
    jun,
    gauges,
    "Before we pick the window: https://fieldkit.example/notes/debounce\n\n- 40 ms is fine on the bench\n- and wrong in a beck",
  );
  await site.say(noor, gauges, "Thanks, reading it now.");
  await site.say(
    tomas,
    gauges,
    "@noor can you look at the debounce? I think we read the pin before the interrupt clears `STAGE_RDY`.",
  );
  await site.say(
    tomas,
    gauges,
    "```ts\nexport async function readStage(pin: Pin, window = 40) {\n  const first = await pin.read();\n  await delay(window); // the flag is still set here\n  return first === await pin.read() ? first : null;\n}\n```",
  );
  await site.say(ilya, gauges, "Two reads, one edge.");
  for (let at = 1; at <= 4; at++) await site.say(ilya, notes, `Gauge ${at} is clear of weed.`);
  await site.say(jun, firmware, "@noor 2.4 is ready to flash.");
  const { room: direct } = await priya.call("rooms.direct", { users: [await idOf(noor)] });
  await site.say(priya, direct.id, "Got a minute?");

  // Tabs of those who are online, and of the one who types.
  for (const who of [maren, priya]) await (await site.tab(who)).room(gauges);
  const typist = await site.tab(ilya);
  await typist.room(gauges);
  for (const [name, options] of Object.entries(pictures)) {
    const { page, live, goto, close } = await site.tab(noor, options);
    // Unread messages stay so in a page that nobody looks at.
    await page.addInitScript("Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })");
    await goto(`/rooms/${gauges}${options.isMobile ? "" : "?pane=members"}`);
    await live();
    if (!options.isMobile) await page.getByText("4 online").waitFor();
    const typing = typist.page.locator("#compose").pressSequentially("And with 60 ms?", { delay: KEY_MS });
    await page.locator(".typing", { hasText: "Ilya is typing" }).waitFor();
    const file = new URL(`../../static/${name}.png`, import.meta.url);
    await page.screenshot({ path: file.pathname, animations: "disabled" });
    await typing;
    await typist.page.locator("#compose").fill("");
    await close();
    const { size } = await Deno.stat(file);
    console.log(`${file.pathname}: ${size} bytes`);
    assert(size <= BYTES_MAX, `${name} has ${size} bytes`);
  }
});

async function make(site: Site, everybody: Api[], name: string, topic: string): Promise<string> {
  const { room } = await site.noor.call("rooms.create", { name, topic, visibility: "public" });
  for (const who of everybody) await who.call("rooms.join", { room: room.id });
  return room.id;
}

async function idOf(who: Api): Promise<string> {
  return (await who.call("auth.me", {})).user.id;
}
