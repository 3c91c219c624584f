/** Requests that come at once: an address has its share of a turn of the event loop, like a person. */
import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { withApp } from "./with_app.ts";

const REQUESTS = 24; // of an address

Deno.test("eight requests of an address begin in a turn; another address doesn't wait for them", () =>
  withApp(async ({ ask }) => {
    const answered: string[] = [];
    let isOver = false;
    const turns = (async () => {
      while (!isOver) {
        await nextTurn();
        answered.push("|");
      }
    })();
    const from = (name: string, peer: string) =>
      Array.from({ length: REQUESTS }, async () => {
        const response = await ask("/openapi.json", { peer });
        answered.push(name);
        await response.body?.cancel();
      });
    await Promise.all([...from("a", "10.0.0.1"), ...from("b", "10.0.0.2")]);
    isOver = true;
    await turns;
    const byTurn = answered.join("").split(/\|+/).filter((turn) => turn !== "");
    assert.deepEqual(byTurn, Array(REQUESTS / 8).fill("a".repeat(8) + "b".repeat(8)));
  }, { env: { LIMITS: "" } }));
