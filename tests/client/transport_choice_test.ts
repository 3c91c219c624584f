import assert from "node:assert/strict";
import type { Probe } from "../../lib/client/connection/post.ts";
import { FIRST_EVENT_MS, SILENT_MS } from "../../lib/client/connection/transport_choice.ts";
import { createTransportMemory, REMEMBERED_MS } from "../../lib/client/connection/transport_memory.ts";
import { close } from "../../lib/protocol/frames.ts";
import { settled } from "./fake_clock.ts";
import { offset } from "./samples.ts";
import { begin, events, room, withChoice } from "./with_choice.ts";

const FALLBACK_MS = 6_000; // tests/README.md, Fault 2
const PROBE_DEADLINE_MS = 5_000;

Deno.test("a WebSocket that fails twice while the probe succeeds is blocked: the session goes on over the fallback", async () => {
  const { ws, poll, live, memory, pass } = withChoice();
  live.start();
  ws.last().close(1006);
  await pass(500);
  assert.equal(ws.connections.length, 2);
  ws.last().close(1006);
  await settled();
  begin(poll);
  const { state, transport, because, reconnects } = live.status.value;
  assert.deepEqual([state, transport, because, reconnects], ["live", "poll", "blocked", 0]);
  assert.deepEqual(poll.last().all("follow"), [{ t: "follow", streams: { [room]: offset(0) } }]);
  assert.equal(memory.because, "blocked");
});

Deno.test("too eager: one failure is no reason, it may be a restart", async () => {
  const { ws, poll, live, pass } = withChoice();
  live.start();
  ws.last().close(1006);
  await pass(500);
  begin(ws);
  await pass(10_000);
  assert.equal(live.status.value.transport, "ws");
  assert.equal(poll.connections.length, 0);
});

for (const answer of ["unreachable", "unavailable"] as const satisfies readonly Probe[]) {
  Deno.test(`too eager: while the probe says ${answer} it reconnects, however often it fails`, async () => {
    const { ws, poll, live, network, pass } = withChoice();
    network.answer = answer;
    live.start();
    for (let n = 0; n < 10; n++) {
      ws.last().close(1006);
      await pass(20_000);
      assert.equal(ws.connections.length > n + 1, true);
    }
    network.answer = "ok";
    ws.last().close(1006);
    await pass(500);
    begin(ws);
    assert.equal(live.status.value.state, "live");
    assert.equal(poll.connections.length, 0);
  });
}

Deno.test("too eager: what the server closes with a code of its own is not blocked", async () => {
  const { ws, poll, live, pass } = withChoice();
  live.start();
  for (let n = 0; n < 5; n++) {
    ws.last().close(close.overloaded);
    while (ws.connections.length === n + 1) await pass(250);
  }
  assert.equal(poll.connections.length, 0);
});

for (const code of [1000, 1001, 1011]) {
  Deno.test(`too shy: one that is closed with ${code} before it said anything was closed by something in between`, async () => {
    const { ws, poll, live, memory, pass } = withChoice();
    live.start();
    for (let n = 0; n < 2; n++) {
      ws.last().opens();
      ws.last().close(code);
      await pass(500);
    }
    assert.equal(ws.connections.length, 2);
    begin(poll);
    assert.deepEqual([live.status.value.because, memory.because], ["cut", "cut"]);
  });
}

Deno.test("too shy: a WebSocket that opens and says nothing is left within 6 s", async () => {
  const { ws, poll, live, clock, memory, pass } = withChoice();
  live.start();
  const begun = clock.now();
  while (poll.connections.length === 0) await pass(250);
  begin(poll);
  assert.ok(clock.now() - begun < FALLBACK_MS);
  assert.equal(live.status.value.because, "silent");
  assert.notEqual(ws.last().closedBy, undefined);
  assert.equal(memory.because, undefined, "it may have been slow: not remembered until it is tried again");
});

Deno.test("an event stream without a first event is waited for longer, and left within 10 s", async () => {
  const { poll, live, clock, pass } = withChoice({ silence: FIRST_EVENT_MS });
  live.start();
  await pass(FIRST_EVENT_MS - 250);
  assert.equal(poll.connections.length, 0);
  const begun = clock.now();
  while (poll.connections.length === 0) await pass(250);
  begin(poll);
  assert.ok(clock.now() - begun <= 2_000);
  assert.equal(live.status.value.transport, "poll");
});

Deno.test("an event stream without a first event is left within 10 s though the probe takes as long as it may", async () => {
  const { poll, live, network, pass } = withChoice({ silence: FIRST_EVENT_MS });
  const slow = Promise.withResolvers<Probe>();
  network.answer = slow.promise;
  live.start();
  await pass(FIRST_EVENT_MS + PROBE_DEADLINE_MS - 250);
  slow.resolve("ok");
  await settled();
  begin(poll);
  assert.deepEqual([live.status.value.transport, live.status.value.because], ["poll", "silent"]);
});

Deno.test("too shy: one that says welcome and then answers nothing is left within 6 s", async () => {
  const { ws, poll, live, clock, pass } = withChoice();
  live.start();
  ws.last().welcome();
  ws.last().say({ t: "digest", rooms: {} });
  const begun = clock.now();
  while (poll.connections.length === 0) await pass(250);
  begin(poll);
  assert.ok(clock.now() - begun < FALLBACK_MS);
  assert.deepEqual([live.status.value.transport, live.status.value.because], ["poll", "silent"]);
});

Deno.test("too shy: sessions that die young, twice in a row, are no way to work", async () => {
  const { ws, poll, live, pass } = withChoice();
  live.start();
  for (let n = 0; n < 2; n++) {
    begin(ws);
    await pass(1_000);
    ws.last().close(1006);
    await pass(1_000);
  }
  assert.equal(ws.connections.length, 2);
  begin(poll);
  assert.equal(live.status.value.because, "unstable");
});

Deno.test("a slow first answer is waited for while the probe is as slow", async () => {
  const { ws, poll, live, network, pass } = withChoice();
  const slow = Promise.withResolvers<Probe>();
  network.answer = slow.promise;
  live.start();
  await pass(SILENT_MS + 1_000);
  begin(ws);
  slow.resolve("ok");
  await pass(10_000);
  assert.equal(live.status.value.transport, "ws");
  assert.equal(poll.connections.length, 0);
  assert.equal(ws.connections.length, 1);
});

Deno.test("zombie: a WebSocket that we gave up on opens late and is not heard", async () => {
  const { ws, poll, live, seqs, pass } = withChoice();
  live.start();
  await pass(SILENT_MS);
  begin(poll);
  events(poll, 0, 2);
  ws.last().welcome();
  ws.last().say({ t: "followed", stream: room, offset: offset(2), head: offset(2) });
  events(ws, 2, 4);
  ws.last().close(close.signedOut);
  assert.deepEqual([live.status.value.state, live.status.value.transport], ["live", "poll"]);
  assert.deepEqual(seqs, [1, 2]);
});

Deno.test("zero-delay loop: where both fail at once, tries stay few", async () => {
  const { ws, poll, live, pass } = withChoice();
  live.start();
  for (let turn = 0; turn < 240; turn++) {
    for (const one of [ws, poll]) if (one.connections.length > 0) one.last().close(1006);
    await pass(250);
  }
  const tries = ws.connections.length + poll.connections.length;
  assert.ok(tries > 4 && tries < 30, `${tries} in a minute`);
});

Deno.test("zero-delay loop: where the fallback cannot be fetched, it goes on trying the WebSocket with a backoff", async () => {
  const { ws, live, pass } = withChoice({ isLoadable: false });
  live.start();
  for (let turn = 0; turn < 240; turn++) {
    ws.last().close(1006);
    await pass(250);
  }
  assert.ok(ws.connections.length > 4 && ws.connections.length < 40, `${ws.connections.length} in a minute`);
  const before = ws.connections.length;
  while (ws.connections.length === before) await pass(250);
  begin(ws);
  assert.equal(live.status.value.state, "live");
});

Deno.test("a probe that finds us signed out ends it", async () => {
  const { ws, live, network, pass } = withChoice();
  network.answer = "signed_out";
  live.start();
  ws.last().close(1006);
  await pass(60_000);
  assert.equal(live.status.value.state, "signed_out");
  assert.equal(ws.connections.length, 1);
});

Deno.test("what did not work is remembered: the next page begins with the fallback", async () => {
  const { ws, poll, live } = withChoice({ remembered: "blocked" });
  live.start();
  await settled();
  begin(poll);
  assert.equal(ws.connections.length, 0);
  assert.deepEqual([live.status.value.transport, live.status.value.because], ["poll", "blocked"]);
});

Deno.test("the memory lasts 30 min, and bears a storage that is forbidden", () => {
  const kept = new Map<string, string>();
  const storage: Storage = {
    length: 0,
    clear: () => {},
    key: () => null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
  let now = 5_000;
  const memory = createTransportMemory(() => storage, () => now);
  assert.equal(memory.recall(), undefined);
  memory.remember("blocked");
  now += REMEMBERED_MS - 1;
  assert.equal(memory.recall(), "blocked");
  now += 1;
  assert.equal(memory.recall(), undefined);
  memory.remember("silent");
  memory.forget();
  assert.equal(memory.recall(), undefined);

  const forbidden = createTransportMemory(() => {
    throw new Error("SecurityError");
  }, () => now);
  forbidden.remember("blocked");
  forbidden.forget();
  assert.equal(forbidden.recall(), undefined);
});
