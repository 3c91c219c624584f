/** Six tabs of one person in a real browser, over HTTP/1.1 and long-poll: one connection, whoever of them dies. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { withSite } from "../e2e/site.ts";
import { createApi, OWNER } from "../support/api.ts";
import { onPoll, type Person, type Shared, shown, sign, withPerson, write } from "./place.ts";

const TABS = 6; // as many connections as a browser has for a host
const WAIT_MS = 20_000;
const LONG_WAIT_MS = 1_000; // a poll that waits for longer than this holds its connection

interface Tab {
  page: Page;
  /** Polls under way that wait. */
  polls: Set<unknown>;
}

interface Place extends Person {
  open(): Promise<Tab>;
}

Deno.test({
  name: "tabs share one long-poll",
  sanitizeOps: false, // The browser's process and pipes outlive a step.
  sanitizeResources: false,
  fn: (t) =>
    withSite(async ({ browser, noor }, server) => {
      const shared = { server, owner: noor, browser };
      const step = (name: string, body: (place: Place) => Promise<void>) =>
        t.step({ name, sanitizeOps: false, sanitizeResources: false, fn: () => withPlace(shared, body) });
      await step("six tabs: one connection, none hangs; the one that has it closes, then one crashes: no gap", six);
      await step("signing in as somebody else in another tab: the first tab does nothing any more", another);
      await step("two tabs of the feed: one event stream, and another when its tab closes", feeds);
      await step(
        "without Web Locks a tab holds no connection while it is hidden, and catches up when it is seen",
        alone,
      );
      await step("signing out in one tab reaches all", signedOut);
    }),
});

async function six({ context, me, other, room, open }: Place) {
  const tabs: Tab[] = [];
  for (let n = 0; n < TABS; n++) tabs.push(await open());
  const say = (text: string) => other.call("messages.send", { room, text, key: crypto.randomUUID() });
  const polling = () => tabs.filter((it) => it.polls.size > 0);
  const all = async (text: string) => void await Promise.all(tabs.map((it) => shown(it.page, text)));

  let most = 0;
  const count = () => most = Math.max(most, polling().length);
  context.on("request", count);
  await say("to six");
  await all("to six");
  for (const [n, { page }] of tabs.entries()) await write(page, `from tab ${n}`);
  for (let n = 0; n < TABS; n++) await all(`from tab ${n}`);

  await waitFor(() => polling().length === 1);
  assert.equal(most, 1, "one tab polls for all");
  context.off("request", count);

  const [closed] = polling();
  assert.ok(closed);
  tabs.splice(tabs.indexOf(closed), 1);
  const sends = Array.from({ length: 20 }, (_, n) => say(`while it closes ${n}`));
  await closed.page.close();
  await Promise.all(sends);
  await all("while it closes 19");

  await waitFor(() => polling().length === 1);
  const [crashed] = polling();
  assert.ok(crashed);
  tabs.splice(tabs.indexOf(crashed), 1);
  const more = Array.from({ length: 20 }, (_, n) => say(`while it crashes ${n}`));
  void crashed.page.goto("chrome://crash").catch(() => {});
  await Promise.all(more);
  await all("while it crashes 19");
  const [last] = tabs;
  assert.ok(last);
  await write(last.page, "after all");
  await all("after all");

  // What each shows is what is stored: nothing lost, doubled or out of order.
  const { messages } = await me.call("messages.list", { room, limit: 100 });
  const texts = messages.map((it) => it.text);
  for (const { page } of tabs) {
    assert.deepEqual(await page.locator(".log .msg .text").allTextContents(), texts);
    await onPoll(page);
  }
  await waitFor(() => polling().length === 1);
}

async function another({ proxy, context, me, other, room, open }: Place) {
  const tab = await open();
  const second = await open();
  const stranger = createApi(proxy.origin);
  await stranger.signIn(OWNER.handle, OWNER.password);
  await sign(context, proxy, stranger);
  await write(tab.page, "as whom?");
  for (const { page } of [tab, second]) await page.locator(".banner", { hasText: "Signed out" }).waitFor();
  await other.call("messages.send", { room, text: "not for them", key: crypto.randomUUID() });
  const { messages } = await me.call("messages.list", { room });
  assert.deepEqual(messages.map((it) => it.text), ["not for them"]);
  assert.equal(await tab.page.getByText("not for them").count(), 0);
}

async function feeds({ proxy, context, me, other, room }: Place) {
  proxy.set({ kind: "pass" });
  const { user } = await me.call("auth.me", {});
  const mention = (text: string) =>
    other.call("messages.send", { room, text: `@${user.handle} ${text}`, key: crypto.randomUUID() });
  const lines: Page[] = [];
  context.on("request", (request) => {
    if (request.url().includes("/live/sse")) lines.push(request.frame().page());
  });
  const pages: Page[] = [];
  const all = async (text: string) =>
    void await Promise.all(pages.map((it) => it.locator("#feed article", { hasText: text }).first().waitFor()));
  for (let n = 0; n < 2; n++) {
    const page = await context.newPage();
    pages.push(page);
    await page.goto(`${proxy.origin}/feed`);
    await page.locator(".bar .conn", { hasText: /Live · SSE · \d+ ms/ }).waitFor();
  }
  await mention("both see this");
  await all("both see this");
  assert.deepEqual(lines, [pages[0]]);
  await pages.shift()?.close();
  await mention("the other sees this");
  await all("the other sees this");
  assert.deepEqual(lines.slice(1), pages);
}

async function alone({ context, other, room, open }: Place) {
  await context.addInitScript(`
    delete Navigator.prototype.locks;
    globalThis.seen = "visible";
    Object.defineProperty(document, "visibilityState", { get: () => seen });`);
  const { page, polls } = await open();
  const show = (seen: string) =>
    page.evaluate(`seen = "${seen}"; document.dispatchEvent(new Event("visibilitychange")); void 0`);
  await waitFor(() => polls.size === 1);
  await show("hidden");
  await waitFor(() => polls.size === 0);
  await other.call("messages.send", { room, text: "unseen", key: crypto.randomUUID() });
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");
  assert.equal(await page.getByText("unseen").count(), 0);
  assert.equal(polls.size, 0);
  await show("visible");
  await shown(page, "unseen");
  await onPoll(page);
}

async function signedOut({ open }: Place) {
  const tab = await open();
  const second = await open();
  await second.page.locator("button[popovertarget=me-menu]").click();
  await second.page.getByRole("button", { name: "Sign out" }).click();
  await second.page.waitForURL(/sign-in/);
  await tab.page.locator(".banner", { hasText: "Signed out" }).waitFor();
}

function withPlace(shared: Shared, body: (place: Place) => Promise<void>): Promise<void> {
  return withPerson(shared, async (person) => {
    const { proxy, context, room } = person;
    proxy.set({ kind: "refuse_upgrade" });
    context.setDefaultTimeout(WAIT_MS);
    const open = async (): Promise<Tab> => {
      const page = await context.newPage();
      const polls = new Set<unknown>();
      page.on("request", (request) => {
        const waits = request.url().endsWith("/live/poll") && request.postDataJSON().wait > LONG_WAIT_MS;
        if (waits) polls.add(request);
      });
      page.on("requestfinished", (request) => polls.delete(request));
      page.on("requestfailed", (request) => polls.delete(request));
      await page.goto(`${proxy.origin}/rooms/${room}`);
      await onPoll(page);
      return { page, polls };
    };
    await body({ ...person, open });
  });
}

/** Looks at each turn of the event loop that something happened in. */
async function waitFor(is: () => boolean) {
  const signal = AbortSignal.timeout(WAIT_MS);
  while (!is()) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
