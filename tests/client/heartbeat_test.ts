import assert from "node:assert/strict";
import { createHeartbeat } from "../../lib/client/connection/heartbeat.ts";
import { createFakeClock } from "./fake_clock.ts";

const EVERY_MS = 25_000;
const HOUR_S = 3_600;

/** A connection whose other side is the test. */
function setUp() {
  const clock = createFakeClock();
  const pings: { id: number; at: number }[] = [];
  let deaths = 0;
  const heartbeat = createHeartbeat({
    clock,
    ping(id) {
      pings.push({ id, at: clock.now() });
      heartbeat.sent();
    },
    dead: () => void deaths++,
  });
  return { clock, pings, heartbeat, deaths: () => deaths };
}

Deno.test("a page that is hidden pings within what the server waits for, for as long as it is answered", () => {
  const { clock, pings, heartbeat, deaths } = setUp();
  clock.hide();
  heartbeat.start(EVERY_MS);
  for (let s = 0, answered = 0; s < HOUR_S; s++) {
    for (; answered < pings.length; answered++) heartbeat.received(); // A pong is no timer's.
    clock.advance(1_000);
  }
  const gaps = pings.map(({ at }, n) => at - (pings[n - 1]?.at ?? at));
  assert.ok(Math.max(...gaps) < 2 * EVERY_MS, `${Math.max(...gaps)} ms without a ping`);
  assert.ok(pings.length <= HOUR_S * 1_000 / EVERY_MS + 1);
  assert.equal(deaths(), 0);
});

Deno.test("one that stopped pings no more, whatever is heard", () => {
  const { clock, pings, heartbeat, deaths } = setUp();
  heartbeat.start(EVERY_MS);
  heartbeat.stop();
  heartbeat.received();
  clock.advance(10 * EVERY_MS);
  assert.equal(pings.length, 1);
  assert.equal(deaths(), 0);
});

Deno.test("whoever answers nothing is given up after twice the time", () => {
  const { clock, heartbeat, deaths } = setUp();
  heartbeat.start(EVERY_MS);
  clock.advance(2 * EVERY_MS - 1);
  assert.equal(deaths(), 0);
  clock.advance(1);
  assert.equal(deaths(), 1);
});

Deno.test("a clock that was put back keeps nobody from pinging, nor gives up whoever answers", () => {
  const { clock, pings, heartbeat, deaths } = setUp();
  heartbeat.start(EVERY_MS);
  heartbeat.received();
  clock.putBack(HOUR_S * 1_000);
  for (let s = 0, answered = 1; s < 120; s++) {
    for (; answered < pings.length; answered++) heartbeat.received();
    clock.advance(1_000);
  }
  assert.ok(pings.length > 3 && pings.length < 8, `${pings.length} pings`);
  assert.equal(deaths(), 0);
});
