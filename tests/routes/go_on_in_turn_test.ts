/** Requests of one person that go on at the same moment, because they share the look-up of their sign-in. */
import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Services } from "../../lib/server/services.ts";
import { type AppCase, withApp, withTimers } from "./with_app.ts";

const REQUESTS = 24;

/** How many of a person's requests, each from another address, went on in each turn of the event loop. */
async function turnsOf(
  request: (it: AppCase, cookie: string, peer: string) => Promise<Response>,
  noting: (services: Services, note: () => void) => Services,
): Promise<number[]> {
  const order: string[] = [];
  await withApp(async (it) => {
    const { cookie } = await it.setUp();
    order.length = 0;
    let isOver = false;
    const turns = (async () => {
      while (!isOver) {
        await nextTurn();
        order.push("|");
      }
    })();
    const asked = await Promise.all(Array.from({ length: REQUESTS }, (_, at) => request(it, cookie, `10.0.0.${at}`)));
    isOver = true;
    await turns;
    for (const { status, body } of asked) {
      assert.equal(status, 200);
      await body?.cancel();
    }
  }, { env: { LIMITS: "" }, change: (services) => noting(services, () => void order.push("s")) });
  const byTurn = order.join("").split(/\|+/).filter((turn) => turn !== "").map((turn) => turn.length);
  assert.equal(byTurn.reduce((sum, count) => sum + count), REQUESTS);
  return byTurn;
}

Deno.test("four requests of a person go on in a turn, from however many addresses they come", withTimers, async () => {
  const turns = await turnsOf(
    ({ ask, origin }, cookie, peer) => {
      const headers = { origin, cookie, "content-type": "application/json" };
      return ask("/api/auth.me", { method: "POST", body: "{}", headers, peer });
    },
    (services, note) => ({
      ...services,
      run(name, body, call) {
        note();
        return services.run(name, body, call);
      },
    }),
  );
  assert(turns.every((count) => count <= 4), turns.join(" "));
});

Deno.test("of live connections one begins in a turn", withTimers, async () => {
  const turns = await turnsOf(
    ({ ask }, cookie, peer) => ask("/live/sse?v=1&streams=feed", { headers: { cookie }, peer }),
    ({ hub, ...services }, note) => {
      const admit: typeof hub.admit = (user, verb) => {
        note();
        return hub.admit(user, verb);
      };
      return { ...services, hub: { ...hub, admit } };
    },
  );
  assert(turns.every((count) => count === 1), turns.join(" "));
});
