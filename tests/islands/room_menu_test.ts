import assert from "node:assert/strict";
import { asked } from "../faults/within.ts";
import { BY_FINGER, open, type Tab } from "./tab.ts";
import { withPeople } from "./with_people.ts";

const TARGET_PX = 44; // islands/README.md, Accessibility
const STORED_MS = 10_000;

Deno.test({
  name: "the room's menu",
  sanitizeOps: false, // The browser's process and pipes outlive a step.
  sanitizeResources: false,
  fn: (t) =>
    withPeople(async ({ server, browser, ann, bo }) => {
      const { room: { id: weir } } = await server.call(ann, "rooms.create", { name: "weir", visibility: "public" });
      await server.call(ann, "rooms.create", { name: "board", visibility: "private" });
      const a = await open(browser, server, ann, `/rooms/${weir}`);
      const b = await open(browser, server, bo, `/rooms/${server.lobby}`);
      const line = ({ page }: Tab, name: string) => page.locator(".nav a", { hasText: name });
      const menu = ({ page }: Tab) => page.getByRole("dialog", { name: "Room menu" });
      const opener = ({ page }: Tab) => page.getByRole("button", { name: "Room menu" });
      const item = (tab: Tab, name: string) => menu(tab).getByRole("button", { name });
      const title = ({ page }: Tab, name: string) => page.locator("h1", { hasText: name }).waitFor();
      const focused = ({ page }: Tab) =>
        page.evaluate<string | undefined>("document.activeElement.ariaLabel ?? document.activeElement.id");

      await t.step("an empty room offers what it lacks: people, and a topic to who may write it", async () => {
        await a.page.getByRole("button", { name: "Set a topic" }).click();
        await a.page.locator("[placeholder='What this room is for']:focus").waitFor();
        await a.page.keyboard.type("Levels and flow");
        await a.page.keyboard.press("Enter");
        await a.page.locator(".bar", { hasText: "Levels and flow" }).waitFor();
        await a.page.getByRole("button", { name: "Set a topic" }).waitFor({ state: "detached" });
        await a.page.getByRole("button", { name: "Add people" }).click();
        await a.page.locator("#find-member:focus").waitFor();
        await a.page.getByRole("button", { name: "Add Bo" }).click();
        await line(b, "weir").waitFor();
        await a.page.getByRole("list", { name: "Members" }).getByText("@bo").waitFor();
        await a.page.getByRole("button", { name: "Add Bo" }).waitFor({ state: "detached" });
        assert.equal(await focused(a), "Find people", "the button that was pressed is gone");
        await a.page.getByRole("link", { name: "Close members" }).click();
        await line(b, "weir").click();
        await title(b, "weir");
        assert.equal(await b.page.getByRole("button", { name: "Set a topic" }).count(), 0);
      });

      await t.step("it opens by the keyboard, and gives the focus back on Esc", async () => {
        await opener(a).focus();
        await a.page.keyboard.press("Enter");
        await menu(a).waitFor();
        assert.equal(await opener(a).getAttribute("aria-expanded"), "true");
        assert.equal(await a.page.evaluate("document.activeElement.innerText"), "Members");
        await a.page.keyboard.press("Escape");
        await menu(a).waitFor({ state: "detached" });
        assert.equal(await focused(a), "Room menu");
        await opener(a).click();
        await menu(a).waitFor();
        await opener(a).click(); // The press that closes it does not open it again.
        await menu(a).waitFor({ state: "detached" });
      });

      await t.step("who runs the room renames it, and others see it", async () => {
        await opener(a).click();
        await item(a, "Name and topic").click();
        await a.page.getByLabel("Name", { exact: true }).fill("lower-weir");
        await a.page.getByRole("button", { name: "Save" }).click();
        await title(a, "lower-weir");
        await title(b, "lower-weir");
        await a.page.locator("dialog").waitFor({ state: "detached" });
        assert.equal(await focused(a), "Room menu");
        await opener(b).click();
        await item(b, "Leave room").waitFor();
        assert.equal(await item(b, "Name and topic").count() + await item(b, "Archive room").count(), 0);
        await b.page.keyboard.press("Escape");
      });

      await t.step("a room of which one wants to hear nothing is muted; a hidden one leaves the list", async () => {
        await opener(b).click();
        await menu(b).getByLabel("Nothing").click();
        await b.page.locator(".nav a.quiet", { hasText: "lower-weir" }).locator("use[href='#i-bell-off']").waitFor({
          state: "attached",
        });
        await b.page.keyboard.press("ArrowDown");
        await b.page.keyboard.press("Escape");
        await line(b, "general").click();
        await line(b, "lower-weir").waitFor({ state: "detached" });
        await asked(STORED_MS, "the server to have what the list shows at once", async () => {
          const { rooms } = await server.call(bo, "rooms.list", {});
          return rooms.find(({ room }) => room.id === weir)?.level === "hidden";
        });
        await b.page.keyboard.press("Control+k");
        await b.page.getByRole("combobox").fill("lower");
        await b.page.keyboard.press("Enter");
        await title(b, "lower-weir");
      });

      await t.step("a public room is left at once, and joined again from where the composer was", async () => {
        await opener(b).click();
        await item(b, "Leave room").click();
        await b.page.locator(".joinbar", { hasText: "Join #lower-weir to post." }).waitFor();
        await b.page.getByRole("button", { name: "Join", exact: true }).click();
        await b.page.locator("#compose").waitFor();
      });

      await t.step("archiving is asked first; then nobody can write, until it is undone", async () => {
        await opener(a).click();
        await item(a, "Archive room").click();
        await a.page.getByRole("button", { name: "Cancel" }).click();
        await a.page.locator("dialog").waitFor({ state: "detached" });
        assert.equal(await focused(a), "Room menu");
        await opener(a).click();
        await item(a, "Archive room").click();
        await a.page.getByRole("dialog").getByRole("button", { name: "Archive room" }).click();
        const words = "Archived. You can read it, not post.";
        for (const tab of [a, b]) await tab.page.locator(".joinbar", { hasText: words }).waitFor();
        assert.equal(await b.page.getByRole("button", { name: "Unarchive" }).count(), 0);
        await a.page.getByRole("button", { name: "Unarchive" }).click();
        for (const tab of [a, b]) await tab.page.locator("#compose").waitFor();
      });

      await t.step("leaving a private room is asked first, and ends in another room", async () => {
        await line(a, "board").click();
        await title(a, "board");
        await opener(a).click();
        await item(a, "Leave room").click();
        await a.page.getByRole("dialog", { name: "Leave #board?" }).getByRole("button", { name: "Leave room" }).click();
        await title(a, "general");
        await line(a, "board").waitFor({ state: "detached" });
        assert.equal(await a.page.locator(".banner").count(), 0);
      });

      await t.step("the next page is told of the zone and of the room that is shown", async () => {
        const cookies = new Map((await a.page.context().cookies()).map(({ name, value }) => [name, value]));
        const zone = await a.page.evaluate<string>("Intl.DateTimeFormat().resolvedOptions().timeZone");
        assert.equal(cookies.get("zone"), encodeURIComponent(zone));
        assert.equal(cookies.get(`room_${new URL(server.origin).port}`), server.lobby);
      });

      await t.step(
        "with a finger a message's actions come by a tap, big enough, and none is pressed by it",
        async () => {
          await a.send("for the phone");
          await a.has("for the phone");
          const { messages: [sent] } = await server.call(bo, "messages.list", { room: server.lobby, limit: 1 });
          await server.call(bo, "reads.mark", { room: server.lobby, seq: sent?.seq ?? 0 });
          const phone = await open(browser, server, bo, `/rooms/${server.lobby}`, BY_FINGER);
          const row = await phone.page.locator(".msg", { hasText: "for the phone" }).boundingBox();
          await phone.page.touchscreen.tap(row ? row.x + row.width - 30 : 0, row ? row.y + 8 : 0);
          const action = phone.page.getByRole("button", { name: "Mark unread from here" });
          await action.waitFor();
          assert.equal(await phone.page.locator(".new-line").count(), 0);
          const { width = 0, height = 0 } = await action.boundingBox() ?? {};
          assert.ok(width >= TARGET_PX && height >= TARGET_PX, `${width} × ${height}`);
          await action.tap();
          await phone.page.locator(".new-line").waitFor();
          await opener(phone).tap();
          for (const one of await menu(phone).getByRole("button").all()) {
            assert.ok(((await one.boundingBox())?.height ?? 0) >= TARGET_PX);
          }
          assert.deepEqual(phone.errors, []);
        },
      );

      await t.step(
        "a new direct message is called by the other one, and the focus comes back to the menu's opener",
        async () => {
          await a.page.getByLabel("New direct message").click();
          await a.page.getByRole("checkbox", { name: "Bo" }).check();
          await a.page.getByRole("button", { name: "Start direct message" }).click();
          await title(a, "Bo");
          await a.page.locator(".ws").click();
          await a.page.getByText("Browse rooms").click();
          await a.page.getByRole("dialog", { name: "Rooms" }).waitFor();
          await a.page.keyboard.press("Escape");
          await a.page.locator(".ws:focus").waitFor();
        },
      );

      assert.deepEqual([...a.errors, ...b.errors], []);
    }),
});
