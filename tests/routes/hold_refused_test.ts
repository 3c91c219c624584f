/** Answers to what is too much come late: whoever comes back at once must not get more of the process than who waits. */
import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Refusal, toProblem } from "../../lib/protocol/errors.ts";
import { createHold, HELD_MAX } from "../../lib/server/http/hold_refused.ts";
import type { Hub } from "../../lib/server/live/hub.ts";
import { withApp, withTimers } from "./with_app.ts";

const goingOn = new AbortController().signal;
const refusal = (code: "rate_limited" | "unavailable", retryAfter: number) =>
  new Refusal(code, "Cannot follow: there is too much", { retryAfter });

Deno.test("a 429 is held for a second, or for as long as it says if that is less; nothing else is", async () => {
  const due: { done: () => void; ms: number }[] = [];
  const hold = createHold((done, ms) => due.push({ done, ms }), goingOn);
  assert.equal(hold(toProblem(refusal("unavailable", 5_000))), undefined);
  const held = [5_000, 300].map((ms) => hold(toProblem(refusal("rate_limited", ms))));
  assert.deepEqual(due.map(({ ms }) => ms), [1_000, 300]);
  for (const { done } of due.splice(0)) done();
  await Promise.all(held);
  for (let at = 0; at < HELD_MAX; at++) assert(hold(toProblem(refusal("rate_limited", 5_000))));
  assert.equal(hold(toProblem(refusal("rate_limited", 5_000))), undefined, "more are answered at once");
  due[0]?.done();
  assert(hold(toProblem(refusal("rate_limited", 5_000))));
});

Deno.test("a drain lets go of what is held, and nothing is held any more", async () => {
  const draining = new AbortController();
  const hold = createHold(() => {}, draining.signal); // by itself none would end
  const held = Array.from({ length: 40 }, () => hold(toProblem(refusal("rate_limited", 5_000))));
  assert(held.every((it) => it !== undefined));
  draining.abort();
  await Promise.all(held);
  assert.equal(hold(toProblem(refusal("rate_limited", 5_000))), undefined);
});

Deno.test("what was refused at the same moment is answered four a turn", async () => {
  const due: (() => void)[] = [];
  const hold = createHold((done) => due.push(done), goingOn);
  let [answered, isOver] = [0, false];
  const held = Array.from(
    { length: 40 },
    () => hold(toProblem(refusal("rate_limited", 5_000)))?.then(() => answered++),
  );
  const byTurn: number[] = [];
  const turns = (async () => {
    while (!isOver) {
      await nextTurn();
      if (answered > 0) byTurn.push(answered);
      answered = 0;
    }
  })();
  for (const done of due) done();
  await Promise.all(held);
  isOver = true;
  await turns;
  assert.equal(byTurn.reduce((sum, count) => sum + count), 40);
  assert(byTurn.every((count) => count <= 4), byTurn.join(" "));
});

Deno.test("the app answers a connection that is too many when its clock says so", withTimers, async () => {
  const held = Promise.withResolvers<() => void>();
  const tooMany: Hub["admit"] = () => {
    throw refusal("rate_limited", 5_000);
  };
  await withApp(async ({ ask, setUp }) => {
    const { cookie } = await setUp();
    let isAnswered = false;
    const asked = ask("/live/sse?v=1&streams=feed", { headers: { cookie } }).finally(() => isAnswered = true);
    const answer = await Promise.race([held.promise, asked]);
    assert(!("status" in answer), "it was answered at once");
    assert(!isAnswered);
    answer();
    const { status, headers } = await asked;
    assert.deepEqual([status, headers.get("retry-after")], [429, "5"]);
  }, {
    change({ hub, ...services }) {
      const clock: Hub["clock"] = {
        ...hub.clock,
        after(ms, run) {
          if (ms !== 1_000) return hub.clock.after(ms, run);
          held.resolve(run);
          return () => {};
        },
      };
      return { ...services, hub: { ...hub, clock, admit: tooMany } };
    },
  });
});
