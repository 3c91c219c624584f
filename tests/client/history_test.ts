import assert from "node:assert/strict";
import { createHistory, NOTES_MAX, ROUND_TRIPS_MAX } from "../../lib/client/connection/history.ts";
import { createFakeClock, settled } from "./fake_clock.ts";
import { begin, events, room, withChoice } from "./with_choice.ts";

Deno.test("the history keeps the newest of its notes and round trips, with their times", () => {
  const clock = createFakeClock();
  const history = createHistory(clock);
  const start = clock.now();
  for (let n = 1; n <= NOTES_MAX + 5; n++) {
    history.note({ transport: "ws", kind: "broke", code: n });
    clock.advance(1);
  }
  assert.equal(history.notes.value.length, NOTES_MAX);
  assert.deepEqual(history.notes.value[0], { at: start + 5, transport: "ws", kind: "broke", code: 6 });
  for (let ms = 1; ms <= ROUND_TRIPS_MAX + 5; ms++) history.roundTrip(ms);
  assert.equal(history.roundTrips.value.length, ROUND_TRIPS_MAX);
  assert.equal(history.roundTrips.value.at(-1)?.ms, ROUND_TRIPS_MAX + 5);
});

Deno.test("a WebSocket that is blocked is noted with what the probe said, and when it is tried again", async () => {
  const { ws, poll, live, clock, pass } = withChoice();
  const { history } = live;
  live.start();
  ws.last().close(1006);
  await pass(500);
  ws.last().close(1006);
  await settled();
  begin(poll);
  assert.deepEqual(history.notes.value.map(({ at: _, ...it }) => it), [
    { transport: "ws", kind: "refused", code: 1006, probe: "ok" },
    { transport: "ws", kind: "refused", code: 1006, probe: "ok" },
    { transport: "poll", kind: "live" },
  ]);
  const due = history.nextTry.value ?? 0;
  assert.ok(due > clock.now() && due <= clock.now() + 30_000, `${due - clock.now()}`);
  await pass(due - clock.now());
  ws.last().close(1006);
  assert.deepEqual({ ...history.notes.value.at(-1), at: 0 }, { at: 0, transport: "ws", kind: "refused", code: 1006 });
  assert.ok((history.nextTry.value ?? 0) > due);
});

Deno.test("a WebSocket that opens and is closed before it says anything is cut off, not blocked", async () => {
  const { ws, poll, live, memory, pass } = withChoice();
  live.start();
  for (let tries = 0; tries < 2; tries++) {
    ws.last().opens();
    ws.last().close(1006);
    await pass(500);
  }
  begin(poll);
  assert.equal(live.status.value.because, "cut");
  assert.equal(memory.because, "cut");
  assert.deepEqual(live.history.notes.value.map((it) => it.kind), ["cut", "cut", "live"]);
});

Deno.test("how far each stream has come is published, and whether it is delivered", async () => {
  const { ws, live } = withChoice();
  live.start();
  assert.deepEqual(live.sync.value.get(room), { seq: undefined, isLive: false });
  begin(ws);
  assert.deepEqual(live.sync.value.get(room), { seq: undefined, isLive: true });
  events(ws, 0, 3);
  assert.deepEqual(live.sync.value.get(room), { seq: 3, isLive: true });
  live.unfollow(room);
  assert.equal(live.sync.value.size, 0);
  await settled();
});
