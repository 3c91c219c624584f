/** axe finds nothing to say of the states that a page comes into: empty, refused, saved, asked, offline, found nothing. */
import assert from "node:assert/strict";
import type { Api } from "../support/api.ts";
import { violations } from "./axe.ts";
import { type Site, withSite } from "./site.ts";
import type { Tab } from "./tab.ts";

type State = (tab: Tab) => Promise<void>;

const idOf = async (who: Api) => (await who.call("auth.me", {})).user.id;

/** Presses the button of a settings form, and waits for what comes of it. */
function form(section: string, button: string | RegExp, then: string, fields: Record<string, string> = {}): State {
  return async ({ page, goto }) => {
    await goto(`/settings#${section}`);
    const part = page.locator(`#${section}`);
    for (const [name, value] of Object.entries(fields)) await part.locator(`input[name=${name}]`).fill(value);
    await part.getByRole("button", { name: button }).first().click();
    await page.locator(then).first().waitFor();
  };
}

async function statesOf(site: Site, tomas: Api): Promise<Record<string, State>> {
  const { noor } = site;
  const { room: notes } = await noor.call("rooms.direct", { users: [await idOf(noor)] });
  const { room: direct } = await noor.call("rooms.direct", { users: [await idOf(tomas)] });
  await noor.call("feedTokens.rotate", {});
  const { room: secret } = await noor.call("rooms.create", { name: "secret", visibility: "private" });
  const palette = (word: string, then: string): State => async ({ page, room }) => {
    await room(site.lobby);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill(word);
    await page.locator("dialog.palette").getByText(then).first().waitFor();
  };
  return {
    "notes to myself": (tab) => tab.room(notes.id),
    "an empty conversation": (tab) => tab.room(direct.id),
    "a private room": (tab) => tab.room(secret.id),
    "a question": async ({ page, room }) => {
      await room(secret.id);
      await page.getByRole("button", { name: "Room menu" }).click();
      await page.getByRole("button", { name: "Leave room" }).click();
      await page.getByRole("dialog", { name: "Leave #secret?" }).waitFor();
    },
    "a name that is taken": async (tab) => {
      await palette("New room", "New room")(tab);
      await tab.page.keyboard.press("Enter");
      const dialog = tab.page.getByRole("dialog", { name: "New room" });
      await dialog.getByLabel("Name").fill("general");
      await tab.page.keyboard.press("Enter");
      await dialog.getByRole("alert").filter({ hasText: "#general is taken." }).waitFor();
    },
    "another's name for a room": async ({ page, room }) => {
      await room(secret.id);
      await page.getByRole("button", { name: "Room menu" }).click();
      await page.getByRole("button", { name: "Name and topic" }).click();
      const dialog = page.getByRole("dialog", { name: "Name and topic" });
      await dialog.getByLabel("Name").fill("General");
      await page.keyboard.press("Enter");
      await dialog.getByRole("alert").filter({ hasText: "#General is taken." }).waitFor();
    },
    "the palette, something found": palette("gen", "general"),
    "the palette, nothing found": palette("qqqq", "No matches"),
    "a room that is not there": async ({ page, goto }) => {
      await goto("/rooms/0000000000000000");
      await page.locator("h1").waitFor();
    },
    "rooms, nothing found": ({ goto }) => goto("/rooms?browse=qqqq&people=qqqq"),
    "settings, saved": form("profile", /^Save/, ".saved svg"),
    "settings, refused": form("profile", /^Save/, "#a-profile", { handle: "tomas" }),
    "a wrong password": form("password", /^Change/, "#a-password", { current: "wrong", password: "and a new one" }),
    "a token": form("tokens", /^Create token/, "#made-token", { name: "Deploys" }),
    "feed addresses": async (tab) => {
      await form("feeds", /^Create new addresses/, "#new-feeds:popover-open")(tab);
      await tab.page.getByRole("button", { name: "Create addresses" }).click();
      await tab.page.locator("#made-json").waitFor();
    },
    "a question about feed addresses": form("feeds", /^Create new addresses/, "#new-feeds:popover-open"),
    "an invite": form("invites", /^Create link/, "#made"),
    "a question about a role": form("people", /Change role of/, ".asks:popover-open"),
    "a question about a person": form("people", /^Deactivate/, ".asks:popover-open"),
    "offline, with a message that waits": async ({ page, room, context }) => {
      await room(site.lobby);
      await context.setOffline(true);
      await page.locator(".banner").waitFor();
      await page.locator("#compose").fill("Written offline");
      await page.getByRole("button", { name: "Send message" }).click();
      await page.locator(".msg.sending").waitFor();
    },
  };
}

Deno.test({
  name: "axe finds nothing in any state",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const tomas = await site.join("Tomás Vega", "tomas");
      const priya = await site.join("Priya Nair", "priya");
      const states = await statesOf(site, tomas);
      const { invite } = await site.noor.call("invites.create", { uses: 5 });
      for (const [colorScheme, width] of [["light", 1440], ["dark", 390], ["dark", 1440], ["light", 390]] as const) {
        const options = { bypassCSP: true, colorScheme, viewport: { width, height: 844 } };
        await t.step(`${colorScheme}, ${width} px`, async () => {
          const found: string[] = [];
          const stranger = await site.tab(undefined, options);
          for (
            const [path, fields] of Object.entries({ "/sign-in": {}, [`/join/${invite}`]: { "Your name": "Tomás" } })
          ) {
            await stranger.goto(path);
            const all = { ...fields, Handle: "tomas", Password: "not the right one" };
            for (const [label, value] of Object.entries(all)) {
              await stranger.page.getByLabel(label, { exact: true }).fill(value);
            }
            await stranger.page.locator("button[type=submit]").click();
            await stranger.page.getByRole("alert").waitFor();
            found.push(...await violations(stranger.page, `${path}, refused`));
          }
          await stranger.close();
          const empty = await site.tab(priya, options);
          await empty.goto("/feed");
          await empty.live();
          await empty.page.locator(".empty").waitFor();
          found.push(...await violations(empty.page, "an empty feed"));
          await empty.close();
          const tab = await site.tab(site.noor, options);
          for (const [what, come] of Object.entries(states)) {
            await come(tab);
            found.push(...await violations(tab.page, what));
          }
          await tab.close();
          assert.deepEqual(found, []);
        });
      }
    }),
});
