/**
 * Fault 16 of tests/README.md: the process is stopped for longer than any deadline in it. Whoever wrote may have been
 * told that it is unknown what became of it; whoever follows is told what landed within 2 s, without another append.
 */
import assert from "node:assert/strict";
import { createCrew, judge } from "./crew.ts";
import { chosenSeed, createRandom } from "./random.ts";
import { withSite } from "./site.ts";

const STOPPED_MS = 20_000;
const CREW = { senders: 3, changers: 2, markers: 2, followers: 7 };
const SENDS = 150; // before, and again after

Deno.test(`fault 16: a process that is stopped for ${STOPPED_MS} ms under load loses nothing, and delivers all that landed`, async () => {
  const random = createRandom(chosenSeed("stopped"));
  await withSite(async (site) => {
    const crew = await createCrew(site, CREW, random);
    await crew.reached(SENDS);
    await site.freeze(STOPPED_MS);
    await crew.settle();
    await crew.reached(crew.sends() + SENDS);
    const counts = await judge(site, crew, async () => assert.equal((await site.stop()).code, 0));
    console.log(`stopped: ${JSON.stringify(counts)}`);
  });
});
