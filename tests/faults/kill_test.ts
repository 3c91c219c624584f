/** kill -9 under load, over and over: nothing acknowledged is lost, nothing comes twice, and everybody resumes. */
import assert from "node:assert/strict";
import { createFollower } from "./follower.ts";
import { headsOf } from "./heads.ts";
import type { Transport } from "./lines.ts";
import { createMarker } from "./marker.ts";
import { assertMarks, assertRuns, assertSentOnce, assertStoredDense } from "./oracle.ts";
import { chosenSeed, createRandom } from "./random.ts";
import { createSender } from "./sender.ts";
import { withSite } from "./site.ts";
import { readStored } from "./stored.ts";
import { createWatched } from "./within.ts";

const KILLS = Number(Deno.env.get("KILLS")) || (Deno.env.get("FAULTS") === "all" ? 20 : 3);
const SENDERS = 4;
const MARKERS = 2;
const SENDS_BETWEEN_KILLS_MAX = 2_000;
const TRANSPORTS: Transport[][] = [["ws"], ["ws", "poll"], ["sse"]];
const PROGRESS_MS = 30_000; // for so many acknowledgements, and for followers to reach the end

Deno.test(`faults 1, 7: ${KILLS} kill -9 under load lose, double and reorder nothing`, async () => {
  const random = createRandom(chosenSeed("kill -9"));
  await withSite(async (site) => {
    const people = [];
    for (let n = 0; n < SENDERS + MARKERS; n++) people.push(await site.join(`person${n}`));
    const rooms: string[] = [];
    for (const visibility of ["public", "private"] as const) {
      const { room } = await site.owner.api.call("rooms.create", { name: visibility, visibility });
      for (const { id } of people) await site.owner.api.call("rooms.addMember", { room: room.id, user: id });
      rooms.push(room.id);
    }
    const heads = new Map<string, number>();
    const watched = createWatched();
    let acknowledged = 0;
    const senders = people.slice(0, SENDERS).map((person) =>
      createSender(site, person, rooms, random.fork(), ({ room, seq }) => {
        acknowledged++;
        heads.set(room, Math.max(heads.get(room) ?? 0, seq));
        watched.changed();
      })
    );
    const markers = people.slice(SENDERS).map((person) =>
      createMarker(site, person, rooms, random.fork(), (room) => heads.get(room) ?? 0)
    );
    const roomStreams = rooms.map((id) => `room:${id}`);
    const followers = people.map((person, at) => {
      const streams = [...roomStreams, `user:${person.id}`, "feed"];
      return createFollower(site, person, streams, random.fork(), TRANSPORTS[at % TRANSPORTS.length]);
    });

    while (site.kills < KILLS) {
      const due = acknowledged + random.between(20, SENDS_BETWEEN_KILLS_MAX);
      await watched.until(() => acknowledged >= due, PROGRESS_MS, `send ${due} to be acknowledged`);
      await site.killAndRestart();
    }
    await Promise.all([...senders, ...markers].map((client) => client.finish()));

    for (const [at, follower] of followers.entries()) {
      const person = people[at] ?? site.owner;
      await follower.reached(await headsOf(site, person, [...follower.positions.keys()]), PROGRESS_MS);
      await follower.stop();
    }
    assert.equal((await site.stop()).code, 0);

    const stored = await readStored(site.dataDir, rooms, people.map(({ id }) => id));
    assertStoredDense(stored);
    assertSentOnce(senders.flatMap((sender) => [...sender.acknowledged.values()]), stored);
    for (const follower of followers) assertRuns(follower, stored);
    for (const [at, { marks }] of markers.entries()) assertMarks(people[SENDERS + at]?.id ?? "", marks, stored);
    const marked = markers.reduce((sum, marker) => sum + marker.acknowledged, 0);
    const resumed = followers.reduce((sum, follower) => sum + follower.connects, 0);
    console.log(`${site.kills} kills, ${acknowledged} sends, ${marked} marks, ${resumed} connections of followers`);
    assert(acknowledged > 0 && marked > 0 && followers.every(({ connects }) => connects > 1));
  });
});
