/** With JavaScript off: first run, sign in, read, write, make and join rooms, sign out; all by plain forms. */
import assert from "node:assert/strict";
import { createApi } from "../support/api.ts";
import { launch } from "../support/browser.ts";
import { startServer } from "../support/server.ts";
import { PASSWORD } from "./site.ts";
import { openTab } from "./tab.ts";

Deno.test({
  name: "without script",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  async fn(t) {
    const server = await startServer();
    const browser = await launch();
    try {
      const tab = await openTab(browser, server.url, undefined, { javaScriptEnabled: false });
      const { page } = tab;
      const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
      const texts = () => tab.texts();

      await t.step("the first run makes a workspace; what was typed is kept where it was not taken", async () => {
        await tab.goto("/welcome?token=wrong");
        await page.getByLabel("Workspace name").fill("Northfell Survey");
        await page.getByLabel("Your name").fill("Noor Haddad");
        await page.getByLabel("Password").fill(PASSWORD);
        await press("Create workspace");
        await page.getByRole("alert").waitFor();
        assert.equal(await page.getByLabel("Workspace name").inputValue(), "Northfell Survey");
        assert.equal(await page.getByLabel("Password").inputValue(), "");
        await page.getByLabel("Set-up code").fill(server.token ?? "");
        await page.getByLabel("Password").fill(PASSWORD);
        await press("Create workspace");
        await page.locator("h1", { hasText: "general" }).waitFor();
        // Nobody can tell whether I am online: I am not shown as offline.
        assert.equal(await page.locator(".me .av:not(.on, .off)").count(), 1);
      });

      await t.step("write; pressed twice, and posted once more with the form's key, it is one message", async () => {
        const address = page.url();
        const key = await page.locator("input[name=key]").inputValue();
        await page.locator("#compose").fill("plain as **paper**");
        await page.getByRole("button", { name: "Send message" }).dblclick();
        await page.locator(".msg", { hasText: "plain as paper" }).waitFor();
        assert.equal(page.url(), address);
        const again = await tab.context.request.post(address, {
          form: { key, text: "plain as **paper**" },
          headers: { origin: server.url },
        });
        assert.equal(again.status(), 200); // of the page that it was sent on to
        await page.reload();
        assert.deepEqual(await texts(), ["plain as paper"]);
      });

      await t.step("make a room, and come to it; a name that is taken or missing is told", async () => {
        await page.getByRole("link", { name: "Browse or create a room" }).click();
        await page.getByLabel("Name", { exact: true }).fill("   ");
        await press("Create room");
        await page.getByRole("alert").waitFor();
        await page.getByLabel("Name", { exact: true }).fill("gauges");
        await page.getByLabel(/^Topic/).fill("In the field");
        await press("Create room");
        await page.locator("h1", { hasText: "gauges" }).waitFor();
        await page.locator(".bar", { hasText: "In the field" }).waitFor();
      });

      await t.step("sign out; a page then asks to sign in and comes back", async () => {
        await page.locator("button[popovertarget=me-menu]").click();
        await press("Sign out");
        await page.waitForURL(/\/sign-in$/);
        await page.goBack();
        await page.reload();
        assert.match(page.url(), /\/sign-in\?next=/);
      });

      await t.step("a wrong password is told; the handle is kept, the password is not", async () => {
        await page.getByLabel("Handle").fill("noor");
        await page.getByLabel("Password").fill("wrong password");
        await press("Sign in");
        await page.getByRole("alert").waitFor();
        assert.equal(await page.getByLabel("Handle").inputValue(), "noor");
        assert.equal(await page.getByLabel("Password").inputValue(), "");
        assert.ok(!(await page.content()).includes("wrong password"));
        await page.getByLabel("Password").fill(PASSWORD);
        await press("Sign in");
        await page.locator("h1", { hasText: "gauges" }).waitFor();
      });

      await t.step("come in by an invite, read a room, join it, and write", async () => {
        const owner = createApi(server.url);
        await owner.signIn("noor", PASSWORD);
        const { invite } = await owner.call("invites.create", { uses: 1 });
        const guest = await openTab(browser, server.url, undefined, { javaScriptEnabled: false });
        await guest.goto(`/join/${invite}`);
        await guest.page.getByLabel("Your name").fill("Tomás Vega");
        await guest.page.getByLabel("Password").fill(PASSWORD);
        await guest.page.getByRole("button", { name: "Join", exact: true }).click();
        await guest.page.locator(".msg", { hasText: "plain as paper" }).waitFor();
        await guest.goto("/rooms");
        await guest.page.getByRole("button", { name: /^Join\s*gauges/ }).click();
        await guest.page.locator("h1", { hasText: "gauges" }).waitFor();
        await guest.page.locator("#compose").fill("from a guest");
        await guest.page.getByRole("button", { name: "Send message" }).click();
        await guest.page.locator(".msg", { hasText: "from a guest" }).waitFor();
        const { room: { id } } = await owner.call("rooms.get", { room: page.url().split("/").at(-1) ?? "" });
        const { messages: [said] } = await owner.call("messages.list", { room: id });
        await owner.call("messages.react", { room: id, seq: said?.seq ?? 0, emoji: "👍" });
        await page.reload();
        assert.deepEqual(await texts(), ["from a guest"]);
        // What was made of a message is read; what needs the script is no dead button.
        assert.equal(await page.locator(".msg .reacts").textContent(), "👍 1");
        assert.equal(await page.locator(".log button").count(), 0);
        await owner.call("messages.delete", { room: id, seq: said?.seq ?? 0 });
        await page.reload();
        assert.deepEqual(await texts(), ["This message was deleted."]);
        assert.deepEqual([...guest.errors, ...guest.outside], []);
      });

      await t.step("older messages are reached by a link, and the newer ones from there", async () => {
        const owner = createApi(server.url);
        await owner.signIn("noor", PASSWORD);
        const { room } = await owner.call("rooms.create", { name: "long", visibility: "public" });
        for (let at = 1; at <= 60; at++) {
          await owner.call("messages.send", { room: room.id, text: `Line ${at}`, key: `key-long-${at}-0000000` });
        }
        await tab.goto(`/rooms/${room.id}`);
        assert.ok(!(await texts()).includes("Line 1"));
        await page.getByRole("link", { name: "Older messages" }).click();
        await page.locator(".msg", { hasText: /Line 1$/ }).waitFor();
        assert.ok(!(await texts()).includes("Line 60"));
        await page.getByRole("link", { name: "Newer messages" }).click();
        await page.locator(".msg", { hasText: "Line 60" }).waitFor();
      });

      assert.deepEqual([...tab.errors, ...tab.outside], []);
    } finally {
      await browser.close();
      await server.stop();
    }
  },
});
