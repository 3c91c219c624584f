/**
 * Faults 1, 4, 5 and 7 of tests/README.md together: followers that mix and switch transports, senders, editors and
 * readers of marks behind proxies that spoil what goes by, and kill -9, in an order that a seed draws. Replay it with
 * SEED.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { runMix } from "./mix.ts";
import { chosenSeed, createRandom } from "./random.ts";
import { cuts, faults, kill, type Step, stop, switches } from "./steps.ts";

const isLong = Deno.env.get("FAULTS") === "all";
const isOnlyMix = Deno.env.get("FAULTS") === "mix";
const RUNS = isLong ? 10 : 1;
const STEPS = { min: 12, max: 25 };

Deno.test(`faults 1, 4, 5, 7: mixes of transports, switches, faults, changes and kills, ${RUNS} drawn`, async () => {
  const seed = chosenSeed("mix");
  const step = fc.oneof(
    { weight: 6, arbitrary: faults(40) },
    { weight: 4, arbitrary: switches },
    { weight: 2, arbitrary: cuts },
    { weight: 1, arbitrary: kill },
  );
  const steps = fc.array(step, { minLength: STEPS.min, maxLength: STEPS.max });
  let runs = 0;
  const property = fc.asyncProperty(steps, async (steps) => {
    const counts = await runMix(
      { steps, followers: 6, senders: 2, inFlight: 8, changers: 3, proxies: 3, sends: 400 },
      createRandom(seed + runs++),
    );
    console.log(`mix ${runs}: ${JSON.stringify(counts)}`);
  });
  // A run takes seconds and its moments don't come back exactly, so a smaller one is not looked for.
  await fc.assert(property, { seed, numRuns: RUNS, endOnFailure: true });
});

/** Steps that a seed draws, for as long as somebody asks. */
function* endless(step: fc.Arbitrary<Step>, seed: number): Generator<Step> {
  for (let n = 0;; n++) yield* fc.sample(step, { seed: seed + n, numRuns: 1 });
}

if (isOnlyMix) {
  const minutes = Number(Deno.env.get("MIX_MINUTES")) || 20;
  Deno.test(`faults 1, 4, 5, 7, 16: ${minutes} min of whatever a seed draws, kill -9 and stops of the process among it`, async () => {
    const seed = chosenSeed("long mix");
    const step = fc.oneof(
      { weight: 12, arbitrary: faults(100) },
      { weight: 6, arbitrary: switches },
      { weight: 4, arbitrary: cuts },
      { weight: 2, arbitrary: kill },
      { weight: 1, arbitrary: stop },
    );
    const crew = { followers: 8, senders: 2, inFlight: 4, changers: 3, proxies: 4 };
    const counts = await runMix({ ...crew, steps: endless(step, seed), minutes, sends: 0 }, createRandom(seed));
    console.log(`long mix: SEED=${seed} ${JSON.stringify(counts)}, none lost, doubled or out of order`);
  });
}

const SHOW_MINUTES = 22; // then it ends, and says how far it came
const SHOW = {
  faults: Number(Deno.env.get("PROXY_FAULTS")) || 1_000,
  kills: Number(Deno.env.get("KILLS")) || 50,
  sends: Number(Deno.env.get("SENDS")) || 100_000,
};

if (isLong) {
  Deno.test("faults 1, 4, 7: 50 people edit, delete and react at once while lines are cut: none of it is lost", async () => {
    const seed = chosenSeed("fifty");
    const step = fc.oneof(faults(100), cuts, switches, kill);
    const [steps = []] = fc.sample(fc.array(step, { minLength: 30, maxLength: 30, size: "max" }), { seed, numRuns: 1 });
    const mix = { steps, followers: 6, senders: 2, inFlight: 8, changers: 50, proxies: 4, sends: 3_000 };
    console.log(`fifty: ${JSON.stringify(await runMix(mix, createRandom(seed)))}`);
  });

  const { faults: many, kills, sends } = SHOW;
  Deno.test(`faults 1, 4, 7: ${many} proxy faults, ${kills} kill -9, 20 followers, ${sends} messages at least`, async () => {
    const seed = chosenSeed("show");
    const [spoiled = []] = fc.sample(fc.array(faults(100), { minLength: many, maxLength: many, size: "max" }), {
      seed,
      numRuns: 1,
    });
    const [switched = []] = fc.sample(fc.array(switches, { minLength: many, maxLength: many, size: "max" }), {
      seed,
      numRuns: 1,
    });
    // A kill after so many faults, and as many switches of somebody's transport as faults.
    const steps = spoiled.flatMap((fault, at): Step[] => {
      const isKill = Math.floor((at + 1) * kills / many) > Math.floor(at * kills / many);
      return [fault, ...switched.slice(at, at + 1), ...(isKill ? [{ kind: "kill" as const }] : [])];
    });
    const began = performance.now();
    const counts = await runMix(
      { steps, minutes: SHOW_MINUTES, followers: 20, senders: 6, inFlight: 12, changers: 6, proxies: 6, sends },
      createRandom(seed),
    );
    const took = Math.round((performance.now() - began) / 1_000);
    console.log(`show: SEED=${seed} ${JSON.stringify(counts)}, none lost, doubled or out of order, in ${took} s`);
    const isWhole = counts.faults >= many && counts.kills >= kills && counts.sends >= sends;
    assert(isWhole, `only so much of it was done in ${SHOW_MINUTES} min: the machine is too slow or too busy for all`);
  });
}
