/** kill -9 under load, over and over: nothing acknowledged is lost, nothing comes twice, and everybody resumes. */
import assert from "node:assert/strict";
import { createCrew, judge } from "./crew.ts";
import type { Transport } from "./lines.ts";
import { chosenSeed, createRandom } from "./random.ts";
import { withSite } from "./site.ts";

const KILLS = Number(Deno.env.get("KILLS")) || (Deno.env.get("FAULTS") === "all" ? 20 : 3);
const SENDERS = 4;
const MARKERS = 2;
const FOLLOWERS = SENDERS + MARKERS; // each person follows
const SENDS_BETWEEN_KILLS_MAX = 2_000;
const TRANSPORTS: Transport[][] = [["ws"], ["ws", "poll"], ["sse"]];

Deno.test(`faults 1, 7: ${KILLS} kill -9 under load lose, double and reorder nothing`, async () => {
  const random = createRandom(chosenSeed("kill -9"));
  await withSite(async (site) => {
    const transportsOf = (at: number) => TRANSPORTS[at % TRANSPORTS.length];
    const hired = { senders: SENDERS, markers: MARKERS, followers: FOLLOWERS, transportsOf };
    const crew = await createCrew(site, hired, random);
    while (site.kills < KILLS) {
      await crew.reached(crew.sends() + random.between(20, SENDS_BETWEEN_KILLS_MAX));
      await site.killAndRestart();
      await crew.settle();
    }
    const counts = await judge(site, crew, async () => assert.equal((await site.stop()).code, 0));
    console.log(`${site.kills} kills: ${JSON.stringify(counts)}`);
    assert(counts.sends > 0 && counts.marks > 0 && crew.followers.every(({ connects }) => connects > 1));
  });
});
