/**
 * Fault 9 of tests/README.md, and its short half: readers that stop cost the server no more than those that read, and have
 * every event, once and in order, when they read again. That they are sent away after 30 s takes as long: see
 * slow_reader_test.
 */
import assert from "node:assert/strict";
import type { Person } from "../support/people.ts";
import { headsOf } from "./heads.ts";
import { isMemorySeen, megabytes, NOISE_BYTES, residentOf } from "./memory.ts";
import { chosenSeed, createRandom, type Random } from "./random.ts";
import { openRunReader, readOn } from "./run_reader.ts";
import { createSender } from "./sender.ts";
import { type Site, withSite } from "./site.ts";
import { createWatched } from "./within.ts";

const READERS = 20;
const RESUMED = 3; // of those that stopped; the others stay as they are to the end
const SENDERS = 2;
const SENDS = 400; // a run
const LOOKED_SENDS = 50; // between two looks at the server's memory
const TEXT_CHARACTERS = 15_900; // 16,000 are the most, and the key stands before it
const PROGRESS_MS = 30_000;
/**
 * What the server may hold for a reader that stops: frames up to its high-water mark, and the one on top. One that keeps
 * all for each holds 200 MB here.
 */
const HELD_BYTES_MAX = 1_024 * 1_024;

Deno.test({
  name: `fault 9: ${READERS} readers that stop cost the server no more than ${READERS} that read, and miss nothing`,
  ignore: !isMemorySeen,
  fn: () =>
    withSite(async (site) => {
      const random = createRandom(chosenSeed("stalled readers"));
      const { room: { id: room } } = await site.owner.api.call("rooms.create", { name: "loud", visibility: "public" });
      const flood = async (name: string) => {
        const people: Person[] = []; // new ones, as a person's keys work once
        for (let n = 0; n < SENDERS; n++) people.push(await site.join(`${name}${n}`));
        for (const { id } of people) await site.owner.api.call("rooms.addMember", { room, user: id });
        return () => send(site, people, room, random);
      };
      await grownBy(site, room, await flood("first"), { stop: false }); // what it grows by once
      const control = await grownBy(site, room, await flood("control"), { stop: false });
      const grown = await grownBy(site, room, await flood("stopped"), { stop: true });
      console.log(`grown by ${megabytes(control)} MB with readers, by ${megabytes(grown)} MB with those that stop`);
      assert(grown <= Math.max(0, control) + READERS * HELD_BYTES_MAX + NOISE_BYTES);
    }),
});

interface Sent {
  count: number;
  /** What the server's memory rose by at most, in bytes. */
  grown: number;
}

/** How many bytes the server grew by while so many sends went by readers, which afterwards have every event. */
async function grownBy(
  site: Site,
  room: string,
  flood: () => Promise<Sent>,
  { stop }: { stop: boolean },
): Promise<number> {
  const stream = `room:${room}`;
  const readers = await Promise.all(Array.from({ length: READERS }, () => openRunReader(site, site.owner, stream)));
  if (stop) { for (const { line } of readers) line.pause(); }
  const watched = createWatched();
  const failed: unknown[] = [];
  const reads = readers.map((reader) =>
    readOn(reader, watched.changed).catch((error) => {
      failed.push(error);
      watched.changed();
    })
  );
  const sent = await flood();
  const head = (await headsOf(site, site.owner, [stream])).get(stream);
  const expected = stop ? readers.slice(0, RESUMED) : readers;
  if (stop) {
    for (const { position } of readers) assert.notEqual(position, head, "a reader that stopped has everything");
    for (const { line } of expected) line.resume();
  }
  const isDone = () => failed.length > 0 || expected.every(({ position }) => position === head);
  await watched.until(isDone, PROGRESS_MS, "everybody to have everything");
  assert.deepEqual(failed, []);
  for (const { events } of expected) assert.equal(events, sent.count);
  for (const { line } of readers) {
    line.drop();
    line.resume();
  }
  await Promise.all(reads);
  return sent.grown;
}

/** Sends until enough are acknowledged. */
async function send(site: Site, people: Person[], room: string, random: Random): Promise<Sent> {
  const { pid } = site.server;
  const before = await residentOf(pid);
  const watched = createWatched();
  let [count, most] = [0, before];
  const onSent = () => {
    count++;
    watched.changed();
  };
  const options = { characters: TEXT_CHARACTERS };
  const senders = people.map((person) => createSender(site, person, [room], random.fork(), onSent, options));
  while (count < SENDS) {
    const due = count + LOOKED_SENDS;
    await watched.until(() => count >= due, PROGRESS_MS, `${due} sends`);
    most = Math.max(most, await residentOf(pid));
  }
  await Promise.all(senders.map((sender) => sender.finish()));
  return { count, grown: Math.max(most, await residentOf(pid)) - before };
}
