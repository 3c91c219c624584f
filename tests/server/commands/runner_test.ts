/** Calls by nobody who is signed in: an address has its share of a turn of the event loop, like a person. */
import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { withTimers } from "../../routes/with_app.ts";
import type { Services } from "../../../lib/server/services.ts";
import { UnreadBody } from "../../../lib/server/commands/runner.ts";
import { withWorkspace } from "../../support/services.ts";

const CALLS = 24;

/** Calls of `address` that note when they have got as far as reading their body. */
function callsFrom(address: string, run: Services["run"], begun: string[]): Promise<unknown>[] {
  const call = { address, agent: "test", origin: "http://localhost", setSession() {} };
  return Array.from({ length: CALLS }, () => {
    const read = () => Promise.resolve(void begun.push(address));
    return run("auth.signIn", new UnreadBody(read), call).catch((error: unknown) => error);
  });
}

Deno.test({
  name: "of an address, eight calls without sign-in begin in a turn; another address doesn't wait for them",
  ...withTimers,
  fn: () =>
    withWorkspace(async ({ services: { run } }) => {
      const begun: string[] = [];
      let isOver = false;
      const turns = (async () => {
        while (!isOver) {
          await nextTurn();
          begun.push("|");
        }
      })();
      await Promise.all([...callsFrom("a", run, begun), ...callsFrom("b", run, begun)]);
      isOver = true;
      await turns;
      const byTurn = begun.join("").split(/\|+/).filter((turn) => turn !== "");
      assert.deepEqual(byTurn, Array.from({ length: CALLS / 8 }, () => "a".repeat(8) + "b".repeat(8)));
    }, { limits: true }),
});
