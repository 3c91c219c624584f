/** Editing, deleting and reacting in two browsers: shown at once, the same to both, and nothing moves for who reads. */
import assert from "node:assert/strict";
import { BY_FINGER, open, place, roomOf, type Tab } from "./tab.ts";
import { withPeople } from "./with_people.ts";

const TARGET_PX = 44; // islands/README.md, Accessibility
const LONG = 120; // messages

Deno.test({
  name: "messages that are changed",
  sanitizeOps: false, // The browser's process and pipes outlive a step.
  sanitizeResources: false,
  fn: (t) =>
    withPeople(async ({ server, browser, ann, bo, say }) => {
      const { lobby } = server;
      const a = await open(browser, server, ann, `/rooms/${lobby}`);
      const b = await open(browser, server, bo, `/rooms/${lobby}`);
      const row = ({ page }: Tab, text: string) => page.locator(".msg", { hasText: text });
      const seqRow = ({ page }: Tab, seq: number) => page.locator(`[data-row="${seq}"]`);
      const tool = (tab: Tab, text: string, name: string) => row(tab, text).getByRole("button", { name, exact: true });
      const act = async (tab: Tab, text: string, name: string) => {
        await row(tab, text).hover();
        await tool(tab, text, name).click();
      };
      const picker = ({ page }: Tab) => page.getByRole("dialog", { name: "React to the message" });
      const focusedRow = ({ page }: Tab) => page.evaluate<string | undefined>("document.activeElement.dataset.row");
      const stored = async (seq: number) => (await server.call(ann, "messages.get", { room: lobby, seq })).message;

      await t.step("an edit in place is shown at once, saved by Enter, and marked for both", async () => {
        const { seq } = await say(ann, "first words");
        await act(a, "first words", "Edit");
        const field = a.page.getByRole("textbox", { name: "Message", exact: true });
        assert.equal(await field.inputValue(), "first words");
        await field.fill("*second* words");
        await field.press("Enter");
        await seqRow(a, seq).locator(".text em", { hasText: "second" }).waitFor();
        for (const tab of [a, b]) {
          await seqRow(tab, seq).locator("small", { hasText: "edited" }).waitFor();
          assert.equal(await seqRow(tab, seq).locator("em").textContent(), "second");
        }
        assert.match(await seqRow(b, seq).getAttribute("aria-label") ?? "", /, edited: \*second\* words$/);
        assert.equal(await focusedRow(a), `${seq}`);
      });

      await t.step("Up in an empty composer edits my last message; Esc cancels and leads back", async () => {
        await say(ann, "mine, the last");
        await say(bo, "of somebody else");
        await a.has("of somebody else");
        await a.page.locator("#compose").focus();
        await a.page.keyboard.press("ArrowUp");
        await a.page.locator(".edit textarea:focus").waitFor();
        assert.equal(await a.page.locator(".edit textarea").inputValue(), "mine, the last");
        await a.page.keyboard.type(" and given up");
        await a.page.keyboard.press("Escape");
        await a.page.locator("#compose:focus").waitFor();
        assert.equal(await a.page.locator(".edit").count(), 0);
        await a.page.keyboard.press("ArrowUp");
        assert.equal(await a.page.locator(".edit textarea").inputValue(), "mine, the last");
        await a.page.keyboard.press("Escape");
        await a.page.locator("#compose").fill("a draft");
        await a.page.keyboard.press("ArrowUp");
        assert.equal(await a.page.locator(".edit").count(), 0);
        await a.page.locator("#compose").fill("");
      });

      await t.step("an edit that is left is there again, after a reload too", async () => {
        await a.page.keyboard.press("ArrowUp");
        await a.page.locator(".edit textarea").fill("left in the middle");
        await a.page.reload();
        await a.page.locator(".conn", { hasText: " ms" }).waitFor();
        await act(a, "mine, the last", "Edit");
        assert.equal(await a.page.locator(".edit textarea").inputValue(), "left in the middle");
        await a.page.getByRole("button", { name: "Save" }).click();
        await row(b, "left in the middle").waitFor();
      });

      await t.step("an edit whose message changed during it says so, after a reload too", async () => {
        const { seq } = await say(ann, "the first wording");
        await act(a, "the first wording", "Edit");
        await a.page.locator(".edit textarea").fill("my wording");
        await server.call(ann, "messages.edit", { room: lobby, seq, text: "the wording of my phone" });
        const note = a.page.locator(".edit .note", {
          hasText: "It changed while you were editing. Saving overwrites it.",
        });
        await note.waitFor();
        await a.page.reload();
        await a.page.locator(".conn", { hasText: " ms" }).waitFor();
        await act(a, "the wording of my phone", "Edit");
        assert.equal(await a.page.locator(".edit textarea").inputValue(), "my wording");
        await note.waitFor();
        await a.page.keyboard.press("Escape");
        await act(a, "the wording of my phone", "Edit");
        assert.equal(await note.count(), 0);
        await a.page.keyboard.press("Escape");
      });

      await t.step("an edit of what is deleted elsewhere says so, and one goes on in the composer", async () => {
        const { seq } = await say(ann, "soon gone");
        await act(a, "soon gone", "Edit");
        await a.page.locator(".edit textarea:focus").waitFor();
        await server.call(ann, "messages.delete", { room: lobby, seq });
        await a.page.locator("#compose:focus").waitFor();
        await seqRow(a, seq).locator(".text", { hasText: "This message was deleted." }).waitFor();
        const said = a.page.getByRole("status").filter({ hasText: "The message you were editing was deleted." });
        await said.waitFor({ state: "attached" });
        assert.equal(await a.page.locator(".edit").count(), 0);
      });

      await t.step("an edit that cannot be saved says so, keeps its text, and is saved by another try", async () => {
        await server.halt();
        await a.page.locator(".conn", { hasText: /Reconnecting|Offline/ }).waitFor();
        await act(a, "left in the middle", "Edit");
        await a.page.locator(".edit textarea").fill("no way");
        await a.page.keyboard.press("Enter");
        await row(a, "no way").locator(".note.bad", { hasText: "Edit not saved. Can't reach the server." }).waitFor();
        server.resume();
        for (const tab of [a, b]) await tab.page.locator(".conn", { hasText: " ms" }).waitFor();
        await row(a, "no way").getByRole("button", { name: "Retry" }).click();
        await row(a, "no way").locator(".note").waitFor({ state: "detached" });
        await row(b, "no way").waitFor();
        a.errors.length = b.errors.length = 0; // Chromium reports the server that was away.
      });

      await t.step("a reaction is a total for both, is taken back by a press, and names who", async () => {
        const { seq } = await say(bo, "react to this");
        await act(a, "react to this", "React");
        await picker(a).waitFor();
        await picker(a).getByRole("button", { name: "Thumbs up" }).first().click();
        await a.page.locator(".emojis").waitFor({ state: "detached" }); // by its role it is gone as soon as it is hidden
        const chip = (tab: Tab) => seqRow(tab, seq).locator(".reacts button", { hasText: "👍" });
        await chip(b).waitFor();
        assert.equal(await chip(b).getAttribute("aria-label"), "👍, 1");
        await chip(b).click();
        await seqRow(a, seq).getByRole("button", { name: "👍, 2, including you" }).waitFor();
        await row(b, "react to this").hover();
        await b.page.waitForFunction(
          (seq) => document.querySelector<HTMLElement>(`[data-row="${seq}"] .reacts button`)?.title === "You and Ann",
          seq,
        );
        await act(b, "react to this", "Who reacted");
        const people = b.page.getByRole("dialog", { name: "Reactions" });
        await people.getByRole("listitem").filter({ hasText: "Bo (you)" }).waitFor();
        await people.getByRole("listitem").filter({ hasText: "Ann" }).waitFor();
        await b.page.keyboard.press("Escape");
        await people.waitFor({ state: "detached" });
        assert.equal(await focusedRow(b), `${seq}`);
        await chip(a).click();
        await seqRow(b, seq).getByRole("button", { name: "👍, 1, including you" }).waitFor();
        assert.deepEqual((await stored(seq)).reactions["👍"]?.count, 1);
      });

      await t.step("edits and reactions of both at the same time end the same in both browsers", async () => {
        const { seq } = await say(ann, "of all at once");
        const shown = async ({ page }: Tab) => ({
          text: await page.locator(`[data-row="${seq}"] .text`).innerText(),
          reacts: await page.locator(`[data-row="${seq}"] .reacts .num`).allTextContents(),
        });
        const emojis = ["👍", "🎉", "👀", "🚀"];
        await Promise.all([
          ...emojis.map((emoji) => server.call(bo, "messages.react", { room: lobby, seq, emoji })),
          (async () => {
            await seqRow(a, seq).focus();
            for (const name of ["Party", "Eyes"]) {
              await a.page.keyboard.press("+");
              await picker(a).getByRole("searchbox").fill(name);
              await a.page.keyboard.press("Enter");
              await a.page.locator(".emojis").waitFor({ state: "detached" }); // by its role it is gone as soon as it is hidden
            }
            await a.page.keyboard.press("Escape");
            await act(a, "of all at once", "Edit");
            await a.page.locator(".edit textarea").fill("edited meanwhile");
            await a.page.keyboard.press("Enter");
          })(),
        ]);
        for (const tab of [a, b]) await seqRow(tab, seq).locator("small", { hasText: "edited" }).waitFor();
        const { reactions, text } = await stored(seq);
        assert.deepEqual(Object.fromEntries(Object.entries(reactions).map(([emoji, { count }]) => [emoji, count])), {
          "👍": 1,
          "🎉": 2,
          "👀": 2,
          "🚀": 1,
        });
        for (const tab of [a, b]) {
          await tab.page.waitForFunction(
            ({ seq, totals }) => {
              const all = document.querySelectorAll(`[data-row="${seq}"] .reacts .num`);
              return [...all].map((it) => it.textContent).join() === totals;
            },
            { seq, totals: Object.values(reactions).map(({ count }) => count).join() },
          );
          assert.equal((await shown(tab)).text, `${text} edited`);
        }
      });

      await t.step(
        "deleting is asked first; then both see the tombstone, and nothing is to be done with it",
        async () => {
          const { seq } = await say(ann, "to be deleted");
          await act(a, "to be deleted", "Delete");
          const question = a.page.getByRole("dialog", { name: "Delete your message?" });
          await question.getByRole("button", { name: "Cancel" }).click();
          await question.waitFor({ state: "detached" });
          assert.equal(await focusedRow(a), `${seq}`);
          await act(a, "to be deleted", "Delete");
          await question.getByRole("button", { name: "Delete" }).click();
          for (const tab of [a, b]) await seqRow(tab, seq).getByText("This message was deleted.").waitFor();
          assert.equal(await focusedRow(a), `${seq}`);
          assert.equal(await seqRow(a, seq).getByRole("button", { name: /^(Edit|Delete|React)$/ }).count(), 0);
          assert.match(await seqRow(b, seq).getAttribute("aria-label") ?? "", /: deleted$/);
          await b.page.reload();
          await seqRow(b, seq).getByText("This message was deleted.").waitFor();
          await b.page.locator(".conn", { hasText: " ms" }).waitFor();
        },
      );

      await t.step("saving an emptied message asks to delete it", async () => {
        await say(ann, "emptied soon");
        await act(a, "emptied soon", "Edit");
        await a.page.locator(".edit textarea").fill("  ");
        await a.page.keyboard.press("Enter");
        await a.page.getByRole("dialog", { name: "Delete your message?" }).waitFor();
        await a.page.keyboard.press("Escape");
        await a.has("emptied soon");
      });

      await t.step("who runs the room deletes anybody's; others only their own", async () => {
        const { room: { id } } = await server.call(ann, "rooms.create", { name: "weir", visibility: "public" });
        await server.call(bo, "rooms.join", { room: id });
        const { seq } = await say(bo, "of bo", id);
        await say(ann, "of ann", id);
        await a.page.goto(`${server.origin}/rooms/${id}`);
        await b.page.goto(`${server.origin}/rooms/${id}`);
        for (const tab of [a, b]) await tab.page.locator(".conn", { hasText: " ms" }).waitFor();
        await row(b, "of ann").hover();
        await tool(b, "of ann", "React").waitFor();
        assert.equal(await tool(b, "of ann", "Delete").count() + await tool(b, "of ann", "Edit").count(), 0);
        await row(a, "of bo").hover();
        await tool(a, "of bo", "Delete").waitFor();
        assert.equal(await tool(a, "of bo", "Edit").count(), 0);
        await tool(a, "of bo", "Delete").click();
        await a.page.getByRole("dialog", { name: "Delete Bo's message?" }).getByRole("button", { name: "Delete" })
          .click();
        await seqRow(b, seq).getByText("This message was deleted.").waitFor();
      });

      await t.step("nothing that is read moves by edits, reactions and deletes above it", async () => {
        const { room: { id } } = await server.call(ann, "rooms.create", { name: "long", visibility: "public" });
        await server.call(bo, "rooms.join", { room: id });
        const all = [];
        for (let n = 1; n <= LONG; n++) all.push(await say(ann, `number ${n}`, id));
        await b.page.goto(`${server.origin}/rooms/${id}`);
        await b.page.locator(".conn", { hasText: " ms" }).waitFor();
        await b.page.locator(".log").evaluate((it) => void (it.scrollTop = -500));
        await b.page.locator(".pill").waitFor();
        const inSight = await b.page.locator("[data-row]").evaluateAll((rows) => {
          const log = document.querySelector(".log")?.getBoundingClientRect();
          return rows.filter((it) => it.getBoundingClientRect().top >= (log?.top ?? 0))
            .map((it) => Number(it.getAttribute("data-row")));
        });
        const [first = 0] = inSight;
        const above = all.filter((it) => it.seq < first).slice(-4).map((it) => it.seq);
        const before = await place(b.page, `[data-row="${first}"]`);
        const [one = 0, two = 0, three = 0, partly = 0] = above;
        await server.call(bo, "messages.react", { room: id, seq: one, emoji: "👍" });
        await server.call(ann, "messages.edit", { room: id, seq: two, text: "longer\n\nby\n\nfar" });
        await server.call(ann, "messages.edit", { room: id, seq: partly, text: "also\n\nlonger" });
        await server.call(ann, "messages.edit", { room: id, seq: three, text: "a\n\nb\n\nc" });
        await server.call(ann, "messages.delete", { room: id, seq: three });
        await seqRow(b, three).getByText("This message was deleted.").waitFor({ state: "attached" });
        await seqRow(b, one).locator(".reacts").waitFor({ state: "attached" });
        await b.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
        assert.deepEqual(await place(b.page, `[data-row="${first}"]`), before);
      });

      await t.step("by keyboard alone: + opens the picker, arrows go through it, Esc leads back", async () => {
        const seq = Number(
          await b.page.locator("[data-row]").last().getAttribute("data-row"),
        );
        await b.page.locator(".pill").click();
        await seqRow(b, seq).focus();
        await b.page.keyboard.press("+");
        await picker(b).getByRole("searchbox").and(b.page.locator(":focus")).waitFor();
        await b.page.keyboard.press("Escape");
        await b.page.locator(".emojis").waitFor({ state: "detached" }); // by its role it is gone as soon as it is hidden
        assert.equal(await focusedRow(b), `${seq}`);
        await b.page.keyboard.press("+");
        await picker(b).getByRole("searchbox").and(b.page.locator(":focus")).waitFor();
        await b.page.keyboard.press("ArrowDown");
        await b.page.keyboard.press("ArrowRight");
        const second = await b.page.evaluate<string>("document.activeElement.textContent");
        await b.page.keyboard.press("ArrowDown");
        assert.notEqual(await b.page.evaluate<string>("document.activeElement.textContent"), second);
        await b.page.keyboard.press("ArrowUp");
        assert.equal(await b.page.evaluate<string>("document.activeElement.textContent"), second);
        await b.page.keyboard.press("Enter");
        await seqRow(b, seq).getByRole("button", { name: `${second}, 1, including you` }).waitFor();
        assert.equal(await focusedRow(b), `${seq}`);
        await b.page.keyboard.press("ArrowRight"); // the time, a link
        await b.page.keyboard.press("ArrowRight");
        assert.equal(await b.page.evaluate<string>("document.activeElement.ariaLabel"), `${second}, 1, including you`);
        await b.page.keyboard.press("Enter");
        await seqRow(b, seq).locator(".reacts").waitFor({ state: "detached" });
      });

      await t.step("by finger: a tap shows the actions, the picker is a sheet, and all is big enough", async () => {
        await server.call(ann, "messages.send", { room: lobby, text: "for a finger", key: "key-of-a-finger-0" });
        const phone = await open(browser, server, ann, `/rooms/${lobby}`, BY_FINGER);
        await row(phone, "for a finger").tap();
        await tool(phone, "for a finger", "React").tap();
        await picker(phone).waitFor();
        const sheet = await picker(phone).boundingBox();
        assert.equal(sheet?.width, 390);
        assert.equal((sheet?.y ?? 0) + (sheet?.height ?? 0), 844);
        for (const one of (await picker(phone).getByRole("button").all()).slice(0, 12)) {
          const { width = 0, height = 0 } = await one.boundingBox() ?? {};
          assert.ok(width >= TARGET_PX - 4 && height >= TARGET_PX, `${width} × ${height}`);
        }
        await picker(phone).getByRole("button", { name: "Heart", exact: true }).first().tap();
        const chip = row(phone, "for a finger").locator(".reacts button").first();
        await chip.waitFor();
        assert.ok(((await chip.boundingBox())?.height ?? 0) >= TARGET_PX);
        assert.deepEqual(phone.errors, []);
      });

      await t.step("a visitor sees reactions and cannot press them", async () => {
        const { room: { id } } = await server.call(ann, "rooms.create", { name: "visited", visibility: "public" });
        const { seq } = await say(ann, "look at it", id);
        await server.call(ann, "messages.react", { room: id, seq, emoji: "👍" });
        await b.page.goto(`${server.origin}/rooms/${id}`);
        await b.page.locator(".conn", { hasText: " ms" }).waitFor();
        assert.equal(await seqRow(b, seq).locator(".reacts").textContent(), "👍 1");
        assert.equal(await seqRow(b, seq).locator(".reacts button").count(), 0);
        assert.equal(roomOf(b), id);
      });

      assert.deepEqual([...a.errors, ...b.errors], []);
    }),
});
