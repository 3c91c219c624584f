import assert from "node:assert/strict";
import { HOLD_MS, TRY_FIRST_MS, TRY_MAX_MS, WORKED_MS } from "../../lib/client/connection/fallback.ts";
import { settled } from "./fake_clock.ts";
import { offset } from "./samples.ts";
import { begin, events, pong, room, withChoice } from "./with_choice.ts";

async function onPoll() {
  const all = withChoice({ remembered: "blocked" });
  all.live.start();
  await settled();
  begin(all.poll);
  return all;
}

/** A trial that proves itself, and takes over. */
async function comeBack({ ws, pass }: Awaited<ReturnType<typeof onPoll>>, at: number) {
  ws.last().welcome();
  pong(ws);
  await pass(HOLD_MS);
  ws.last().say({ t: "followed", stream: room, offset: offset(at), head: offset(at) });
}

Deno.test("the WebSocket is tried after 30 s, and carries the session on without a gap once it has proved itself", async () => {
  const all = await onPoll();
  const { ws, poll, live, seqs, memory, pass } = all;
  events(poll, 0, 2);
  await pass(TRY_FIRST_MS);
  assert.equal(ws.connections.length, 1);
  ws.last().welcome();
  ws.last().say({ t: "digest", rooms: {} });
  pong(ws);
  await pass(HOLD_MS - 250);
  events(poll, 2, 3);
  assert.equal(live.status.value.transport, "poll");
  await pass(250);
  assert.deepEqual([live.status.value.transport, live.status.value.because], ["ws", undefined]);
  assert.equal(live.status.value.reconnects, 0);
  assert.notEqual(poll.last().closedBy, undefined);
  assert.deepEqual(ws.last().all("follow"), [{ t: "follow", streams: { [room]: offset(3) } }]);
  events(poll, 3, 4); // The answer to a poll that was under way.
  ws.last().say({ t: "followed", stream: room, offset: offset(3), head: offset(4) });
  events(ws, 3, 5);
  assert.deepEqual(seqs, [1, 2, 3, 4, 5]);
  assert.equal(memory.because, undefined);
});

Deno.test("a call that went over the fallback is answered after the switch", async () => {
  const all = await onPoll();
  const called = all.live.call("presence.typing", { room: "r1" });
  await all.pass(10_000);
  await all.live.wake();
  await all.pass(250);
  pong(all.poll);
  await comeBack(all, 0);
  assert.equal(all.live.status.value.transport, "ws");
  all.poll.last().reply("presence.typing", {});
  assert.deepEqual(await called, {});
});

Deno.test("a wake tries at once", async () => {
  const all = await onPoll();
  await all.live.wake();
  assert.equal(all.poll.last().wakes, 1);
  assert.equal(all.ws.connections.length, 1);
  pong(all.poll);
  await comeBack(all, 0);
  assert.equal(all.live.status.value.transport, "ws");
});

Deno.test("tries grow rarer, up to 5 min, and each failed one is remembered", async () => {
  const { ws, poll, clock, memory, pass } = await onPoll();
  const at: number[] = [];
  memory.because = undefined;
  const end = clock.now() + 20 * 60_000;
  while (clock.now() < end) {
    const before = ws.connections.length;
    await pass(1_000, 1_000);
    pong(poll);
    if (ws.connections.length === before) continue;
    at.push(clock.now());
    ws.last().close(1006);
  }
  const waits = at.map((it, n) => it - (at[n - 1] ?? it)).slice(1);
  assert.equal(memory.because, "blocked");
  for (const [n, wait] of waits.entries()) {
    const most = Math.min(TRY_MAX_MS, TRY_FIRST_MS * 2 ** (n + 1));
    assert.ok(wait <= most + 1_000 && wait >= most * 3 / 4, `wait ${n} is ${wait}`);
  }
  assert.ok(waits.length >= 5);
});

for (const how of ["never speaks", "dies before it has proved itself"] as const) {
  Deno.test(`a trial that ${how} changes nothing`, async () => {
    const { ws, poll, live, seqs, pass } = await onPoll();
    await pass(TRY_FIRST_MS);
    if (how !== "never speaks") {
      ws.last().welcome();
      pong(ws);
      await pass(HOLD_MS - 250);
      ws.last().close(1006);
    }
    pong(poll);
    await pass(10_000);
    assert.deepEqual([live.status.value.state, live.status.value.transport], ["live", "poll"]);
    ws.last().welcome();
    events(poll, 0, 1);
    assert.deepEqual(seqs, [1]);
    assert.equal(ws.connections.length, 1);
    assert.equal(poll.connections.length, 1);
  });
}

Deno.test("no flapping: a WebSocket that took over and soon failed is tried again later than before", async () => {
  const all = await onPoll();
  const { ws, poll, live, pass } = all;
  const begins: number[] = [];
  for (let round = 0; round < 3; round++) {
    const before = ws.connections.length;
    const begun = all.clock.now();
    while (ws.connections.length === before) {
      await pass(1_000, 1_000);
      pong(poll);
    }
    begins.push(all.clock.now() - begun);
    await comeBack(all, 0);
    assert.equal(live.status.value.transport, "ws");
    ws.last().close(1006);
    await pass(1_000);
    ws.last().close(1006); // The next one does not even open.
    await pass(1_000);
    begin(poll);
    assert.equal(live.status.value.transport, "poll");
  }
  const [first = 0, second = 0, third = 0] = begins;
  assert.ok(second > first * 1.5 && third > second * 1.5, `${begins}`);
});

Deno.test("one that worked for a while starts anew: one failure is no reason to come down, and tries are soon again", async () => {
  const all = await onPoll();
  const { ws, poll, memory, pass } = all;
  await pass(TRY_FIRST_MS);
  await comeBack(all, 0);
  pong(ws);
  await pass(WORKED_MS);
  ws.last().close(1006);
  await pass(1_000);
  ws.last().close(1006);
  await pass(1_000);
  assert.deepEqual([poll.connections.length, memory.because], [1, undefined]);
  ws.last().close(1006);
  await pass(1_000);
  begin(poll);
  const before = ws.connections.length;
  await pass(TRY_FIRST_MS);
  assert.equal(ws.connections.length, before + 1);
});

Deno.test("too shy: a fallback that breaks often does not put off the way back", async () => {
  const { ws, poll, pass } = await onPoll();
  for (let n = 0; n < 8 && ws.connections.length === 0; n++) {
    await pass(5_000);
    poll.last().close(1006);
    await pass(1_000);
    begin(poll);
  }
  assert.equal(ws.connections.length, 1);
});

Deno.test("a clock that was put back does not put off the way back", async () => {
  const { ws, poll, clock, pass } = await onPoll();
  await pass(5_000);
  clock.putBack(24 * 3_600_000);
  poll.last().close(1006);
  await pass(1_000);
  begin(poll);
  await pass(TRY_FIRST_MS);
  assert.equal(ws.connections.length, 1);
});
