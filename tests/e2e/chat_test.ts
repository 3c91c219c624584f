/** Two people in two browsers against the real server, through its death and through a cable that is pulled. */
import assert from "node:assert/strict";
import { type Api, createApi } from "../support/api.ts";
import { launch } from "../support/browser.ts";
import { type Server, startServer } from "../support/server.ts";
import { openTab, type Tab } from "./tab.ts";

const PASSWORD = "correct horse battery";
const BURST = 12; // messages that each of two writes while the server dies
const LIST_MAX = 100;

async function fill(tab: Tab, fields: Record<string, string>, button: string) {
  for (const [label, value] of Object.entries(fields)) await tab.page.getByLabel(label).fill(value);
  await tab.page.getByRole("button", { name: button, exact: true }).click();
  await tab.page.waitForURL(/\/rooms\//);
}

/** Two devices of one person see the same. */
async function countIs(tab: Tab, room: string, count: number) {
  const shown = tab.page.locator(".nav a", { hasText: room }).locator(".count, .badge");
  if (count === 0) await shown.waitFor({ state: "detached" });
  else await shown.filter({ hasText: `${count}` }).waitFor({ state: "attached" });
}

Deno.test({
  name: "two people chat in two browsers, whatever happens to the server and the line",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  async fn(t) {
    let server: Server = await startServer(); // with its limits on, as people get it
    const { port, dataDir, url } = server;
    const browser = await launch();
    const noor = await openTab(browser, url, undefined);
    const ilya = await openTab(browser, url, undefined);
    const said: string[] = [];
    const both = async () => {
      await noor.shows(said);
      await ilya.shows(said);
    };
    const say = async (who: Tab, text: string) => {
      said.push(text);
      await who.send(text);
    };
    const signedIn = async (handle: string): Promise<Api> => {
      const api = createApi(url);
      await api.signIn(handle, PASSWORD);
      return api;
    };
    const stored = async () => {
      const api = await signedIn("noor");
      const { messages } = await api.call("messages.list", { room: await lobbyOf(api), limit: LIST_MAX });
      return messages;
    };

    try {
      await t.step("the first page makes the workspace and ends in a room, the cursor in the composer", async () => {
        await noor.goto((server.setupUrl ?? "").replace("localhost", "127.0.0.1"));
        const fields = { "Workspace name": "Northfell Survey", "Your name": "Noor Haddad", Handle: "noor" };
        await fill(noor, { ...fields, Password: PASSWORD }, "Create workspace");
        await noor.page.locator("h1", { hasText: "general" }).waitFor();
        await noor.page.waitForFunction(() => document.activeElement?.id === "compose");
      });

      await t.step("a link that is made on the page lets the other in by its form", async () => {
        await noor.live();
        await noor.page.getByRole("button", { name: /^Northfell Survey/ }).click();
        await noor.page.getByRole("link", { name: "Invite people" }).click();
        const uses = noor.page.getByLabel("Number of uses");
        await uses.fill("5");
        await uses.press("Backspace");
        await uses.pressSequentially("20"); // What is typed over an emptied field is what was typed.
        await noor.page.getByRole("button", { name: "Create link" }).click();
        const link = await noor.page.getByLabel(/^Link for 20 people\. Expires in 7 days\./).inputValue();
        await noor.page.keyboard.press("Escape");
        await ilya.goto(link);
        await fill(ilya, { "Your name": "Ilya Brandt", Handle: "ilya", Password: PASSWORD }, "Join");
        await ilya.live();
      });

      await t.step("what one writes the other reads, in one order", async () => {
        for (let at = 0; at < 4; at++) {
          await say(at % 2 ? ilya : noor, `message ${at}`);
          await both();
        }
      });

      await t.step("who types and who is there is shown", async () => {
        await noor.page.locator(".members").click();
        await noor.page.getByText("2 people, 2 online").waitFor();
        await noor.page.getByLabel("Close members").click();
        await ilya.page.locator("#compose").pressSequentially("half a thought");
        await noor.page.locator(".typing", { hasText: "Ilya is typing" }).waitFor();
        said.push("half a thought");
        await ilya.page.locator("#compose").press("Enter");
        await both();
        await noor.page.waitForFunction(() => document.querySelector(".typing")?.textContent === "");
      });

      await t.step("a reload keeps what was said", async () => {
        await noor.page.reload();
        await both();
      });

      await t.step(
        "kill -9 and a restart while both write lose nothing, double nothing, and part no order",
        async () => {
          const halfway = Promise.withResolvers<void>();
          const write = async (who: Tab, name: string) => {
            for (let at = 0; at < BURST; at++) {
              if (at === BURST / 2) halfway.resolve();
              await who.send(`${name} ${at}`);
            }
          };
          const writing = Promise.all([write(noor, "noor"), write(ilya, "ilya")]);
          await halfway.promise;
          await server.kill("SIGKILL");
          await writing;
          for (const tab of [noor, ilya]) assert.ok(await tab.page.locator(".msg.sending").count() > 0);
          server = await startServer({ port, dataDir });

          const sent = [...said];
          for (let at = 0; at < BURST; at++) sent.push(`noor ${at}`, `ilya ${at}`);
          for (const tab of [noor, ilya]) {
            await tab.page.waitForFunction(
              (count) =>
                document.querySelectorAll(".log .msg").length >= count && !document.querySelector(".msg.sending"),
              sent.length,
            );
          }
          const shown = await noor.texts();
          assert.deepEqual(shown.toSorted(), sent.toSorted());
          for (const name of ["noor", "ilya"]) {
            const mine = shown.filter((text) => text.startsWith(`${name} `));
            assert.deepEqual(mine, Array.from({ length: BURST }, (_, at) => `${name} ${at}`));
          }
          said.splice(0, said.length, ...shown);
          await both();
          assert.deepEqual((await stored()).map((message) => message.text), said);
          await say(ilya, "after the restart");
          await both();
        },
      );

      await t.step("what is written while the cable is pulled waits dimmed, and is sent once, in order", async () => {
        const dim = (text: string) =>
          ilya.page.locator(".msg .text", { hasText: text }).evaluate((it) => getComputedStyle(it).color);
        await ilya.context.setOffline(true);
        const texts = ["from the tunnel", "still in the tunnel", "light at its end"];
        for (const text of texts) await say(ilya, text);
        assert.deepEqual(await ilya.page.locator(".msg.sending .text").allInnerTexts(), texts);
        assert.notEqual(await dim("light at its end"), await dim("after the restart"));
        assert.ok(await ilya.page.locator("#compose").isEnabled());
        await ilya.context.setOffline(false);
        await both();
        assert.equal(await dim("light at its end"), await dim("after the restart"));
      });

      await t.step("both saw what is stored, numbered without a gap", async () => {
        const messages = await stored();
        assert.deepEqual(messages.map((message) => message.text), said);
        assert.deepEqual(messages.map((message) => message.n), said.map((_, at) => at + 1));
      });

      await t.step("what is unread is the same on two devices of one person, and read on both at once", async () => {
        const ilyaApi = await signedIn("ilya");
        const noorApi = await signedIn("noor");
        const { room } = await ilyaApi.call("rooms.create", { name: "gauges", visibility: "public" });
        await noorApi.call("rooms.join", { room: room.id });
        const phone = await openTab(browser, url, noorApi, { viewport: { width: 390, height: 844 } });
        await phone.room(await lobbyOf(noorApi));
        for (const [at, text] of ["news", "more news"].entries()) {
          await ilyaApi.call("messages.send", { room: room.id, text, key: `key-of-news-${at}-0000` });
          for (const device of [noor, phone]) await countIs(device, "gauges", at + 1);
        }
        await phone.goto(`/rooms/${room.id}`);
        for (const device of [noor, phone]) await countIs(device, "gauges", 0);

        await noor.page.locator(".nav a", { hasText: "gauges" }).click();
        await noor.shows(["news", "more news"]);
        await noor.page.locator(".msg", { hasText: "more news" }).hover();
        await noor.page.getByRole("button", { name: "Mark unread from here" }).click();
        for (const device of [noor, phone]) await countIs(device, "gauges", 1);
        await phone.close();
        assert.deepEqual(phone.errors, []);
      });

      await t.step("no error in a page, no violation of its policy, nothing from elsewhere", () => {
        assert.deepEqual([...noor.errors, ...ilya.errors, ...noor.outside, ...ilya.outside], []);
      });
    } finally {
      await browser.close();
      await server.stop();
      await Deno.remove(dataDir, { recursive: true }).catch(() => {});
    }
  },
});

async function lobbyOf(api: Api): Promise<string> {
  const { rooms } = await api.call("rooms.list", {});
  return rooms.find(({ room }) => room.name === "general")?.room.id ?? "";
}
