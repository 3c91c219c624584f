/** Every function without a pointer: the focus is seen after each step, and never on the body. */
import assert from "node:assert/strict";
import { createApi } from "../support/api.ts";
import { PASSWORD, withSite } from "./site.ts";
import { focused, placed, stopsOf, walk } from "./walk.ts";

const MANY = 20; // messages more

Deno.test({
  name: "every function without a pointer",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const { noor, lobby } = site;
      const tomas = await site.join("Tomás Vega", "tomas");
      await site.join("Priya Nair", "priya");
      const { room: maps } = await tomas.call("rooms.create", { name: "maps", visibility: "public" });
      const { room: den } = await noor.call("rooms.create", { name: "den", visibility: "private" });
      for (const text of ["Once", "@noor look https://example.org", "```ts\nlet a;\n```"]) {
        await site.say(tomas, lobby, text);
      }
      const tab = await site.tab(noor, { permissions: ["clipboard-read", "clipboard-write"] });
      const { page } = tab;
      const heading = (name: string) => page.locator("h1", { hasText: name }).waitFor();
      const dialog = (name: string | RegExp) => page.getByRole("dialog", { name });
      const closed = () => page.locator("dialog").waitFor({ state: "detached" });
      const saved = () => page.locator(".saved svg").waitFor();
      const to = (key: string, name: string | RegExp) => walk(tab, key, (it) => it.search(name) >= 0);
      const type = (text: string) => page.keyboard.type(text);
      const enter = () => page.keyboard.press("Enter");
      const command = async (name: string) => {
        await page.keyboard.press("Control+k");
        await page.waitForFunction(() => document.activeElement?.role === "combobox");
        await type(name);
        await page.getByRole("option", { name, selected: true }).waitFor();
        await enter();
      };
      const menu = async (item: string) => {
        await to("Shift+Tab", /Room menu/);
        await enter();
        await dialog("Room menu").waitFor();
        await to("Tab", item);
        await enter();
      };
      const round: Record<string, string[]> = {};

      await t.step("a message's link is copied, and the message quoted", async () => {
        await tab.room(lobby);
        await focused(tab, "compose");
        await to("Shift+Tab", "let a;");
        await to("ArrowUp", /mentions you/);
        await to("ArrowLeft", /Copy link/);
        await enter();
        await page.getByRole("button", { name: "Link copied" }).waitFor();
        assert.match(await page.evaluate(() => navigator.clipboard.readText()), new RegExp(`/rooms/${lobby}/\\d+$`));
        assert.match(await placed(tab), /Link copied/);
        await page.keyboard.press("r");
        await focused(tab, "compose");
        assert.match(await page.locator("#compose").inputValue(), /^> @noor look/);
        await page.locator("#compose").fill("");
      });

      await t.step("members are shown; one is found, added and removed", async () => {
        await command("New room");
        await dialog("New room").waitFor();
        await type("gauges");
        await enter();
        await heading("gauges");
        await focused(tab, "compose");
        await to("Shift+Tab", /show them/);
        await enter();
        await page.locator("#members").waitFor();
        assert.match(await placed(tab), /hide them/);
        await to("Tab", "#find-member");
        await type("priya");
        await page.getByRole("button", { name: "Add Tomás" }).waitFor({ state: "detached" });
        await to("Tab", /Add Priya/);
        await enter();
        await page.getByRole("button", { name: "Remove Priya" }).waitFor();
        assert.equal(await placed(tab), "#find-member");
        await to("Tab", /Remove Priya/);
        await enter();
        await dialog("Remove Priya Nair from #gauges?").waitFor();
        await page.keyboard.press("Escape");
        await closed();
        assert.match(await placed(tab), /Remove Priya/);
        await enter();
        await to("Tab", "button Remove");
        await enter();
        await closed();
        await page.getByRole("button", { name: "Add Priya" }).waitFor();
        assert.equal(await placed(tab), "#find-member");
        await to("Shift+Tab", /Close members/);
        await enter();
        await page.locator("#members").waitFor({ state: "detached" });
        await placed(tab);
      });

      await t.step("a room is named, muted, archived, brought back, and left", async () => {
        await menu("Name and topic");
        await dialog("Name and topic").waitFor();
        await page.keyboard.press("Tab");
        await type("In the field");
        await enter();
        await closed();
        assert.match(await placed(tab), /Room menu/);
        await enter();
        await dialog("Room menu").waitFor();
        await to("Tab", /^input/);
        await page.keyboard.press("ArrowDown");
        await page.getByRole("radio", { name: "Nothing", checked: true }).waitFor();
        await page.keyboard.press("Escape");
        assert.match(await placed(tab), /Room menu/);
        await page.keyboard.press("Tab"); // So that the menu is found from behind it.
        await menu("Archive room");
        await dialog("Archive #gauges?").waitFor();
        await to("Tab", "button Archive room");
        await enter();
        await page.getByRole("button", { name: "Unarchive" }).waitFor();
        await closed();
        await placed(tab);
        await to("Tab", "button Unarchive");
        await enter();
        await focused(tab, "compose");
        await menu("Leave room");
        await page.getByRole("button", { name: "Join" }).waitFor();
        await placed(tab);
      });

      await t.step("a private room is left after a question", async () => {
        await tab.room(den.id);
        await menu("Leave room");
        await dialog("Leave #den?").waitFor();
        await to("Tab", "button Leave room");
        await enter();
        await closed();
        await page.locator("h1", { hasText: "den" }).waitFor({ state: "detached" });
        await placed(tab);
      });

      await t.step("another room is found and joined, and a conversation begun", async () => {
        await command("Browse rooms");
        await dialog("Rooms").waitFor();
        await type("maps");
        await page.getByRole("button", { name: "Join maps" }).waitFor();
        await enter();
        await heading("maps");
        await focused(tab, "compose");
        assert.equal(new URL(page.url()).pathname, `/rooms/${maps.id}`);
        await command("New direct message");
        await dialog("New direct message").waitFor();
        await type("priya");
        await page.keyboard.press("Enter");
        await page.getByRole("checkbox", { name: /Priya/, checked: true }).waitFor();
        await enter();
        await heading("Priya Nair");
        await focused(tab, "compose");
      });

      await t.step("the feed: to an entry, seen, and opened", async () => {
        await site.say(tomas, lobby, "@noor number two");
        await command("Feed");
        await page.waitForURL("**/feed");
        await tab.live();
        await page.keyboard.press("j");
        assert.match(await placed(tab), /^#you-/);
        await page.keyboard.press("e");
        await page.locator("article:focus:not(.un)").waitFor();
        await enter();
        await page.locator(".msg.is-on", { hasText: "number two" }).waitFor();
        await to("Tab", "#compose");
      });

      await t.step("stops of Tab, counted; the message list is one, however long it is", async () => {
        await tab.room(lobby);
        round.room = await stopsOf(tab);
        for (let at = 0; at < MANY; at++) await site.say(tomas, lobby, `${at} https://example.org/${at} and \`code\``);
        await page.locator(".msg", { hasText: `example.org/${MANY - 1}` }).waitFor();
        const inList = page.locator(".log").locator("a[href], button, input, textarea, [tabindex], pre");
        const counted = await inList.evaluateAll((all) =>
          all.filter((it) => it instanceof HTMLElement && it.tabIndex >= 0 && it.checkVisibility()).length
        );
        assert.equal(counted, 1);
        assert.equal((await stopsOf(tab)).length, round.room.length);
        const pages = {
          "room, members shown": `/rooms/${lobby}?pane=members`,
          feed: "/feed",
          everything: "/feed?view=everything",
          rooms: "/rooms",
          settings: "/settings",
        };
        for (const [name, path] of Object.entries(pages)) {
          await tab.goto(path);
          await tab.live();
          round[name] = await stopsOf(tab);
        }
      });

      await t.step("settings: each form, and one goes on where one was", async () => {
        const inside = async (id: string) => {
          await page.keyboard.press("Tab");
          await page.waitForFunction((id) => document.activeElement?.closest(`#${id}`) !== null, id);
          return await placed(tab);
        };
        await command("Profile");
        await page.waitForURL("**/settings#profile");
        await tab.live();
        await inside("profile");
        await page.keyboard.press("Control+a");
        await type("Noor H.");
        await enter();
        await saved();
        await inside("profile");

        await command("Password");
        await page.waitForURL("**/settings#password");
        await inside("password");
        await type(PASSWORD);
        await page.keyboard.press("Tab");
        await type(`${PASSWORD} 2`);
        await enter();
        await saved();
        await inside("password");

        for (let at = 0; at < 2; at++) await createApi(site.url).signIn("noor", `${PASSWORD} 2`);
        await tab.goto("/settings#sessions");
        await inside("sessions");
        await enter();
        await saved();
        await to("Tab", /Sign out all other/);
        await enter();
        await dialog("Sign out all other devices?").waitFor();
        await page.keyboard.press("Escape");
        assert.match(await placed(tab), /Sign out all other/);
        await enter();
        await to("Tab", "button Sign them out");
        await enter();
        await page.locator("#sessions li").nth(1).waitFor({ state: "detached" });
        await saved();

        await command("Access tokens");
        await page.waitForURL("**/settings#tokens");
        await inside("tokens");
        await type("Deploys");
        await enter();
        await focused(tab, "made-token");
        assert.match(await inside("tokens"), /Copy token/);
        await to("Tab", /Revoke/);
        await enter();
        await dialog("Revoke Deploys?").waitFor();
        await to("Tab", /^button Revoke$/);
        await enter();
        await saved();

        await command("Feed addresses");
        await page.waitForURL("**/settings#feeds");
        await inside("feeds");
        await enter();
        await focused(tab, "made-json");

        await to("Tab", /^input/);
        await page.keyboard.press("ArrowRight");
        await page.waitForFunction(() => document.documentElement.dataset.theme === "light");
        assert.match(await placed(tab), /^input/);

        await command("Members and roles");
        await page.waitForURL("**/settings#people");
        await inside("people");
        await to("Tab", /Change role of/);
        await enter();
        await dialog(/^Role of/).waitFor();
        assert.match(await placed(tab), /^input/);
        await page.keyboard.press("ArrowUp");
        await to("Tab", "button Change role");
        await enter();
        await saved();
        await to("Tab", /Deactivate/);
        await enter();
        await dialog(/^Deactivate/).waitFor();
        await to("Tab", /^button Deactivate$/);
        await enter();
        await page.locator("#people .tag", { hasText: "deactivated" }).waitFor();
        await saved();

        await command("Invites");
        await page.waitForURL("**/settings#invites");
        await inside("invites");
        await enter();
        await focused(tab, "made");
        await to("Tab", /Revoke/);
        await enter();
        await dialog("Revoke this invite?").waitFor();
        await to("Tab", /^button Revoke$/);
        await enter();
        await saved();
      });

      await t.step("sign out", async () => {
        await to("Shift+Tab", /account menu/);
        await enter();
        await page.locator("#me-menu").waitFor();
        await to("Tab", "button Sign out");
        await enter();
        await page.waitForURL("**/sign-in*");
        await focused(tab, "f-handle");
        round["sign in"] = await stopsOf(tab);
      });

      console.log(Object.entries(round).map(([name, stops]) => `  ${name}: ${stops.length} stops of Tab`).join("\n"));
      assert.deepEqual([...tab.errors, ...tab.outside], []);
    }),
});
