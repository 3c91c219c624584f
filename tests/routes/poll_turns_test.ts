/** Many polls of one person that come, or go on, at the same moment: they begin one a turn. */
import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { TURN_POINTS, type Work } from "../../lib/server/limits/pace.ts";
import type { Hub } from "../../lib/server/live/hub.ts";
import { withApp } from "./with_app.ts";

const POLLS = 6; // of one person may be 8 under way
const body = JSON.stringify({ v: 1, wait: 0, streams: { me: "now" } });

Deno.test("polls of one person that wait at the same moment begin one a turn of the event loop", async () => {
  const order: string[] = [];
  const allCame = Promise.withResolvers<void>();
  const came = () => ++count === POLLS && allCame.resolve();
  let count = 0;
  /** Notes each poll that comes to its person's pace, and each session that begins. */
  const noting = (hub: Hub): Hub => ({
    ...hub,
    pace: {
      take(person, work) {
        came();
        return hub.pace.take(person, work);
      },
    },
    arrive(session) {
      order.push("poll");
      allCame.resolve();
      hub.arrive(session);
    },
  });
  let real: Hub | undefined;
  await withApp(async ({ ask, origin, setUp }) => {
    const { id, cookie } = await setUp();
    assert(real);
    // Something else of the person's takes whole turns until all polls wait.
    let isOver = false;
    const before: Work = { next: () => ({ done: isOver, value: TURN_POINTS }) };
    assert(real.pace.take(id, before));
    const headers = { origin, cookie, "content-type": "application/json" };
    const asked = Array.from({ length: POLLS }, () => ask("/live/poll", { method: "POST", body, headers }));
    await allCame.promise;
    assert.equal(order.length, 0);
    isOver = true;
    let isAnswered = false;
    const turns = (async () => {
      while (!isAnswered) {
        await nextTurn();
        order.push("|");
      }
    })();
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    isAnswered = true;
    await turns;
    assert.deepEqual(statuses, Array(POLLS).fill(200));
    const byTurn = order.join("").split(/\|+/).filter((turn) => turn !== "");
    assert.deepEqual(byTurn, Array(POLLS).fill("poll"));
  }, {
    change(services) {
      real = services.hub;
      return { ...services, hub: noting(services.hub) };
    },
  });
});
