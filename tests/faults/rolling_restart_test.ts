/**
 * Fault 8 of tests/README.md: three instances over one `denokv`, restarted one after the other while people write, mark
 * and follow through a balancer without stickiness. Nothing is lost, doubled or out of order, and everybody is back.
 */
import assert from "node:assert/strict";
import { withCluster } from "./cluster.ts";
import { createCrew, judge } from "./crew.ts";
import { denokvPath } from "./denokv.ts";
import { chosenSeed, createRandom } from "./random.ts";
import { SETTLED_MS } from "./settle.ts";

const INSTANCES = 3;
const ROUNDS = Number(Deno.env.get("ROUNDS")) || 2; // each restarts every instance
/** What the change watcher misses, while an instance restarts, is found by the look at all heads (lib/README.md). */
const LOOK_MS = 5_000;
const CREW = { senders: 3, markers: 2, followers: 9, settledMs: SETTLED_MS + LOOK_MS };
const SENDS_BETWEEN_RESTARTS = 150;
const DRAIN_MAX_MS = 5_000; // lib/protocol/README.md §5

Deno.test({
  name:
    `fault 8: ${ROUNDS} rolling restarts of ${INSTANCES} instances over one denokv lose, double and reorder nothing`,
  ignore: denokvPath === undefined,
  fn: () =>
    withCluster({ denokv: denokvPath ?? "", instances: INSTANCES }, async (cluster) => {
      const crew = await createCrew(cluster, CREW, createRandom(chosenSeed("rolling restart")));
      const ends: number[] = [];
      for (let at = 0; at < ROUNDS * INSTANCES; at++) {
        await crew.reached(crew.sends() + SENDS_BETWEEN_RESTARTS);
        const { code, ms } = await cluster.restart(at);
        assert.equal(code, 0);
        assert(ms < DRAIN_MAX_MS, `an instance took ${ms} ms to end`);
        ends.push(Math.round(ms));
      }
      const counts = await judge(cluster, crew, cluster.stop);
      console.log(`show: ${JSON.stringify({ restarts: ends.length, ...counts, ends })}`);
      assert(counts.marks > 0 && crew.followers.every(({ entries, connects }) => entries.length > 0 && connects > 1));
    }),
});
