/**
 * Fault 13 of tests/README.md: a tab that the browser freezes, as it does with those in the background. When it thaws
 * it catches up exactly. FAULTS=all freezes longer than a silent socket lives (FREEZE_S=600 for ten minutes).
 */
import assert from "node:assert/strict";
import { type BareTab, withBareTab } from "../support/bare_browser.ts";
import { startProxy } from "./proxy.ts";
import { withSite } from "./site.ts";
import { pause } from "./within.ts";

const isLong = Deno.env.get("FAULTS") === "all";
const FREEZE_S = Number(Deno.env.get("FREEZE_S")) || (isLong ? 90 : 1);
const MESSAGES = 40;
const LIVE_MS = 15_000;
const BACK_MS = 10_000; // from the thaw to all of it
const LOOK_MS = 50;
const TOMBSTONE = "This message was deleted";

/** Waits until the page shows exactly these messages; behind an edited one's text stands that it was edited. */
async function shows(tab: BareTab, texts: string[], ms: number): Promise<void> {
  const shown = `[...document.querySelectorAll(".log .msg:not(.sending) .text")].map((it) => it.textContent)`;
  for (const end = performance.now() + ms;;) {
    const now = await tab.evaluate(shown);
    assert(Array.isArray(now));
    if (now.length === texts.length && now.every((it, at) => String(it).startsWith(texts[at] ?? ""))) return;
    if (performance.now() > end) return assert.deepEqual(now, texts);
    await pause(LOOK_MS);
  }
}

for (const line of isLong ? ["stays", "is cut"] as const : ["is cut"] as const) {
  Deno.test(`fault 13: a tab that is frozen for ${FREEZE_S} s, and whose line ${line}, catches up exactly`, () =>
    withBareTab((tab) =>
      withSite(async (site) => {
        const proxy = startProxy(site.port);
        try {
          const { api } = site.owner;
          const { room: { id: room } } = await api.call("rooms.create", { name: "gauges", visibility: "public" });
          const { api: other } = await site.join("other");
          await other.call("rooms.join", { room });
          const say = async (text: string) => {
            const key = `frozen-${text.replaceAll(" ", "-").padStart(24, "0")}`;
            return (await other.call("messages.send", { room, text, key })).message.seq;
          };
          const [name = "", value = ""] = api.cookie().split("=");
          await tab.send("Network.setCookie", { name, value, url: proxy.origin });
          await tab.send("Page.navigate", { url: `${proxy.origin}/rooms/${room}` });
          await say("hello");
          await shows(tab, ["hello"], LIVE_MS);
          await tab.evaluate(`globalThis.told = [];
            for (const type of ["freeze", "resume"]) document.addEventListener(type, () => told.push(type))`);

          await tab.send("Page.setWebLifecycleState", { state: "frozen" });
          const frozen = performance.now();
          const seqs: number[] = [];
          for (let n = 1; n <= MESSAGES; n++) {
            seqs.push(await say(`while frozen ${n}`));
            if (n === MESSAGES / 2 && line === "is cut") proxy.cut();
          }
          await other.call("messages.edit", { room, seq: seqs.at(-1) ?? 0, text: "changed while frozen" });
          await other.call("messages.delete", { room, seq: seqs.at(-2) ?? 0 });
          await pause(Math.max(0, FREEZE_S * 1_000 - (performance.now() - frozen))); // what is tested is that time
          await tab.send("Page.setWebLifecycleState", { state: "active" });
          const thawed = performance.now();
          const { messages } = await other.call("messages.list", { room, limit: 100 });
          await shows(tab, messages.map(({ text, deletedAt }) => deletedAt === undefined ? text : TOMBSTONE), BACK_MS);
          assert.deepEqual(await tab.evaluate("told"), ["freeze", "resume"]);
          console.log(`line ${line}: caught up within ${Math.round(performance.now() - thawed)} ms`);
        } finally {
          await proxy.stop();
        }
      })
    ));
}
