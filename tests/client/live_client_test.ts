import assert from "node:assert/strict";
import { ASKED_MAX_MS } from "../../lib/client/connection/backoff.ts";
import type { Caller } from "../../lib/client/connection/calls.ts";
import type { Follower } from "../../lib/client/connection/following.ts";
import { createLiveClient } from "../../lib/client/connection/live_client.ts";
import type { Probe } from "../../lib/client/connection/post.ts";
import { Refusal } from "../../lib/protocol/errors.ts";
import { close } from "../../lib/protocol/frames.ts";
import { createFakeClock, settled } from "./fake_clock.ts";
import { message, offset, sent } from "./samples.ts";
import { createScriptedTransport, PING_MS } from "./scripted_transport.ts";

const room = "room:r1";

function setUp(answers: Probe[] = []) {
  const clock = createFakeClock();
  const transport = createScriptedTransport();
  const probes: Probe[] = [];
  const post: Caller = () => Promise.reject(new Refusal("unavailable", "posted"));
  const live = createLiveClient({
    transport,
    post,
    clock,
    random: () => 0.5,
    probe() {
      const answer = answers.shift() ?? "ok";
      probes.push(answer);
      return Promise.resolve(answer);
    },
  });
  return { clock, transport, live, probes };
}

function createLog(): Follower & { seqs: number[]; ended: string[] } {
  const seqs: number[] = [];
  const ended: string[] = [];
  return {
    seqs,
    ended,
    events: (events) => void seqs.push(...events.map((it) => it.seq)),
    gone: (reason) => void ended.push(reason),
  };
}

function following() {
  const all = setUp();
  const log = createLog();
  all.live.start();
  all.transport.last().welcome();
  all.live.follow(room, offset(0), log);
  began(all.transport, 0);
  return { ...all, log };
}

function began(transport: ReturnType<typeof createScriptedTransport>, seq: number) {
  transport.last().say({ t: "followed", stream: room, offset: offset(seq), head: offset(seq) });
}

Deno.test("gaps healed are counted in the status", () => {
  const { transport, live } = following();
  events(transport, 1, 2);
  began(transport, 0);
  assert.equal(live.status.value.gapsHealed, 1);
});

function events(transport: ReturnType<typeof createScriptedTransport>, from: number, to: number) {
  const list = Array.from({ length: to - from }, (_, i) => sent(message(from + 1 + i)));
  transport.last().say({ t: "events", stream: room, from: offset(from), to: offset(to), events: list });
}

Deno.test("after a reconnect every stream goes on from where it was", () => {
  const { transport, log, live, clock } = following();
  live.follow("user:me", "now", createLog());
  transport.last().say({ t: "followed", stream: "user:me", offset: offset(9), head: offset(9) });
  events(transport, 0, 2);
  clock.advance(10_000);
  transport.last().close(1006);
  assert.equal(live.status.value.state, "reconnecting");
  clock.advance(1_000);
  transport.last().welcome();
  assert.equal(transport.connections.length, 2);
  assert.deepEqual(transport.last().all("follow"), [
    { t: "follow", streams: { [room]: offset(2), "user:me": offset(9) } },
  ]);
  began(transport, 2);
  events(transport, 2, 3);
  assert.deepEqual(log.seqs, [1, 2, 3]);
  assert.equal(live.status.value.reconnects, 1);
});

Deno.test("a stream that is gone is reported to its follower and not followed again", () => {
  const { transport, log, live, clock } = following();
  transport.last().say({ t: "gone", stream: room, reason: "removed" });
  assert.deepEqual(log.ended, ["removed"]);
  assert.equal(live.position(room), undefined);
  transport.last().close(1012);
  clock.advance(1_000);
  transport.last().welcome();
  assert.deepEqual(transport.last().all("follow"), []);
});

for (
  const [code, state] of [
    [1006, "reconnecting"],
    [1012, "reconnecting"],
    [4001, "reconnecting"],
    [4099, "reconnecting"],
    [4401, "signed_out"],
    [4409, "outdated"],
    [4450, "outdated"],
  ] as const
) {
  Deno.test(`close code ${code}: ${state}`, () => {
    const { transport, live, clock } = following();
    transport.last().close(code);
    assert.equal(live.status.value.state, state);
    clock.advance(60_000);
    assert.equal(transport.connections.length > 1, state === "reconnecting");
  });
}

Deno.test("bye says when to come back", () => {
  const { transport, clock } = following();
  transport.last().say({ t: "bye", reason: "restart", retry: 4_321 });
  transport.last().close(close.restart);
  clock.advance(4_320);
  assert.equal(transport.connections.length, 1);
  clock.advance(1);
  assert.equal(transport.connections.length, 2);
});

Deno.test("bye puts it off for a minute at most", () => {
  const { transport, clock } = following();
  transport.last().say({ t: "bye", reason: "overloaded", retry: 2 ** 32 });
  transport.last().close(close.overloaded);
  clock.advance(ASKED_MAX_MS);
  assert.equal(transport.connections.length, 2);
});

Deno.test("waits grow while sessions die at once, and start anew after one that lived", () => {
  const { transport, live, clock } = following();
  const waits = [];
  for (let i = 0; i < 4; i++) {
    transport.last().close(1006);
    const wait = (live.status.value.retryAt ?? 0) - clock.now();
    waits.push(wait);
    clock.advance(wait);
    assert.equal(transport.connections.length, i + 2);
    transport.last().welcome();
    if (i === 2) clock.advance(5_000);
  }
  assert.deepEqual(waits, [250, 500, 1_000, 250]);
});

for (
  const [answer, state] of [
    ["signed_out", "signed_out"],
    ["unavailable", "reconnecting"],
    ["ok", "reconnecting"],
    ["unreachable", "offline"],
  ] as const
) {
  Deno.test(`a failed upgrade is explained by a probe: ${answer} is ${state}`, async () => {
    const { transport, live, clock, probes } = setUp([answer]);
    live.start();
    transport.last().close(1006);
    await settled();
    assert.deepEqual(probes, [answer]);
    assert.equal(live.status.value.state, state);
    clock.advance(20_000);
    assert.equal(transport.connections.length > 1, answer !== "signed_out");
  });
}

Deno.test("no welcome within 10 s is a failed try", async () => {
  const { transport, live, clock, probes } = setUp();
  live.start();
  clock.advance(10_000);
  await settled();
  assert.equal(transport.connections[0]?.closedBy, close.pingTimeout);
  assert.deepEqual(probes, ["ok"]);
  clock.advance(1_000);
  assert.equal(transport.connections.length, 2);
});

Deno.test("a silent client pings; a server silent for twice that is left with 4002", () => {
  const { transport, live, clock } = following();
  const before = transport.last().all("ping").length;
  clock.advance(PING_MS);
  assert.equal(transport.last().all("ping").length, before + 1);
  clock.advance(PING_MS - 1);
  assert.equal(transport.last().closedBy, undefined);
  clock.advance(1);
  assert.equal(transport.connections[0]?.closedBy, close.pingTimeout);
  assert.equal(live.status.value.state, "reconnecting");
});

Deno.test("pongs keep a silent session and give the round trip", () => {
  const { transport, live, clock } = following();
  for (let i = 0; i < 10; i++) {
    const [ping] = transport.last().all("ping").slice(-1);
    clock.advance(34);
    transport.last().say({ t: "pong", id: ping?.id ?? 0 });
    assert.equal(live.status.value.rtt, 34);
    clock.advance(PING_MS - 34);
    assert.equal(transport.last().all("ping").length, i + 2);
  }
  assert.equal(transport.connections.length, 1);
});

Deno.test("a wake asks the server before anything else, then wants an answer from the session within 3 s", async () => {
  const { transport, live, clock, probes } = following();
  const pings = transport.last().all("ping").length;
  const woke = live.wake();
  assert.deepEqual(probes, ["ok"]);
  assert.equal(transport.last().all("ping").length, pings);
  await woke;
  assert.equal(transport.last().all("ping").length, pings + 1);
  clock.advance(3_000);
  assert.equal(transport.connections[0]?.closedBy, close.pingTimeout);
});

Deno.test("a live session is given up as soon as the browser reaches nothing, and comes back by itself", async () => {
  const { transport, live, clock } = setUp(["unreachable"]);
  live.start();
  transport.last().welcome();
  await live.wake();
  assert.equal(live.status.value.state, "offline");
  assert.equal(transport.connections[0]?.closedBy, close.pingTimeout);
  clock.advance(1_000);
  transport.last().welcome();
  assert.equal(live.status.value.state, "live");
});

Deno.test("a wake while offline connects at once when the server answers", async () => {
  const { transport, live } = setUp(["unreachable", "ok"]);
  live.start();
  transport.last().close(1006);
  await settled();
  assert.equal(live.status.value.state, "offline");
  await live.wake();
  assert.equal(transport.connections.length, 2);
});

Deno.test("a wake that finds us signed out ends it", async () => {
  const { transport, live, clock } = setUp(["signed_out"]);
  live.start();
  transport.last().welcome();
  await live.wake();
  assert.equal(live.status.value.state, "signed_out");
  clock.advance(60_000);
  assert.equal(transport.connections.length, 1);
});

Deno.test("without a session calls go by POST, signed out they are refused at once", async () => {
  const { transport, live } = following();
  transport.last().close(1006);
  await assert.rejects(live.call("presence.typing", { room: "r1" }), { detail: "posted" });
  const other = following();
  other.transport.last().close(close.signedOut);
  await assert.rejects(other.live.call("presence.typing", { room: "r1" }), { code: "unauthenticated" });
});

Deno.test("whose presence is watched is sent again after a reconnect, 200 people at most", () => {
  const { transport, live, clock } = following();
  live.watch(Array.from({ length: 250 }, (_, i) => `u${i}`));
  transport.last().close(1006);
  clock.advance(1_000);
  transport.last().welcome();
  assert.equal(transport.last().all("watch")[0]?.users.length, 200);
});
