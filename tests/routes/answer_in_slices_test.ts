/** A long answer is made in slices: others have turns of the event loop in between. */
import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { SLICE_MS } from "../../lib/server/limits/slices.ts";
import type { Run } from "../../lib/server/commands/runner.ts";
import { withApp } from "./with_app.ts";

const MESSAGES = 64;
const PIECES = 8; // of a slice

Deno.test("what a call that reads much gives is written in slices", async () => {
  const order: string[] = [];
  const message = {
    toJSON() {
      for (const begun = performance.now(); performance.now() - begun < SLICE_MS / PIECES;);
      order.push("m");
      return "m";
    },
  };
  const long = (() => Promise.resolve({ messages: Array(MESSAGES).fill(message), more: false })) as unknown as Run;
  let isReal = true;
  await withApp(async ({ call, setUp }) => {
    const { cookie } = await setUp();
    isReal = false;
    let isOver = false;
    const turns = (async () => {
      while (!isOver) {
        await nextTurn();
        order.push("|");
      }
    })();
    const response = await call("messages.list", {}, { cookie });
    isOver = true;
    await turns;
    assert.deepEqual(await response.json(), { messages: Array(MESSAGES).fill("m"), more: false });
    const byTurn = order.join("").split(/\|+/).filter((turn) => turn !== "").map((turn) => turn.length);
    assert(byTurn.every((count) => count <= 2 * PIECES), byTurn.join(" "));
  }, {
    change: (services) => ({
      ...services,
      run: (name, body, by) => isReal ? services.run(name, body, by) : long(name, body, by),
    }),
  });
});
