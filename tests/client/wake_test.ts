import assert from "node:assert/strict";
import { onWake } from "../../lib/client/connection/wake.ts";
import { createFakeClock } from "./fake_clock.ts";

const MINUTE_MS = 60_000;

function setUp(visibilityState: DocumentVisibilityState) {
  const clock = createFakeClock();
  const document = Object.assign(new EventTarget(), { visibilityState });
  const page = Object.assign(new EventTarget(), { document });
  let wakes = 0;
  const stop = onWake(clock, page, () => void wakes++);
  return { clock, document, page, stop, wakes: () => wakes };
}

Deno.test("a machine that slept is noticed by the gap, once", () => {
  const { clock, wakes } = setUp("visible");
  clock.advance(MINUTE_MS);
  assert.equal(wakes(), 0);
  clock.sleep(MINUTE_MS);
  clock.advance(MINUTE_MS);
  assert.equal(wakes(), 1);
});

Deno.test("a hidden page, whose timers run once a minute, has not slept; one that is gone for long has", () => {
  const { clock, wakes } = setUp("hidden");
  clock.hide();
  clock.advance(60 * MINUTE_MS);
  assert.equal(wakes(), 0);
  clock.sleep(10 * MINUTE_MS);
  clock.advance(MINUTE_MS);
  assert.equal(wakes(), 1);
});

Deno.test("what comes together wakes once; the network's going is reported each time; nothing after the end", () => {
  const { clock, document, page, stop, wakes } = setUp("visible");
  document.dispatchEvent(new Event("visibilitychange"));
  page.dispatchEvent(new Event("online"));
  assert.equal(wakes(), 1);
  page.dispatchEvent(new Event("offline"));
  assert.equal(wakes(), 2);
  clock.advance(1_000);
  page.dispatchEvent(new Event("online"));
  assert.equal(wakes(), 3);
  stop();
  page.dispatchEvent(new Event("offline"));
  clock.sleep(10 * MINUTE_MS);
  clock.advance(MINUTE_MS);
  assert.equal(wakes(), 3);
});

Deno.test("a clock that was put back keeps no page from waking", () => {
  const { clock, page, wakes } = setUp("visible");
  page.dispatchEvent(new Event("online"));
  clock.putBack(60 * MINUTE_MS);
  clock.advance(MINUTE_MS);
  page.dispatchEvent(new Event("online"));
  assert.equal(wakes(), 2);
});
