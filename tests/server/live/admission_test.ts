import { processClock } from "../../../lib/server/live/clock.ts";
import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { createAdmission } from "../../../lib/server/live/admission.ts";
import { createPollPace } from "../../../lib/server/live/transports/poll_pace.ts";
import { Refusal } from "../../../lib/protocol/errors.ts";

/** What a hub counts, without sessions. */
function newCounts() {
  const of = new Map<string, number>();
  const add = (user: string, by: number) => void of.set(user, (of.get(user) ?? 0) + by);
  return {
    sessionsOf: (user: string) => of.get(user) ?? 0,
    outlived: (user: string) => add(user, 1),
    closed: (user: string) => add(user, -1),
  };
}
const isRefused = (error: unknown) => error instanceof Refusal && error.code === "rate_limited";

Deno.test("of 300 connections that come at once 200 are let in, before any of them has a session", () => {
  const { admit } = createAdmission({ limits: true, clock: processClock, counts: newCounts() });
  const places = Array.from({ length: 200 }, () => admit("eve", "connect"));
  for (let i = 0; i < 100; i++) assert.throws(() => admit("eve", "connect"), isRefused);
  admit("ann", "connect");
  places[0]?.();
  places[0]?.(); // once is enough
  admit("eve", "connect");
  assert.throws(() => admit("eve", "connect"), isRefused);
});

Deno.test("who opens and closes connections again and again is refused after 400 in 10 s", () => {
  const { admit } = createAdmission({ limits: true, clock: processClock, counts: newCounts() });
  for (let i = 0; i < 400; i++) admit("eve", "connect")();
  assert.throws(() => admit("eve", "connect"), isRefused);
});

Deno.test("LIMITS=off lets everybody in", () => {
  const { admit } = createAdmission({ limits: false, clock: processClock, counts: newCounts() });
  for (let i = 0; i < 1_000; i++) admit("eve", "connect");
});

Deno.test("polls of one person that come too fast are held for a moment, and refused far beyond; another's are not", () => {
  const pace = createPollPace({ limits: true, clock: processClock });
  const held = Array.from({ length: 4_001 }, () => pace.hold("eve", 3));
  assert.deepEqual([held[0], held[799], held[800], held[3_999], held[4_000]], [0, 0, 250, 250, undefined]);
  assert.equal(pace.hold("ann", 3), 0);
});

Deno.test("polls of one person begin 10 ms apart, and another's at once", async () => {
  let [now, due]: [number, { at: number; run: () => void }[]] = [0, []];
  const clock = {
    now: () => now,
    after(ms: number, run: () => void) {
      due.push({ at: now + ms, run });
      return () => void (due = due.filter((it) => it.run !== run));
    },
  };
  const begun: string[] = [];
  const pace = createPollPace({ limits: true, clock });
  const all = ["eve", "eve", "eve", "ann"].map((user) => pace.turn(user).then(() => begun.push(`${user} ${now}`)));
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  for (await turn(); due.length > 0; await turn()) {
    const next = due.shift();
    now = next?.at ?? now;
    next?.run();
  }
  await Promise.all(all);
  assert.deepEqual(begun, ["eve 0", "ann 0", "eve 10", "eve 20"]);
  const endless = createPollPace({ limits: false, clock });
  for (let i = 0; i < 100; i++) await endless.turn("eve");
  assert.equal(now, 20, "LIMITS=off holds nobody");
});

Deno.test("polls weigh what they name", () => {
  const pace = createPollPace({ limits: true, clock: processClock });
  let answered = 0;
  while (pace.hold("eve", 256) !== undefined) answered++;
  assert.equal(answered, 235);
});
