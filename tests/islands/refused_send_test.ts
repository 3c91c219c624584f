import assert from "node:assert/strict";
import { open } from "./tab.ts";
import { withPeople } from "./with_people.ts";

Deno.test({
  name: "a message that the server refuses",
  sanitizeOps: false, // The browser's process and pipes outlive a step.
  sanitizeResources: false,
  fn: (t) =>
    withPeople(async ({ server, browser, ann, bo }) => {
      const { user } = await server.call(bo, "auth.me", {});
      const { room: { id: weir } } = await server.call(ann, "rooms.create", { name: "weir", visibility: "public" });
      await server.call(ann, "rooms.addMember", { room: weir, user: user.id });
      const b = await open(browser, server, bo, `/rooms/${weir}`);
      const context = b.page.context();
      const row = (text: string) => b.page.locator(".msg", { hasText: text });
      const texts = async () => (await server.call(bo, "messages.list", { room: weir })).messages.map((it) => it.text);
      /** Writes while away, so that the room has changed by the time it is sent. */
      const writeWhile = async (change: () => Promise<unknown>, ...written: string[]) => {
        await context.setOffline(true);
        for (const text of written) await b.send(text);
        await change();
        await context.setOffline(false);
        for (const text of written) await row(text).locator(".note.bad").waitFor();
      };

      await t.step("stays, with the reason, Retry and Discard", async () => {
        await writeWhile(() => server.call(ann, "rooms.archive", { room: weir }), "first try", "second *thought*");
        assert.equal(
          await row("first try").locator(".note span").textContent(),
          "Not sent. This room is archived.",
        );
        assert.deepEqual(await b.texts(), ["first try", "second *thought*"]);
        await b.page.locator(".joinbar", { hasText: "archived" }).waitFor();
        await b.page.reload();
        for (const text of ["first try", "second *thought*"]) await row(text).locator(".note.bad").waitFor();
      });

      await t.step("tried again in vain it fails again; once it is allowed it is sent, once", async () => {
        await row("first try").getByRole("button", { name: "Retry" }).click();
        await row("first try").locator(".note.bad").waitFor();
        await server.call(ann, "rooms.unarchive", { room: weir });
        await b.page.locator("#compose").waitFor();
        await row("first try").getByRole("button", { name: "Retry" }).click();
        await b.has("first try");
        assert.deepEqual(await texts(), ["first try"]);
      });

      await t.step("discarded it is gone, here and after a reload", async () => {
        await row("second").getByRole("button", { name: "Discard" }).click();
        await row("second").waitFor({ state: "detached" });
        await b.page.reload();
        await b.has("first try");
        assert.deepEqual(await b.texts(), ["first try"]);
      });

      await t.step("of somebody who was removed meanwhile is kept, until they are back", async () => {
        await writeWhile(() => server.call(ann, "rooms.removeMember", { room: weir, user: user.id }), "am I out?");
        assert.match(await row("am I out?").innerText(), /Not sent\. You're not in this room\./);
        await b.page.getByRole("button", { name: "Join", exact: true }).click();
        await b.page.locator("#compose").waitFor();
        await row("am I out?").getByRole("button", { name: "Retry" }).click();
        await b.has("am I out?");
        assert.deepEqual(await texts(), ["first try", "am I out?"]);
      });
    }),
});
