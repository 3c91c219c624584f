import assert from "node:assert/strict";
import { ASK_EVERY_MS, UNANSWERED_MS } from "../../lib/client/transports/shared.ts";
import { settled } from "./fake_clock.ts";
import { offset } from "./samples.ts";
import { frameOf, room, withTabs } from "./with_tabs.ts";

const runTo = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + 1 + at);

Deno.test("one tab connects; all hear its frames, each from its own position, which one pull brings up", async () => {
  const { pulls, open, lead, happens } = withTabs();
  const a = await open(3);
  await lead(a);
  const b = await open(1);
  const c = await open(3);
  assert.deepEqual([a, b, c].map((it) => it.inner.connections.length), [1, 0, 0]);
  assert.deepEqual(a.inner.last().all("follow"), [{ t: "follow", streams: { [room]: "now" } }]);
  assert.deepEqual(pulls, [{ [room]: offset(1) }]);
  await happens(a, 2);
  assert.deepEqual([a.seqs, b.seqs, c.seqs], [[4, 5], [2, 3, 4, 5], [4, 5]]);
});

Deno.test("a tab that comes later gets the latest state", async () => {
  const { open, lead } = withTabs();
  const a = await open(3);
  await lead(a);
  a.inner.last().say({ t: "digest", rooms: { r1: { n: 3, lastAt: 1 }, r2: { n: 1, lastAt: 1 } } });
  a.inner.last().say({ t: "digest", rooms: { r2: { n: 2, lastAt: 2 } } });
  a.inner.last().say({ t: "typing", room: "r1", users: ["bo"] });
  const b = await open(3);
  assert.deepEqual(b.frames.filter((it) => it.t === "digest"), [
    { t: "digest", rooms: { r1: { n: 3, lastAt: 1 }, r2: { n: 2, lastAt: 2 } } },
  ]);
  assert.deepEqual(b.frames.filter((it) => it.t === "typing"), [{ t: "typing", room: "r1", users: ["bo"] }]);
});

Deno.test("the one that connects leaves: the next goes on, with no gap and nothing twice", async () => {
  const { stored, open, lead, happens } = withTabs();
  const a = await open(3);
  await lead(a);
  const b = await open(3);
  const c = await open(3);
  await happens(a, 1);
  a.connection.close(1000);
  stored.head += 2; // while nobody is connected
  await settled();
  assert.deepEqual([b.inner.connections.length, c.inner.connections.length], [1, 0]);
  await lead(b);
  await happens(b, 1);
  assert.deepEqual([b.seqs, c.seqs], [runTo(3, 7), runTo(3, 7)]);
  assert.deepEqual([b.closed, c.closed], [[], []]);
});

Deno.test("older data were put back: each tab whose position the server does not know gets gone, whoever leads", async () => {
  const { stored, open, lead, happens } = withTabs();
  const a = await open(3);
  await lead(a);
  const b = await open(3);
  await happens(a, 4);
  stored.head = 5;
  a.inner.last().welcome(); // The one connection is another: the next session of the same line.
  await settled();
  a.inner.last().say({ t: "followed", stream: room, offset: offset(5), head: offset(5) });
  await settled();
  const gone = [a, b].map(({ frames }) => frames.flatMap((it) => it.t === "gone" ? it.reason : []));
  assert.deepEqual(gone, [["epoch"], ["epoch"]]);
  const c = await open(7); // It comes later, from a page that was made before.
  assert.deepEqual(c.frames.flatMap((it) => it.t === "gone" ? it.reason : []), ["epoch"]);
});

Deno.test("a tab that is looked at takes over from one that says nothing for 2 s; a hidden one does not", async () => {
  const { clock, stored, open, lead, happens } = withTabs();
  const a = await open(3);
  await lead(a);
  const b = await open(3);
  b.tab.show(false);
  a.tab.show(false);
  a.tab.freeze();
  stored.head += 1;
  clock.advance(60_000);
  await settled();
  assert.equal(b.inner.connections.length, 0);
  b.tab.show(true);
  clock.advance(UNANSWERED_MS - 1);
  await settled();
  assert.equal(b.inner.connections.length, 0);
  clock.advance(1);
  await settled();
  assert.equal(b.inner.connections.length, 1);
  await lead(b);
  await a.tab.thaw();
  a.inner.last().say(frameOf(3, 4)); // What it gets late is not passed on any more.
  await happens(b, 1);
  assert.deepEqual(b.seqs, [4, 5]);
  assert.equal(a.inner.last().closedBy, 1000);
  a.tab.show(true);
  await settled();
  assert.deepEqual(a.seqs, [4, 5]);
  assert.equal(b.inner.connections.length, 1);
});

Deno.test("one that thaws and answers late what it was asked makes nobody deaf", async () => {
  const { clock, open, lead, happens } = withTabs();
  const a = await open(3);
  await lead(a);
  const b = await open(3);
  const c = await open(3);
  c.tab.show(false);
  a.tab.show(false);
  a.tab.freeze();
  clock.advance(ASK_EVERY_MS);
  await settled();
  clock.advance(UNANSWERED_MS);
  await settled();
  assert.deepEqual([b.inner.connections.length, c.inner.connections.length], [1, 0]);
  await lead(b);
  await happens(b, 1);
  await a.tab.thaw();
  await happens(b, 1);
  assert.deepEqual([a.seqs, b.seqs, c.seqs], [[4, 5], [4, 5], [4, 5]]);
  assert.deepEqual([a.closed, b.closed, c.closed], [[], [], []]);
});

Deno.test("what ends the connection ends it for all: a sign-out reaches every tab", async () => {
  const { open, lead } = withTabs();
  const a = await open(3);
  await lead(a);
  const b = await open(3);
  a.inner.last().close(4401);
  await settled();
  assert.deepEqual([a.closed, b.closed], [[4401], [4401]]);
});

Deno.test("a tab that is refused as signed out has the one that leads find out for all", async () => {
  const { stored, open, lead } = withTabs();
  const a = await open(3);
  await lead(a);
  const b = await open(3);
  stored.isSignedIn = false;
  b.connection.send({ t: "call", id: 7, name: "feed.markSeen", body: {} });
  await settled();
  assert.equal(a.inner.last().open("auth.me").length, 1);
});

Deno.test("what is no message of a tab's, or of nobody who leads, changes nothing", async () => {
  const { tabs, open, lead, happens } = withTabs();
  const a = await open(3);
  await lead(a);
  const b = await open(3);
  const strange = [
    null,
    "lead",
    { t: "frame", by: "tab-1" },
    { t: "frame", by: "tab-1", frame: { t: "events", stream: room, from: 1 } },
    { t: "frame", by: "nobody", frame: frameOf(3, 9) },
    { t: "closed", by: "nobody", code: 4401 },
    { t: "want", tab: "x", streams: "all", users: [] },
    { t: "here", by: "nobody", to: "nobody else" },
  ];
  for (const one of strange) tabs.say(one);
  await settled();
  await happens(a, 1);
  assert.deepEqual([a.seqs, b.seqs], [[4], [4]]);
  assert.deepEqual([a.closed, b.closed], [[], []]);
});

/** Pages that came and crashed: what a tab wanted once, many times over. */
async function crowd({ clock, tabs }: ReturnType<typeof withTabs>) {
  for (let n = 0; n < 100; n++) {
    tabs.say({ t: "want", tab: `page-${n}`, streams: ["user:me"], users: [] });
    if (n % 10 === 0) clock.advance(ASK_EVERY_MS);
    await settled();
  }
}

Deno.test("a crowd of pages that crashed silences neither the tab that leads nor one that asks", async () => {
  const all = withTabs();
  const a = await all.open(3);
  await all.lead(a);
  const b = await all.open(3);
  await crowd(all);
  assert.deepEqual(a.inner.last().all("unfollow"), []);
  b.connection.close(1000);
  await crowd(all);
  assert.deepEqual(a.inner.last().all("unfollow"), []);
});

Deno.test("a page that is left is forgotten; one that comes back from the browser's cache hears all of it", async () => {
  const { stored, open, lead } = withTabs();
  const a = await open(3);
  await lead(a);
  const b = await open(3);
  a.connection.send({ t: "unfollow", streams: [room] });
  b.tab.leave();
  await settled();
  assert.deepEqual(a.inner.last().all("unfollow"), [{ t: "unfollow", streams: [room] }]);
  stored.head += 2;
  b.connection.wake?.();
  await settled();
  assert.deepEqual(a.inner.last().all("follow").length, 2);
  a.inner.last().say({ t: "followed", stream: room, offset: offset(5), head: offset(5) });
  await settled();
  assert.deepEqual(b.seqs, [4, 5]);
});

Deno.test("streams and people that no tab wants any more are left", async () => {
  const { open, lead } = withTabs();
  const a = await open(3);
  await lead(a);
  const b = await open(3);
  a.connection.send({ t: "watch", users: ["ann"] });
  b.connection.send({ t: "watch", users: ["bo"] });
  await settled();
  assert.deepEqual(a.inner.last().all("watch").at(-1), { t: "watch", users: ["ann", "bo"] });
  b.connection.close(1000);
  a.connection.send({ t: "unfollow", streams: [room] });
  await settled();
  assert.deepEqual(a.inner.last().all("unfollow"), [{ t: "unfollow", streams: [room] }]);
  assert.deepEqual(a.inner.last().all("watch").at(-1), { t: "watch", users: ["ann"] });
});
