/** What a page fetches later came without its end: it is asked for once more, under another address, in the same page. */
import assert from "node:assert/strict";
import { type Site, withSite } from "./site.ts";
import type { Tab } from "./tab.ts";

/** Cuts off the first answer for each of these files, and counts how often each was asked for. */
async function cutOff({ page }: Tab, names: string[]): Promise<() => void> {
  const asked = new Map(names.map((name) => [name, 0]));
  const ofNames = new RegExp(`/assets/(${names.join("|")})-\\w+\\.js(\\?|$)`);
  await page.route(ofNames, async (route) => {
    const [, name = ""] = ofNames.exec(route.request().url()) ?? [];
    const times = (asked.get(name) ?? 0) + 1;
    asked.set(name, times);
    // What Chromium makes of an answer that breaks off behind its head.
    if (times === 1) await route.fulfill({ contentType: "text/javascript", body: "" });
    else await route.continue();
  });
  return () => assert.deepEqual(Object.fromEntries(asked), Object.fromEntries(names.map((name) => [name, 2])));
}

const newRoom = async ({ page }: Tab) => {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("New room");
  await page.getByRole("option", { name: "New room" }).first().waitFor();
};

const cases: { name: string; files: string[]; use(tab: Tab, site: Site): Promise<void> }[] = [
  {
    name: "a room's page",
    files: ["outbox_database", "room_deferred", "palette", "dialogs"],
    async use(tab, site) {
      await tab.room(site.lobby);
      await tab.send("kept until it is sent");
      await newRoom(tab);
      await tab.page.keyboard.press("Enter");
      await tab.page.getByRole("dialog", { name: "New room" }).waitFor();
      await tab.page.keyboard.press("Escape");
      await tab.page.locator(".msg", { hasText: "kept until it is sent" }).hover();
      await tab.page.getByRole("group", { name: "Message actions" }).waitFor();
    },
  },
  {
    name: "the feed",
    files: ["browser_feed_connection", "palette", "feed_deferred"],
    async use(tab) {
      await tab.goto("/feed");
      await tab.live();
      await newRoom(tab);
      await tab.page.keyboard.press("Escape");
      await tab.page.keyboard.press("?");
      await tab.page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    },
  },
  {
    name: "the other pages",
    files: ["outbox_database", "shell_deferred", "palette", "dialogs"],
    async use(tab) {
      await tab.goto("/rooms");
      await tab.live();
      await newRoom(tab);
      await tab.page.keyboard.press("Escape");
      await tab.page.keyboard.press("?");
      await tab.page.getByRole("dialog", { name: "Keyboard" }).waitFor();
      await tab.page.keyboard.press("Escape");
      await tab.page.locator(".me .conn").click();
      await tab.page.getByRole("dialog", { name: "Connection" }).waitFor();
    },
  },
];

Deno.test({
  name: "a deferred file that came without its end is asked for again",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      for (const { name, files, use } of cases) {
        await t.step(name, async () => {
          const tab = await site.tab(site.noor);
          const assertAskedTwice = await cutOff(tab, files);
          await use(tab, site);
          assertAskedTwice();
          assert.deepEqual([...tab.errors, ...tab.outside], []);
          await tab.close();
        });
      }
    }),
});
