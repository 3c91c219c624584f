/**
 * Fault 8 of GUARANTEES.md: three instances over one `denokv`, restarted one after the other while people write, mark and
 * follow through a balancer without stickiness. Nothing is lost, doubled or out of order, and everybody is back.
 */
import assert from "node:assert/strict";
import type { Person } from "../support/people.ts";
import { withCluster } from "./cluster.ts";
import { denokvPath } from "./denokv.ts";
import { createFollower } from "./follower.ts";
import { headsOf } from "./heads.ts";
import type { Transport } from "./lines.ts";
import { createMarker } from "./marker.ts";
import { assertMarks, assertRuns, assertSentOnce, assertStoredDense } from "./oracle.ts";
import { chosenSeed, createRandom } from "./random.ts";
import { createSender } from "./sender.ts";
import { readStored } from "./stored.ts";
import { createWatched } from "./within.ts";

const INSTANCES = 3;
const ROUNDS = Number(Deno.env.get("ROUNDS")) || 2; // each restarts every instance
const SENDERS = 3;
const MARKERS = 2;
const FOLLOWERS = 9;
const TRANSPORTS: Transport[] = ["ws", "sse", "poll"];
const SENDS_BETWEEN_RESTARTS = 150;
const DRAIN_MAX_MS = 5_000; // PROTOCOL.md §5
const PROGRESS_MS = 60_000;

Deno.test({
  name:
    `fault 8: ${ROUNDS} rolling restarts of ${INSTANCES} instances over one denokv lose, double and reorder nothing`,
  ignore: denokvPath === undefined,
  fn: () =>
    withCluster({ denokv: denokvPath ?? "", instances: INSTANCES }, async (cluster) => {
      const random = createRandom(chosenSeed("rolling restart"));
      const people: Person[] = [];
      for (let n = 0; n < SENDERS + MARKERS; n++) people.push(await cluster.join(`person${n}`));
      const rooms: string[] = [];
      for (const visibility of ["public", "private"] as const) {
        const { room } = await cluster.owner.api.call("rooms.create", { name: visibility, visibility });
        for (const { id } of people) await cluster.owner.api.call("rooms.addMember", { room: room.id, user: id });
        rooms.push(room.id);
      }
      const heads = new Map<string, number>();
      const watched = createWatched();
      let acknowledged = 0;
      const senders = people.slice(0, SENDERS).map((person) =>
        createSender(cluster, person, rooms, random.fork(), ({ room, seq }) => {
          acknowledged++;
          heads.set(room, Math.max(heads.get(room) ?? 0, seq));
          watched.changed();
        })
      );
      const markers = people.slice(SENDERS).map((person) =>
        createMarker(cluster, person, rooms, random.fork(), (room) => heads.get(room) ?? 0)
      );
      const followers = Array.from({ length: FOLLOWERS }, (_, at) => {
        const person = people[at % people.length] ?? cluster.owner;
        const streams = [...rooms.map((id) => `room:${id}`), `user:${person.id}`, "feed"];
        return createFollower(cluster, person, streams, random.fork(), TRANSPORTS);
      });

      const ends: number[] = [];
      for (let at = 0; at < ROUNDS * INSTANCES; at++) {
        const due = acknowledged + SENDS_BETWEEN_RESTARTS;
        await watched.until(() => acknowledged >= due, PROGRESS_MS, () => `send ${due}, at ${acknowledged}`);
        const { code, ms } = await cluster.restart(at);
        assert.equal(code, 0);
        assert(ms < DRAIN_MAX_MS, `an instance took ${ms} ms to end`);
        ends.push(Math.round(ms));
      }
      await Promise.all([...senders, ...markers].map((client) => client.finish()));
      for (const [at, follower] of followers.entries()) {
        const person = people[at % people.length] ?? cluster.owner;
        await follower.reached(await headsOf(cluster, person, [...follower.positions.keys()]), PROGRESS_MS);
        await follower.stop();
      }
      await cluster.stop();

      const stored = await readStored(cluster.dataDir, rooms, people.map(({ id }) => id));
      assertStoredDense(stored);
      assertSentOnce(senders.flatMap((sender) => [...sender.acknowledged.values()]), stored);
      for (const follower of followers) assertRuns(follower, stored);
      for (const [at, { marks }] of markers.entries()) assertMarks(people[SENDERS + at]?.id ?? "", marks, stored);
      const marked = markers.reduce((sum, marker) => sum + marker.acknowledged, 0);
      const connections = followers.reduce((sum, follower) => sum + follower.connects, 0);
      const events = followers.reduce((sum, follower) => sum + follower.entries.length, 0);
      console.log(
        `show: ${JSON.stringify({ restarts: ends.length, acknowledged, marked, connections, events, ends })}`,
      );
      assert(marked > 0 && followers.every(({ entries, connects }) => entries.length > 0 && connects > 1));
    }),
});
