/**
 * The chat in a real browser while its network is cut after some bytes, slow, a hole, or swallows what is posted: what
 * is written meanwhile is there once when it is over, and the page shows what is stored. Faults 1, 4 and 10 of
 * tests/README.md.
 */
import assert from "node:assert/strict";
import { withChatPage } from "./chat_page.ts";
import type { Fault } from "./proxy.ts";
import { chosenSeed, createRandom } from "./random.ts";

Deno.test({
  name:
    "faults 1, 4, 10: a chat page through lines that are cut, slow, a hole, or swallow posts ends with what is stored",
  sanitizeOps: false, // the browser's process and pipes outlive it
  sanitizeResources: false,
  fn: () =>
    withChatPage(async ({ proxy, page, say, shown, agrees }) => {
      const random = createRandom(chosenSeed("chat"));
      const write = async (text: string) => {
        await page.locator("#compose").fill(text);
        await page.locator("#compose").press("Enter");
      };
      const faults: Fault[] = [
        { kind: "cut", bytes: random.between(0, 400) }, // within the 101 or the first frames
        { kind: "cut", bytes: random.between(400, 4_000) },
        { kind: "delay", ms: 200 },
        { kind: "blackhole" },
        { kind: "deaf" },
        { kind: "strip_upgrade" }, // so that what is written is posted
        { kind: "swallow_post" },
      ];
      for (const [at, fault] of faults.entries()) {
        proxy.set(fault);
        if (fault.kind !== "delay" && fault.kind !== "deaf" && fault.kind !== "swallow_post") proxy.cut();
        for (let n = 1; n <= 3; n++) {
          await write(`written ${at} ${n} under ${fault.kind}`);
          await say(`heard ${at} ${n} under ${fault.kind}`);
        }
        if (fault.kind === "strip_upgrade") {
          await page.evaluate("dispatchEvent(new Event('online'))"); // its waits have grown by all that broke before
          await shown(`written ${at} 3 under ${fault.kind}`); // it has come down to long-poll, and stays for the next
          continue;
        }
        proxy.set({ kind: "pass" });
        if (fault.kind !== "delay") proxy.cut();
        await page.evaluate("dispatchEvent(new Event('online'))");
        await shown(`written ${at} 3 under ${fault.kind}`);
        await shown(`heard ${at} 3 under ${fault.kind}`);
      }
      await agrees();
    }),
});

Deno.test({
  name: "fault 4: the way to long-poll that came without its end is asked for again, in the same page",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withChatPage(async ({ proxy, page, say, shown, agrees }) => {
      let asked = 0;
      await page.route(/\/assets\/browser_poll-/, (route) =>
        ++asked === 1 // what Chromium makes of an answer that breaks off behind its head
          ? route.fulfill({ contentType: "text/javascript", body: "" })
          : route.continue());
      proxy.set({ kind: "refuse_upgrade" });
      proxy.cut();
      await say("over long-poll");
      await shown("over long-poll");
      await agrees();
      assert.equal(asked, 2);
    }),
});
