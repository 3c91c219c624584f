/** What stands where: nothing wider than a phone, nothing that jumps, no hint of what does nothing. */
import assert from "node:assert/strict";
import { SCRUB_MIN } from "../../lib/ui/feed/feed_data.ts";
import { type Site, withSite } from "./site.ts";

const PHONE = { viewport: { width: 390, height: 844 } };
const ONE_LINE_PX = 56;
const HOUR_MS = 3_600_000;

async function furnish({ noor, join, say, lobby }: Site): Promise<string> {
  const maren = await join("Maren Holt-Featherstonehaugh", "maren-holt-featherstone");
  const { user } = await maren.call("auth.me", {});
  const { user: me } = await noor.call("auth.me", {});
  for (const id of [user.id, me.id]) await noor.call("rooms.direct", { users: [id] });
  await join("Tomás Vega", "tomas");
  const wolfe = await join("Wolfeschlegelsteinhausenbergerdorff Maximiliane-Alexandrina von und zu Hohenlohe", "wolfe");
  await say(wolfe, lobby, "I have a long name");
  const { room } = await noor.call("rooms.create", { name: "board", visibility: "private" });
  for (let at = 0; at < 30; at++) await say(noor, room.id, `number ${at}`);
  return room.id;
}

Deno.test({
  name: "what stands where",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const board = await furnish(site);
      const tab = await site.tab(site.noor);
      const phone = await site.tab(site.noor, PHONE);
      const { page } = tab;

      await t.step("on a phone the members' table and the settings are as wide as it is", async () => {
        await phone.goto("/settings");
        for (const selector of [".tbl", "html"]) {
          const { scrollWidth, clientWidth } = await phone.page.locator(selector).evaluate((it) => ({
            scrollWidth: it.scrollWidth,
            clientWidth: it.clientWidth,
          }));
          assert.ok(scrollWidth <= clientWidth, `${selector}: ${scrollWidth} > ${clientWidth}`);
        }
        const name = phone.page.locator("td", { hasText: "Maren Holt-Featherstonehaugh" }).first();
        assert.equal(await name.evaluate((it) => it.scrollWidth <= it.clientWidth), true);
      });

      await t.step("a long name is cut in the members' table, not what can be done about the person", async () => {
        for (const width of [1440, 900]) {
          const wide = await site.tab(site.noor, { viewport: { width, height: 900 } });
          await wide.goto("/settings");
          const row = wide.page.locator("tr", { hasText: "Wolfeschlegel" });
          const table = await wide.page.locator(".tbl").boundingBox();
          const button = await row.getByRole("button", { name: "Deactivate" }).boundingBox();
          assert.ok(table && button && button.x + button.width <= table.x + table.width, `${width} px`);
          await wide.close();
        }
      });

      await t.step("a token is in sight when it was made, with all that is around it", async () => {
        for (const height of [900, 844, 700]) {
          const made = await site.tab(site.noor, { viewport: { width: 1440, height } });
          await made.goto("/settings");
          await made.page.locator("#tokens").getByLabel("Name").fill(`for a window of ${height}`);
          await made.page.getByRole("button", { name: "Create token" }).click();
          await made.page.locator("#made-token:focus").waitFor();
          const box = await made.page.locator(".made").boundingBox();
          assert.ok(box && box.y >= 0 && box.y + box.height <= height, `${height} px: ${JSON.stringify(box)}`);
          await made.close();
        }
      });

      await t.step("on a phone the empty composer is one line, and grows with what is written", async () => {
        await phone.room(board);
        const height = () => phone.page.locator(".composer").evaluate((it) => it.getBoundingClientRect().height);
        assert.ok(await height() <= ONE_LINE_PX, `${await height()}`);
        await phone.page.locator("#compose").fill("one\ntwo\nthree");
        assert.ok(await height() > ONE_LINE_PX);
      });

      await t.step("a long name is broken, and leaves the time on a phone's screen", async () => {
        await phone.room(site.lobby);
        const when = await phone.page.locator(".msg", { hasText: "I have a long name" }).locator(".when").boundingBox();
        assert.ok(when && when.x + when.width <= PHONE.viewport.width, JSON.stringify(when));
      });

      await t.step("the picker keeps its place and size, whatever is found", async () => {
        await tab.room(board);
        const last = page.locator(".msg").last();
        await last.hover();
        await last.getByRole("button", { name: "React", exact: true }).click();
        const picker = page.getByRole("dialog", { name: "React to the message" });
        await picker.waitFor();
        const before = await picker.boundingBox();
        for (const wanted of ["rocket", "no such thing"]) {
          await picker.getByRole("searchbox").fill(wanted);
          await picker.getByRole("button").nth(2).waitFor({ state: "detached" });
          assert.deepEqual(await picker.boundingBox(), before);
        }
        await page.keyboard.press("Escape");
      });

      await t.step("Jump to… shows what each thing is, and each person once", async () => {
        await page.keyboard.press("Control+k");
        await page.getByRole("option").first().waitFor();
        const faces = await page.getByRole("option").evaluateAll((all) =>
          all.map((it) =>
            [
              it.textContent?.trim().split("@")[0]?.trim(),
              it.querySelector("use")?.getAttribute("href")?.split("#")[1] ?? it.querySelector(".av")?.textContent,
            ].join(": ")
          )
        );
        assert.ok(faces.some((it) => /^board.*lock$/.test(it)), faces.join("; "));
        assert.ok(faces.some((it) => /^general.*hash$/.test(it)), faces.join("; "));
        assert.deepEqual(faces.filter((it) => /Noor|Maren/.test(it)).toSorted(), [
          "MHMaren Holt-Featherstonehaugh: MH",
          "NHNoor Haddad (you): NH",
        ]);
        await page.keyboard.press("Escape");
      });

      await t.step("a person beside the messages is a press away from the conversation with them", async () => {
        await tab.room(site.lobby, "?pane=members");
        const [long] = await page.locator(".people b", { hasText: "Wolfe" }).evaluateAll((all) =>
          all.map((it) => [getComputedStyle(it).textOverflow, it.scrollWidth > it.clientWidth])
        );
        assert.deepEqual(long, ["ellipsis", true]);
        await page.getByRole("button", { name: /^Tomás Vega/ }).click();
        await page.locator("h1", { hasText: "Tomás Vega" }).waitFor();
        await page.locator("h2", { hasText: "No messages yet" }).waitFor();
      });

      await t.step("what opens from the feed's header stands below its button", async () => {
        await tab.goto("/feed");
        await tab.live();
        const floats = { "Feed options": page.locator("#feed-options"), "Connection": page.locator(".from-bar") };
        for (const [name, float] of Object.entries(floats)) {
          const button = page.locator(".bar").getByRole("button", { name });
          await button.click();
          await float.waitFor();
          const [opener, box] = [await button.boundingBox(), await float.boundingBox()];
          assert.ok(opener && box, name);
          const middle = opener.x + opener.width / 2;
          assert.ok(box.x < middle && middle < box.x + box.width, `${name}: ${JSON.stringify([opener, box])}`);
          await page.keyboard.press("Escape");
          await float.waitFor({ state: "hidden" });
        }
      });

      await t.step("on a phone the scrubber's times stand clear of each other, wherever its thumb is", async () => {
        const priya = await site.join("Priya Nair", "priya");
        for (let at = 0; at < SCRUB_MIN; at++) await site.say(priya, site.lobby, `@noor number ${at}`);
        await phone.goto("/feed");
        await phone.live();
        const slider = phone.page.getByRole("slider", { name: "Replay from" });
        const first = Number(await slider.getAttribute("min"));
        for (let hour = 0; hour < 24; hour++) {
          await slider.fill(`${first + hour * HOUR_MS}`);
          const boxes = await phone.page.locator(".scrub .axis text:visible").evaluateAll((all) =>
            all.map((it) => it.getBoundingClientRect()).map(({ left, right }) => [left, right] as const)
          );
          const sorted = boxes.toSorted(([a], [b]) => a - b);
          const isClear = sorted.every(([left], at) => left > (sorted[at - 1]?.[1] ?? 0));
          assert.ok(sorted.length > 1 && isClear, `${hour} h: ${JSON.stringify(sorted)}`);
        }
      });

      await t.step("what was opened in a room is closed as one goes back to another", async () => {
        await tab.room(board);
        await page.getByRole("link", { name: /general/ }).click();
        await page.locator("h1", { hasText: "general" }).waitFor();
        await page.getByRole("link", { name: "New direct message" }).click();
        const dialog = page.getByRole("dialog", { name: "New direct message" });
        await dialog.waitFor();
        await page.goBack();
        await page.locator("h1", { hasText: "board" }).waitFor();
        await dialog.waitFor({ state: "detached" });
        await page.getByRole("button", { name: "Room menu" }).click();
        const menu = page.getByRole("dialog", { name: "Room menu" });
        await menu.waitFor();
        await page.goForward();
        await page.locator("h1", { hasText: "general" }).waitFor();
        await menu.waitFor({ state: "detached" });
        assert.equal(await page.evaluate("document.activeElement.id"), "compose");
      });

      await t.step("on a phone the names of people are whole where one picks or looks for them", async () => {
        await phone.room(site.lobby, "?pane=members");
        const cut = (inside: string) =>
          phone.page.locator(`${inside} .opt .cut`).evaluateAll((all) =>
            all.flatMap((it) => it.scrollWidth > it.clientWidth + 1 ? [it.textContent] : [])
          );
        await phone.page.locator(".people", { hasText: "Wolfeschlegel" }).waitFor();
        assert.deepEqual(await cut(".people"), []);
        await phone.page.keyboard.press("Control+k");
        await phone.page.getByRole("combobox").fill("New direct message");
        await phone.page.keyboard.press("Enter");
        await phone.page.locator(".dialog", { hasText: "Wolfeschlegel" }).waitFor();
        assert.deepEqual(await cut(".dialog"), []);
      });

      await t.step("Ctrl K is told where it does something", async () => {
        const hint = page.locator(".jump kbd");
        assert.equal(await hint.isVisible(), true);
        await tab.goto("/rooms");
        assert.equal(await hint.isVisible(), true);
        const plain = await site.tab(site.noor, { javaScriptEnabled: false });
        await plain.goto(`/rooms/${board}`);
        assert.equal(await plain.page.locator(".jump kbd").isVisible(), false);
      });

      assert.deepEqual([...tab.errors, ...phone.errors], []);
    }),
});
