import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createPace, TURN_POINTS, WORKS_WAITING_MAX } from "../../lib/server/limits/pace.ts";

Deno.test("a person's work goes on over several turns, in order; another's begins at once", async () => {
  const pace = createPace(setImmediate);
  const done: string[] = [];
  const finished = Promise.withResolvers<void>();
  function* work(name: string, pieces: number, last?: () => void) {
    for (let piece = 0; piece < pieces; piece++) {
      done.push(name);
      yield TURN_POINTS / 4;
    }
    last?.();
    return 0;
  }
  assert.ok(pace.take("eve", work("a", 6)));
  assert.ok(pace.take("eve", work("b", 3, finished.resolve)));
  assert.equal(done.join(""), "aaaa", "a turn's share of it");
  assert.ok(pace.take("ann", work("x", 1)));
  assert.equal(done.join(""), "aaaax");
  const turns = (async () => {
    while (done.filter((it) => it === "b").length < 3) {
      await nextTurn();
      done.push("|");
    }
  })();
  await finished.promise;
  await turns;
  assert.match(done.join(""), /^aaaax\|*aabb\|+b\|*$/);
  await nextTurn();
  assert.ok(pace.take("eve", work("c", 4)));
  assert.equal(done.filter((it) => it === "c").length, 4, "a later turn has its whole share");
});

Deno.test("so much of one person's work may wait, and no more", async () => {
  const pace = createPace(setImmediate);
  let count = 0;
  function* work() {
    count++;
    yield TURN_POINTS;
    return 0;
  }
  for (let at = 0; at < WORKS_WAITING_MAX; at++) assert.ok(pace.take("eve", work()));
  assert.equal(pace.take("eve", work()), false);
  assert.ok(pace.take("ann", work()));
  while (count < WORKS_WAITING_MAX + 1) await nextTurn();
  assert.equal(count, WORKS_WAITING_MAX + 1);
});
