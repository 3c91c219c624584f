/** The connection inspector in a real browser says what happened, behind each way in which a proxy spoils a WebSocket. */
import assert from "node:assert/strict";
import { onPoll, onWebSocket, type Place, shown, withPlaces, write } from "./place.ts";

type Spoils = "refuse_upgrade" | "strip_upgrade" | "reset_after_101" | "silent_after_101";

/** What is said of the WebSocket: in the banner, and in the ladder. */
const verdicts: readonly { kind: Spoils; banner: string; step: RegExp }[] = [
  {
    kind: "refuse_upgrade",
    banner: "the WebSocket was blocked",
    step: /Closed before it opened, code 1006, while the server/,
  },
  {
    kind: "strip_upgrade",
    banner: "the WebSocket was blocked",
    step: /Closed before it opened, code 1006, while the server/,
  },
  {
    kind: "reset_after_101",
    banner: "the WebSocket was cut off as it opened",
    step: /Opened, then cut off, code 1006/,
  },
  {
    kind: "silent_after_101",
    banner: "the WebSocket didn't respond",
    step: /No response, while the server answered over HTTP/,
  },
];

Deno.test({
  name: "the connection inspector",
  sanitizeOps: false, // The browser's process and pipes outlive a step.
  sanitizeResources: false,
  fn: (t) =>
    withPlaces(t, async (step) => {
      await step(
        "a WebSocket that works: how far it is synced, its round trip, and a report",
        { kind: "pass" },
        works,
      );
      for (const verdict of verdicts) {
        const { kind } = verdict;
        await step(`${kind}: why it is on long-poll, and when it tries again`, { kind }, (it) => cameDown(it, verdict));
      }
      await step("a server that was away: the reconnect and the last error", { kind: "pass" }, wasAway);
    }),
});

const dialog = ({ page }: Place) => page.getByRole("dialog", { name: "Connection" });
const step = (place: Place, name: string) => dialog(place).locator(".ladder li", { hasText: name });
const fact = (place: Place, name: string, value: RegExp) =>
  dialog(place).locator(`dt:has-text("${name}") + dd`).filter({ hasText: value }).waitFor();

async function inspect(place: Place) {
  await place.page.locator("button.conn").click();
  await dialog(place).waitFor();
}

async function works(place: Place) {
  const { page, other, room } = place;
  await onWebSocket(page);
  await write(page, "one");
  await shown(page, "one");
  await inspect(place);
  await step(place, "WebSocket").filter({ hasText: /Open since \d\d:\d\d/ }).waitFor();
  assert.equal(await step(place, "WebSocket").getAttribute("aria-current"), "true");
  await step(place, "Long-poll").filter({ hasText: "Not needed" }).waitFor();
  await fact(place, "synced", /^1 of 1$/);
  await fact(place, "You", /^up to date, #\d+$/);
  await other.call("messages.send", { room, text: "two", key: crypto.randomUUID() });
  await fact(place, "synced", /^2 of 2$/);
  await fact(place, "Reconnects", /^0$/);
  await fact(place, "Gaps healed", /^0$/);
  await fact(place, "Last error", /^none$/);
  await dialog(place).getByRole("img", { name: /^Round trip over the last 5 minutes, from \d+ to \d+, now \d+ / })
    .waitFor();
  assert.equal(await dialog(place).getByRole("button", { name: /^Try/ }).count(), 0);

  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await dialog(place).getByRole("button", { name: "Copy report" }).click();
  await dialog(place).getByRole("button", { name: "Copied" }).waitFor();
  const text = await page.evaluate<string>("navigator.clipboard.readText()");
  assert.match(text, /State: live, WebSocket\n/);
  assert.match(text, /Room synced: 2 of 2/);
  const { user } = await place.me.call("auth.me", {});
  for (const secret of [user.handle, "one", "two", room]) assert.ok(!text.split(/[\s:]/).includes(secret), secret);

  await page.keyboard.press("Escape");
  await dialog(place).waitFor({ state: "detached" });
  assert.ok(await page.evaluate("document.activeElement.matches('.conn')"));
}

async function cameDown(place: Place, verdict: { banner: string; step: RegExp }) {
  const { page, proxy } = place;
  await onPoll(page);
  await page.locator(".banner:not(.good)", { hasText: `Live by long-poll: ${verdict.banner}.` }).waitFor();
  await inspect(place);
  await step(place, "WebSocket").filter({ hasText: verdict.step }).waitFor();
  await step(place, "WebSocket").filter({ hasText: /Next try in \d+ s\.|Trying now\./ }).waitFor();
  await step(place, "Long-poll").filter({ hasText: "Open since" }).waitFor();
  await fact(place, "Last error", /^WebSocket: /);
  proxy.set({ kind: "pass" });
  await dialog(place).getByRole("button", { name: "Try WebSocket now" }).click();
  await onWebSocket(page);
  await step(place, "WebSocket").filter({ hasText: "Open since" }).waitFor();
  await step(place, "Long-poll").filter({ hasText: "Not needed" }).waitFor();
  await fact(place, "Reconnects", /^0$/); // A switch of transport loses nothing, so it is none.
}

async function wasAway(place: Place) {
  const { page, proxy } = place;
  await onWebSocket(page);
  await inspect(place);
  proxy.set({ kind: "blackhole" });
  proxy.cut();
  await dialog(place).getByRole("button", { name: "Try now" }).waitFor();
  await fact(place, "synced", /^\d+ of \d+, not live$/);
  // The line comes back without another cut: a try that was under way would rightly be the last error then.
  proxy.set({ kind: "pass" });
  await page.evaluate("dispatchEvent(new Event('online'))");
  await onWebSocket(page);
  await fact(place, "Reconnects", /^1, last at \d\d:\d\d$/);
  await fact(place, "Last error", /^WebSocket: Dropped: closed with 1006, \d\d:\d\d$|Couldn't reach/);

  await page.context().setOffline(true);
  await dialog(place).locator(".conn", { hasText: "Offline" }).locator(".flow.flat").waitFor();
  await fact(place, "synced", /^\d+ of \d+, not live$/);
  await page.context().setOffline(false);
}
