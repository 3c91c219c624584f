/**
 * A workspace in use through proxies that spoil what goes by: followers over all transports, senders, people who edit,
 * delete and react, and marks, while steps of a seed happen to them. The oracle has the last word.
 */
import assert from "node:assert/strict";
import { createApi } from "../support/api.ts";
import type { Person } from "../support/people.ts";
import { type Changer, createChanger } from "./changer.ts";
import { createFollower, type Follower } from "./follower.ts";
import { headsOf } from "./heads.ts";
import type { Transport } from "./lines.ts";
import { createMarker, type Marker } from "./marker.ts";
import { assertChanges, assertMarks, assertRuns, assertSentOnce, assertStoredDense } from "./oracle.ts";
import { type Proxy, startProxy } from "./proxy.ts";
import type { Random } from "./random.ts";
import { createSender, type Sender } from "./sender.ts";
import { type Site, type Way, withSite } from "./site.ts";
import type { Step } from "./steps.ts";
import { readStored } from "./stored.ts";
import { createWatched } from "./within.ts";

const PROGRESS_MS = 60_000; // for so many acknowledgements, and for followers to reach the end
const TRANSPORTS: Transport[] = ["ws", "sse", "poll"];
const MARKERS = 1;
const KNOWN_EACH = 7; // one message in so many may get reactions

export interface Mix {
  steps: readonly Step[];
  followers: number;
  senders: number;
  /** Sends that each of them has under way. */
  inFlight: number;
  /** People who edit, delete and react. */
  changers: number;
  proxies: number;
  /** Goes on sending until so many are acknowledged. */
  sends: number;
}

export interface Counts {
  faults: number;
  cuts: number;
  switches: number;
  kills: number;
  sends: number;
  changes: number;
  marks: number;
  connections: number;
  events: number;
}

interface Crew {
  writers: Person[];
  rooms: string[];
  senders: Sender[];
  changers: (Changer & { user: string })[];
  markers: (Marker & { user: string })[];
  followers: Follower[];
  sends(): number;
  /** Waits until so many sends are acknowledged in all. */
  reached(sends: number): Promise<void>;
}

/** Runs the steps one after the other, and holds what came of it against the oracle. Gives the counts. */
export async function runMix(mix: Mix, random: Random): Promise<Counts> {
  const took = { faults: 0, cuts: 0, switches: 0 };
  let judged: Omit<Counts, keyof typeof took> | undefined;
  await withSite(async (site) => {
    const proxies = Array.from({ length: mix.proxies }, () => startProxy(site.port));
    try {
      const crew = await createCrew(site, proxies, mix, random);
      for (const step of mix.steps) {
        if (step.kind !== "kill") took[COUNTED[step.kind]]++;
        await take(step, site, proxies, crew);
      }
      await crew.reached(mix.sends);
      judged = await judge(site, crew);
    } finally {
      for (const proxy of proxies) await proxy.stop();
    }
  });
  assert(judged);
  return { ...took, ...judged };
}

const COUNTED = { fault: "faults", cut: "cuts", switch: "switches" } as const;

async function createCrew(site: Site, proxies: Proxy[], mix: Mix, random: Random): Promise<Crew> {
  const writers: Person[] = [];
  for (let n = 0; n < mix.senders + mix.changers + MARKERS; n++) writers.push(await site.join(`person${n}`));
  const rooms: string[] = [];
  for (const visibility of ["public", "private"] as const) {
    const { room } = await site.owner.api.call("rooms.create", { name: visibility, visibility });
    for (const { id } of writers) await site.owner.api.call("rooms.addMember", { room: room.id, user: id });
    rooms.push(room.id);
  }
  /** Everybody behind some proxy but the first sender, so that there is always progress. */
  const wayOf = (person: Person, at: number) => through(site, person, at === 0 ? undefined : modulo(proxies, at));
  const watched = createWatched();
  const heads = new Map<string, number>();
  let sends = 0;
  const changers: Crew["changers"] = [];
  const told = ({ room, seq }: { room: string; seq: number }) => {
    sends++;
    heads.set(room, Math.max(heads.get(room) ?? 0, seq));
    if (seq % KNOWN_EACH === 0) { for (const changer of changers) changer.know({ room, seq }); }
    watched.changed();
  };
  const senders = writers.slice(0, mix.senders).map((person, at) =>
    createSender(...wayOf(person, at), rooms, random.fork(), told, { inFlight: mix.inFlight })
  );
  for (const [at, person] of writers.slice(mix.senders, mix.senders + mix.changers).entries()) {
    const changer = createChanger(...wayOf(person, at + 1), rooms, random.fork(), told);
    changers.push(Object.assign(changer, { user: person.id }));
  }
  const markers = writers.slice(-MARKERS).map((person, at) => {
    const marker = createMarker(...wayOf(person, at + 1), rooms, random.fork(), (room) => heads.get(room) ?? 0);
    return Object.assign(marker, { user: person.id });
  });
  const followers = Array.from({ length: mix.followers }, (_, at) => {
    const person = modulo(writers, at) ?? site.owner;
    const streams = [...rooms.map((id) => `room:${id}`), `user:${person.id}`, "feed"];
    return createFollower(...wayOf(person, at + 1), streams, random.fork(), TRANSPORTS);
  });
  return {
    writers,
    rooms,
    senders,
    changers,
    markers,
    followers,
    sends: () => sends,
    reached: (due) => watched.until(() => sends >= due, PROGRESS_MS, () => `send ${due}, at ${sends}`),
  };
}

async function take(step: Step, site: Site, proxies: Proxy[], { followers, sends, reached }: Crew): Promise<void> {
  if (step.kind === "kill") return await site.killAndRestart();
  if (step.kind === "switch") return modulo(followers, step.at)?.switchTo(step.transport);
  const proxy = modulo(proxies, step.at);
  if (step.kind === "fault") {
    proxy?.set(step.fault);
    await reached(sends() + step.sends);
    proxy?.set({ kind: "pass" });
  }
  proxy?.cut(); // what a fault held up or swallowed would be waited for by clients that have no clock
}

/** Lets everybody come to the end, and asks the oracle. */
async function judge(site: Site, { writers, rooms, senders, changers, markers, followers, sends }: Crew) {
  await Promise.all([...senders, ...changers, ...markers].map((client) => client.finish()));
  for (const follower of followers) {
    const person = writers.find(({ handle }) => handle === follower.name) ?? site.owner;
    await follower.reached(await headsOf(site, person, [...follower.positions.keys()]), PROGRESS_MS);
    await follower.stop();
  }
  const { api } = site.owner;
  const get = async (room: string, seq: number) => (await api.call("messages.get", { room, seq })).message;
  await assertChanges(get, changers, followers);
  assert.equal((await site.stop()).code, 0);

  const stored = await readStored(site.dataDir, rooms, writers.map(({ id }) => id));
  assertStoredDense(stored);
  const sent = [...senders.map((it) => it.acknowledged), ...changers.map((it) => it.sent)];
  assertSentOnce(sent.flatMap((it) => [...it.values()]), stored);
  for (const follower of followers) assertRuns(follower, stored);
  for (const { user, marks } of markers) assertMarks(user, marks, stored);
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
  return {
    kills: site.kills,
    sends: sends(),
    changes: sum(changers.map((it) => it.acknowledged - it.sent.size)),
    marks: sum(markers.map((it) => it.acknowledged)),
    connections: sum(followers.map((it) => it.connects)),
    events: sum(followers.map((it) => it.entries.length)),
  };
}

/** The site as seen through a proxy, and the person there. */
function through(site: Site, person: Person, proxy: Proxy | undefined): [Way, Person] {
  if (!proxy) return [site, person];
  const way: Way = { url: proxy.origin, port: proxy.port, up: site.up };
  return [way, { ...person, api: createApi(proxy.origin, person.api.cookie()) }];
}

function modulo<T>(list: readonly T[], at: number): T | undefined {
  return list[at % list.length];
}
