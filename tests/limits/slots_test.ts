/** One person's pieces of work, with rests between them. */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { createSlots, TooMany } from "../../lib/server/limits/slots.ts";

/** A clock that is moved by hand, and what waits for it. */
function timed() {
  let at = 0;
  const due: { at: number; done: () => void }[] = [];
  return {
    now: () => at,
    later: (done: () => void, ms: number) => void due.push({ at: at + ms, done }),
    waiting: () => due.length,
    move: (ms: number) => void (at += ms),
    async pass(ms: number) {
      at += ms;
      for (const one of due.splice(0)) {
        if (one.at <= at) one.done();
        else due.push(one);
      }
      await setImmediate();
    },
  };
}

Deno.test("after a piece of work a person's next waits for as long as that took, at most the longest rest; others don't", async () => {
  const clock = timed();
  const slots = createSlots({ atOnce: 1, waitingMax: 9, restAfter: (took) => Math.min(took, 100), ...clock });
  const began: string[] = [];
  const piece = (person: string, name: string, ms: number) =>
    slots.run(person, () => {
      began.push(`${name} ${clock.now()}`);
      clock.move(ms);
      return Promise.resolve();
    });
  await piece("eve", "a", 30); // rests until 60
  assert.equal(clock.waiting(), 0, "a timer only where somebody waits");
  const rest = [piece("eve", "b", 500), piece("eve", "c", 1)];
  await piece("ann", "x", 0);
  await clock.pass(29);
  assert.deepEqual(began, ["a 0", "x 30"]);
  await clock.pass(1);
  assert.deepEqual(began, ["a 0", "x 30", "b 60"]);
  await clock.pass(99); // 659
  assert.equal(began.length, 3);
  await clock.pass(1);
  await Promise.all(rest);
  assert.deepEqual(began.slice(2), ["b 60", "c 660"]);
  await clock.pass(2);
  await piece("eve", "d", 0);
  assert.equal(began.at(-1), "d 663");
});

Deno.test("what waits while a person rests is bounded, and keeps its order", async () => {
  const clock = timed();
  const slots = createSlots({ atOnce: 2, waitingMax: 2, restAfter: (took) => Math.min(took, 100), ...clock });
  const done: number[] = [];
  await slots.run("eve", () => clock.pass(50));
  const two = [1, 2].map((name) => slots.run("eve", () => Promise.resolve(done.push(name))));
  await assert.rejects(slots.run("eve", () => Promise.resolve()), TooMany);
  assert.deepEqual(done, []);
  await clock.pass(50);
  await Promise.all(two);
  assert.deepEqual(done, [1, 2]);
});
