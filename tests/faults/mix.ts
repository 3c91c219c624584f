/**
 * A workspace in use through proxies that spoil what goes by: followers over all transports, senders, people who edit,
 * delete and react, and marks, while steps of a seed happen to them. The oracle has the last word.
 */
import assert from "node:assert/strict";
import { createApi } from "../support/api.ts";
import type { Person } from "../support/people.ts";
import { type Counts, createCrew, type Crew, type CrewOptions, judge } from "./crew.ts";
import { type Proxy, startProxy } from "./proxy.ts";
import type { Random } from "./random.ts";
import { type Site, type Way, withSite } from "./site.ts";
import type { Step } from "./steps.ts";

const MARKERS = 2;
const SENDS_A_LOOK = 1_000; // between two looks at the clock

export interface Mix extends Pick<CrewOptions, "followers" | "senders" | "inFlight" | "changers"> {
  /** Taken one after the other; there may be no end to them. */
  steps: Iterable<Step>;
  /** Then no more steps are taken, and no more sends waited for. */
  minutes?: number;
  proxies: number;
  /** Goes on sending until so many are acknowledged. */
  sends: number;
}

export interface MixCounts extends Counts {
  faults: number;
  cuts: number;
  switches: number;
  kills: number;
  stops: number;
}

/** Runs the steps one after the other, and holds what came of it against the oracle. Gives the counts. */
export async function runMix(mix: Mix, random: Random): Promise<MixCounts> {
  const took = { faults: 0, cuts: 0, switches: 0, stops: 0 };
  const end = performance.now() + (mix.minutes ?? Infinity) * 60_000;
  let judged: Omit<MixCounts, keyof typeof took> | undefined;
  await withSite(async (site) => {
    const proxies = Array.from({ length: mix.proxies }, () => startProxy(site.port));
    try {
      /** Everybody behind some proxy but the first sender, so that there is always progress. */
      const through = (person: Person, at: number) => behind(site, person, at === 0 ? undefined : modulo(proxies, at));
      const crew = await createCrew(site, { ...mix, markers: MARKERS, through }, random);
      for (const step of mix.steps) {
        if (performance.now() > end) break;
        if (step.kind !== "kill") took[COUNTED[step.kind]]++;
        await take(step, site, proxies, crew);
      }
      while (crew.sends() < mix.sends && performance.now() < end) {
        await crew.reached(Math.min(mix.sends, crew.sends() + SENDS_A_LOOK));
      }
      const counts = await judge(site, crew, async () => assert.equal((await site.stop()).code, 0));
      judged = { ...counts, kills: site.kills };
    } finally {
      for (const proxy of proxies) await proxy.stop();
    }
  });
  assert(judged);
  return { ...took, ...judged };
}

const COUNTED = { fault: "faults", cut: "cuts", switch: "switches", stop: "stops" } as const;

async function take(step: Step, site: Site, proxies: Proxy[], crew: Crew): Promise<void> {
  const { followers, sends, reached, settle } = crew;
  if (step.kind === "kill") {
    await site.killAndRestart();
    return await settle();
  }
  if (step.kind === "stop") {
    await site.freeze(step.ms);
    return await settle();
  }
  if (step.kind === "switch") return modulo(followers, step.at)?.switchTo(step.transport);
  const proxy = modulo(proxies, step.at);
  if (step.kind === "fault") {
    proxy?.set(step.fault);
    await reached(sends() + step.sends);
    proxy?.set({ kind: "pass" });
  }
  proxy?.cut(); // what a fault held up or swallowed would be waited for by clients that have no clock
  if (step.kind === "fault") await settle();
}

/** The site as seen through a proxy, and the person there. */
function behind(site: Site, person: Person, proxy: Proxy | undefined): [Way, Person] {
  if (!proxy) return [site, person];
  const way: Way = { url: proxy.origin, port: proxy.port, up: site.up };
  return [way, { ...person, api: createApi(proxy.origin, person.api.cookie()) }];
}

function modulo<T>(list: readonly T[], at: number): T | undefined {
  return list[at % list.length];
}
