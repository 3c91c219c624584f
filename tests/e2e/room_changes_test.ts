/** A room is renamed or archived, or a role changes: all who are concerned see it at once, whatever carries their page. */
import assert from "node:assert/strict";
import { withSite } from "./site.ts";
import type { Tab } from "./tab.ts";

Deno.test({
  name: "changes of rooms and roles, in the pages that others have open",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async ({ noor, lobby, join, tab }) => {
      const maren = await join("Maren Holt", "maren");
      const { user: { id: her } } = await maren.call("auth.me", {});
      const { room: { id: gauges } } = await noor.call("rooms.create", { name: "gauges", visibility: "private" });
      await noor.call("rooms.addMember", { room: gauges, user: her });
      const polling = async () => {
        const made = await tab(maren);
        await made.context.routeWebSocket("**/live/ws*", (socket) => socket.close());
        return made;
      };
      const inRoom = { "a WebSocket": await tab(maren), "long-poll": await polling() };
      const elsewhere = { "a WebSocket": await tab(maren), "long-poll": await polling() };
      const feed = await tab(maren);
      const list = await tab(maren);
      for (const one of Object.values(inRoom)) await one.room(gauges);
      for (const one of Object.values(elsewhere)) await one.room(lobby);
      for (const [one, path] of [[feed, "/feed"], [list, "/rooms"]] as const) {
        await one.goto(path);
        await one.live();
      }
      const all: Record<string, Tab> = {
        "the room, by a WebSocket": inRoom["a WebSocket"],
        "the room, by long-poll": inRoom["long-poll"],
        "another room, by a WebSocket": elsewhere["a WebSocket"],
        "another room, by long-poll": elsewhere["long-poll"],
        "the feed, by an event stream": feed,
        "the list of rooms": list,
      };
      /** In every page; for the failure it is named. */
      async function everywhere(seen: (tab: Tab) => Promise<unknown>) {
        for (const [name, one] of Object.entries(all)) {
          await seen(one).catch((error) => assert.fail(`${name}: ${error}`));
        }
      }
      const rooms = ({ page }: Tab, name: string) => page.locator('[aria-labelledby="h-rooms"] a', { hasText: name });
      const archived = ({ page }: Tab, name: string) =>
        page.locator('[aria-labelledby="h-archived"] a', { hasText: name });

      await t.step("a new name and topic", async () => {
        await noor.call("rooms.update", { room: gauges, name: "levels", topic: "Up and down" });
        await everywhere((one) => rooms(one, "levels").waitFor());
        for (const { page } of Object.values(inRoom)) {
          await page.locator("h1", { hasText: "levels" }).waitFor();
          await page.locator(".bar", { hasText: "Up and down" }).waitFor();
          await page.getByRole("textbox", { name: /levels/ }).waitFor();
          await page.waitForFunction("document.title.includes('levels')");
        }
      });

      await t.step("archived: out of the list, and no composer; then back again", async () => {
        await noor.call("rooms.archive", { room: gauges });
        await everywhere(async (one) => {
          await archived(one, "levels").waitFor({ state: "attached" });
          assert.equal(await rooms(one, "levels").count(), 0);
        });
        for (const { page } of Object.values(inRoom)) {
          await page.locator(".joinbar", { hasText: "archived" }).waitFor();
          assert.equal(await page.locator("#compose").count(), 0);
        }
        await noor.call("rooms.unarchive", { room: gauges });
        await everywhere(async (one) => {
          await rooms(one, "levels").waitFor();
          assert.equal(await archived(one, "levels").count(), 0);
        });
        for (const { page } of Object.values(inRoom)) await page.locator("#compose").waitFor();
      });

      await t.step("what a new role may do", async () => {
        const invite = ({ page }: Tab) => page.locator("#ws-menu a", { hasText: "Invite people" });
        const mayArchive = async ({ page }: Tab) => {
          await page.getByRole("button", { name: "Room menu" }).click();
          const menu = page.getByRole("dialog", { name: "Room menu" });
          await menu.waitFor();
          const count = await menu.getByRole("button", { name: "Archive room" }).count();
          await page.keyboard.press("Escape");
          await menu.waitFor({ state: "detached" });
          return count === 1;
        };
        await everywhere(async (one) => assert.equal(await invite(one).count(), 0));
        for (const one of Object.values(inRoom)) assert.equal(await mayArchive(one), false);
        await noor.call("users.setRole", { user: her, role: "admin" });
        await everywhere((one) => invite(one).waitFor({ state: "attached" }));
        for (const one of Object.values(inRoom)) assert.equal(await mayArchive(one), true);
        await noor.call("users.setRole", { user: her, role: "member" });
        await everywhere((one) => invite(one).waitFor({ state: "detached" }));
        for (const one of Object.values(inRoom)) assert.equal(await mayArchive(one), false);
      });

      await everywhere((one) => Promise.resolve(assert.deepEqual([...one.errors, ...one.outside], [])));
    }),
});
