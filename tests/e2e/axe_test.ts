/** axe finds nothing to say on any page, nor in any dialog, in light and dark, on a desk and on a phone. */
import assert from "node:assert/strict";
import type { Api } from "../support/api.ts";
import { startServer } from "../support/server.ts";
import { launch } from "../support/browser.ts";
import { violations } from "./axe.ts";
import { type Site, withSite } from "./site.ts";
import { openTab, type Tab } from "./tab.ts";

/** By what the palette calls them. */
const dialogs = {
  "Browse rooms": "Rooms",
  "New room": "New room",
  "New direct message": "New direct message",
  "Invite people": "Invite people",
};

/** By what the room's menu calls them. */
const ofRoom = { "Name and topic": "Name and topic", "Archive room": "Archive #gauges?" };

/** By what a message's tools call them. */
const ofMessage = { "Who reacted": "Reactions", Delete: "Delete your message?" };

async function violationsOfFloating({ page }: Tab): Promise<string[]> {
  const found: string[] = [];
  const palette = page.locator("dialog.palette");
  for (const [action, title] of Object.entries(dialogs)) {
    await page.keyboard.press("Control+k");
    await palette.waitFor();
    if (found.length === 0 && action === "Browse rooms") found.push(...await violations(page, "palette"));
    await palette.getByRole("combobox").fill(action);
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: title });
    await dialog.waitFor();
    if (action === "Invite people") await dialog.getByRole("button", { name: "Create link" }).click();
    await dialog.locator("li, input, [readonly]").last().waitFor();
    found.push(...await violations(page, title));
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  }
  for (const [item, title] of Object.entries(ofRoom)) {
    await page.getByRole("button", { name: "Room menu" }).click();
    const menu = page.getByRole("dialog", { name: "Room menu" });
    await menu.waitFor();
    if (item === "Name and topic") found.push(...await violations(page, "room menu"));
    await menu.getByRole("button", { name: item }).click();
    const dialog = page.getByRole("dialog", { name: title });
    await dialog.waitFor();
    found.push(...await violations(page, title));
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  }
  const drawer = page.getByRole("button", { name: /^Open sidebar/ });
  if (await drawer.isVisible()) await drawer.click();
  await page.locator("button.conn").click();
  await page.getByRole("dialog", { name: "Connection" }).waitFor();
  found.push(...await violations(page, "inspector"));
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Connection" }).waitFor({ state: "detached" });
  if (await drawer.isVisible()) await page.getByRole("button", { name: "Close sidebar" }).click();
  const last = page.locator(".msg").last();
  await last.hover();
  await last.getByRole("button", { name: "Edit" }).click();
  await page.locator(".edit textarea").waitFor();
  found.push(...await violations(page, "editing"));
  await page.keyboard.press("Escape");
  await page.keyboard.press("+");
  await page.getByRole("dialog", { name: "React to the message" }).waitFor();
  found.push(...await violations(page, "picker"));
  await page.keyboard.press("Enter");
  await last.locator(".reacts button").first().waitFor();
  found.push(...await violations(page, "reactions and tools"));
  for (const [item, title] of Object.entries(ofMessage)) {
    await last.getByRole("button", { name: item, exact: true }).click();
    await page.getByRole("dialog", { name: title }).locator("li, blockquote").first().waitFor();
    found.push(...await violations(page, title));
    await page.keyboard.press("Escape");
  }
  await last.locator(".reacts button").first().click();
  await page.locator(".members").click();
  await page.locator("#members").waitFor();
  await page.locator("#members").getByRole("button", { name: /^Add/ }).waitFor();
  found.push(...await violations(page, "members pane"));
  await page.getByRole("searchbox", { name: "Find people" }).fill("tomas");
  await page.locator("#members").getByText("No matches.").waitFor();
  found.push(...await violations(page, "members who were looked for"));
  return found;
}

/** Two who wrote, one who is in no room but the lobby, and a message with everything in it. */
async function furnish(site: Site): Promise<{ gauges: string; call(): Promise<void>; readOnly: ReadOnlyRooms }> {
  const tomas = await site.join("Tomás Vega", "tomas");
  const { room } = await site.noor.call("rooms.create", {
    name: "gauges",
    topic: "In the field",
    visibility: "public",
  });
  await site.join("Maren Holt", "maren");
  await tomas.call("rooms.join", { room: room.id });
  await site.say(
    tomas,
    room.id,
    "@noor **look** _at_ ~~this~~ `word` https://example.org\n\n> a quote\n\n1. one\n- two",
  );
  await site.say(site.noor, room.id, "```ts\nconst a = 'b'; // a comment\nexport function c() { return 4; }\n```");
  await site.say(tomas, room.id, "# A head\n\n---\n\nand @maren");
  await site.say(site.noor, room.id, "To be changed");
  const { room: maps } = await site.noor.call("rooms.create", { name: "maps", visibility: "public" });
  await tomas.call("rooms.join", { room: maps.id });
  return {
    gauges: room.id,
    call: () => site.say(tomas, maps.id, "@noor over here"),
    readOnly: await makeReadOnly(site, tomas),
  };
}

/** Rooms that have no composer for Noor. */
interface ReadOnlyRooms {
  archived: string;
  notJoined: string;
  empty: string;
  /** Opens one, writes in it, and has Noor removed. */
  removed(tab: Tab): Promise<void>;
}

async function makeReadOnly(site: Site, tomas: Api): Promise<ReadOnlyRooms> {
  const make = async (who: Api, name: string, visibility: "public" | "private") =>
    (await who.call("rooms.create", { name, visibility })).room.id;
  const [archived, notJoined, empty, den] = [
    await make(site.noor, "attic", "public"),
    await make(tomas, "weirs", "public"),
    await make(tomas, "spare", "public"),
    await make(tomas, "den", "private"),
  ];
  await site.say(site.noor, archived, "Once");
  await site.noor.call("rooms.archive", { room: archived });
  for (const room of [notJoined, den]) await site.say(tomas, room, "Said before");
  const user = (await site.noor.call("auth.me", {})).user.id;
  return {
    archived,
    notJoined,
    empty,
    async removed(tab) {
      await tomas.call("rooms.addMember", { room: den, user });
      await tab.room(den);
      await tab.page.locator("#compose").fill("half a thought");
      await tomas.call("rooms.removeMember", { room: den, user });
      await tab.page.locator("textarea[readonly]").waitFor();
    },
  };
}

Deno.test({
  name: "axe finds nothing on any page and in any dialog",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const { gauges, call, readOnly: { archived, notJoined, empty, removed } } = await furnish(site);
      const { invite } = await site.noor.call("invites.create", { uses: 5 });
      const signedOut = ["/sign-in", `/join/${invite}`, "/join/nothing", "/welcome"];
      const signedIn = ["/rooms", "/settings", "/nowhere"];
      for (const colorScheme of ["light", "dark"] as const) {
        for (const width of [1440, 390]) {
          const options = { bypassCSP: true, colorScheme, viewport: { width, height: 844 } };
          await t.step(`${colorScheme}, ${width} px`, async () => {
            const found: string[] = [];
            const stranger = await site.tab(undefined, options);
            for (const path of signedOut) {
              await stranger.goto(path);
              found.push(...await violations(stranger.page, path));
            }
            await stranger.close();
            const tab = await site.tab(site.noor, options);
            for (const path of signedIn) {
              await tab.goto(path);
              found.push(...await violations(tab.page, path));
            }
            for (const path of ["/feed", "/feed?view=everything", "/feed?view=catch-up", `/feed?room=${gauges}`]) {
              await tab.goto(path);
              await tab.live();
              found.push(...await violations(tab.page, path));
            }
            await tab.page.getByRole("button", { name: "Feed options" }).click();
            found.push(...await violations(tab.page, "feed options"));
            await tab.page.keyboard.press("Escape");
            await tab.page.locator(".bar button.conn").click();
            await tab.page.getByRole("dialog", { name: "Connection" }).waitFor();
            found.push(...await violations(tab.page, "the feed's inspector"));
            await tab.page.keyboard.press("Escape");
            await tab.page.keyboard.press("?");
            await tab.page.getByRole("dialog", { name: "Keyboard" }).waitFor();
            found.push(...await violations(tab.page, "list of keys"));
            for (const [what, room] of Object.entries({ archived, notJoined, empty })) {
              await tab.goto(`/rooms/${room}`);
              await tab.live();
              found.push(...await violations(tab.page, what));
            }
            await removed(tab);
            found.push(...await violations(tab.page, "removed"));
            await tab.room(gauges);
            found.push(...await violations(tab.page, "room"));
            await call();
            await tab.page.locator(".call .pop").hover(); // so that it stays, however long axe takes
            found.push(...await violations(tab.page, "told of a mention elsewhere"));
            await tab.page.locator(".call").getByRole("button", { name: "Close" }).click();
            found.push(...await violationsOfFloating(tab));
            await tab.close();
            assert.deepEqual(found, []);
          });
        }
      }
    }),
});

Deno.test({
  name: "axe finds nothing on the first page of all, nor where its form was not taken",
  sanitizeOps: false, // as above
  sanitizeResources: false,
  async fn() {
    const server = await startServer();
    const browser = await launch();
    try {
      for (const colorScheme of ["light", "dark"] as const) {
        const tab = await openTab(browser, server.url, undefined, { bypassCSP: true, colorScheme });
        await tab.goto(new URL(server.setupUrl ?? "").pathname + "?token=wrong");
        assert.deepEqual(await violations(tab.page, "welcome"), []);
        for (const label of ["Workspace name", "Your name"]) await tab.page.getByLabel(label).fill("Northfell");
        await tab.page.getByLabel("Password").fill("correct horse battery");
        await tab.page.getByRole("button", { name: "Create workspace" }).click();
        await tab.page.getByRole("alert").waitFor();
        assert.deepEqual(await violations(tab.page, "welcome, refused"), []);
        await tab.page.evaluate("document.body.append(document.createElement('img'))");
        assert.match((await violations(tab.page, "an image without words")).join(), /image-alt/);
        await tab.close();
      }
    } finally {
      await browser.close();
      await server.stop();
    }
  },
});
