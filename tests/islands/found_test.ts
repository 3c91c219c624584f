/** Dialogs and the switcher in a workspace with more people and rooms than any of them has at once. */
import assert from "node:assert/strict";
import { seedPeople, seedRooms } from "../support/many.ts";
import type { User } from "../../lib/protocol/users.ts";
import { open, type Tab } from "./tab.ts";
import { withPeople } from "./with_people.ts";

const PEOPLE = 5_001;
const ROOMS = 2_500;

Deno.test({
  name: "what is past any page of people and rooms",
  sanitizeOps: false, // The browser's process and pipes outlive a step.
  sanitizeResources: false,
  fn: (t) =>
    withPeople(async ({ server, browser, ann }) => {
      const { db } = server.services;
      const { room: { id: weir } } = await server.call(ann, "rooms.create", { name: "weir", visibility: "public" });
      await seedRooms(db, weir, { named: Array.from({ length: ROOMS }, (_, at) => `zroom${at}`) });
      const inside = await seedPeople(db, PEOPLE, weir);
      const outsider: User = { id: "zz", handle: "far.away", name: "Far Away", role: "member" };
      await seedPeople(db, [outsider]);
      const tab = await open(browser, server, ann, `/rooms/${weir}`);
      const { page } = tab;
      const dialog = (name: string | RegExp) => page.getByRole("dialog", { name });
      const jump = async ({ page }: Tab, word: string) => {
        await page.keyboard.press("Control+k");
        await page.getByRole("combobox").fill(word);
      };

      await t.step("the switcher finds a room and a person that the page has never heard of", async () => {
        await jump(tab, "zroom2499");
        const option = page.getByRole("option", { name: "zroom2499" });
        await option.waitFor();
        await page.keyboard.press("Enter");
        await page.locator("h1", { hasText: "zroom2499" }).waitFor();
        await jump(tab, "@far.aw");
        await page.getByRole("option", { name: "Far Away" }).waitFor();
        await page.keyboard.press("Escape");
      });

      await t.step("the switcher says where it shows not all, and how to find the others", async () => {
        await jump(tab, "zroom");
        const palette = dialog("Jump to a room or person");
        await palette.getByText("Keep typing to find more.").waitFor();
        assert.equal(await palette.getByRole("option").count(), 12);
        await page.keyboard.type("nowhere");
        await palette.getByText("No matches.").waitFor();
        await page.keyboard.press("Escape");
      });

      await t.step("browsing rooms shows a page, says so, goes on, and finds any", async () => {
        await page.getByRole("link", { name: "Browse or create a room" }).click();
        const rooms = dialog("Rooms");
        await rooms.getByText("Showing 100. Type to find others.").waitFor();
        await rooms.getByRole("button", { name: "Show more rooms" }).click();
        await rooms.getByText("Showing 200. Type to find others.").waitFor();
        assert.equal(await rooms.getByRole("listitem").count(), 200);
        await rooms.getByRole("searchbox").fill("zroom2498");
        await rooms.getByRole("button", { name: "Join zroom2498" }).click();
        await page.locator("h1", { hasText: "zroom2498" }).waitFor();
      });

      await t.step("a direct message begins with anybody, and whom I picked stays in sight", async () => {
        await page.getByRole("link", { name: "New direct message" }).click();
        const direct = dialog("New direct message");
        await direct.getByText("Showing 100. Type to find others.").waitFor();
        await direct.getByRole("searchbox").fill("Person Nº 4999");
        await direct.getByRole("checkbox", { name: "Person Nº 4999" }).check();
        await direct.getByRole("searchbox").fill("far away");
        await direct.getByRole("checkbox", { name: "Far Away" }).check();
        assert.equal(await direct.getByRole("checkbox", { checked: true }).count(), 2);
        await direct.getByRole("button", { name: "Start direct message" }).click();
        await page.locator("h1", { hasText: "Far" }).waitFor();
      });

      await t.step(
        "in a room of 5,002 any member is found and removed, and anybody else is found and added",
        async () => {
          await page.locator(".nav a", { hasText: "weir" }).click();
          await page.locator("h1", { hasText: "weir" }).waitFor();
          await page.getByRole("button", { name: "Room menu" }).click();
          await dialog("Room menu").getByRole("button", { name: "Members" }).click();
          const members = page.getByRole("complementary", { name: "Members" });
          const find = members.getByRole("searchbox", { name: "Find people" });
          await page.locator("#find-member:focus").waitFor();
          await members.getByText("Showing 200 of 5,002 people. Type to find others.").waitFor();
          await find.fill("person.4998");
          const none = members.getByText("No matches.");
          assert.equal(await none.evaluate((it) => getComputedStyle(it).paddingInlineStart), "16px", "as its list");
          await members.getByRole("button", { name: "Remove Person Nº 4998" }).click();
          const question = dialog("Remove Person Nº 4998 from #weir?");
          await question.getByText("They can join again.").waitFor();
          const { users: still } = await server.call(ann, "users.list", { inside: weir, query: "person.4998" });
          assert.equal(still.length, 1);
          await question.getByRole("button", { name: "Remove" }).click();
          await members.getByRole("button", { name: "Add Person Nº 4998" }).waitFor();
          await find.fill("");
          await members.getByText("5,001 people", { exact: true }).waitFor();
          await find.fill("far.away");
          await members.getByRole("button", { name: "Add Far Away" }).click();
          await members.getByRole("list", { name: "Members" }).getByText("@far.away").waitFor();
          const { users } = await server.call(ann, "users.list", { inside: weir, query: "@far.away" });
          assert.deepEqual(users.map((it) => it.id), [outsider.id]);
          assert.equal(inside.length, PEOPLE);
        },
      );

      assert.deepEqual(tab.errors, []);
    }),
});
