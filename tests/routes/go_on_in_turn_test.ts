/** Requests of one person that go on at the same moment, because they share the look-up of their sign-in. */
import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { withApp, withTimers } from "./with_app.ts";

const REQUESTS = 24;

Deno.test("four requests of a person go on in a turn, from however many addresses they come", withTimers, async () => {
  const order: string[] = [];
  await withApp(async ({ ask, setUp }) => {
    const { cookie } = await setUp();
    let isOver = false;
    const turns = (async () => {
      while (!isOver) {
        await nextTurn();
        order.push("|");
      }
    })();
    const asked = await Promise.all(
      Array.from(
        { length: REQUESTS },
        (_, at) => ask("/live/sse?v=1&streams=feed", { headers: { cookie }, peer: `10.0.0.${at}` }),
      ),
    );
    isOver = true;
    await turns;
    for (const { status, body } of asked) {
      assert.equal(status, 200);
      await body?.cancel();
    }
    const byTurn = order.join("").split(/\|+/).filter((turn) => turn !== "");
    assert.equal(byTurn.join("").length, REQUESTS);
    assert(byTurn.every((turn) => turn.length <= 4), byTurn.join(" "));
  }, {
    env: { LIMITS: "" },
    change({ hub, ...services }) {
      const admit: typeof hub.admit = (user, verb) => {
        order.push("s");
        return hub.admit(user, verb);
      };
      return { ...services, hub: { ...hub, admit } };
    },
  });
});
