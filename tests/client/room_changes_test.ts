/** A room is called otherwise, or archived: the lists of all who are in it say so, though they don't follow it. */
import assert from "node:assert/strict";
import { SPREAD_MS } from "../../lib/client/stores/needed_rooms.ts";
import { createRoomsStore } from "../../lib/client/stores/rooms_store.ts";
import type { Room } from "../../lib/protocol/rooms.ts";
import { createFakeClock } from "./fake_clock.ts";
import { line } from "./samples.ts";
import { createScriptedCaller } from "./scripted_caller.ts";

const gauges: Room = line("r1").room;
const renamed: Room = { ...gauges, name: "levels", rev: 8 };

function open() {
  const clock = createFakeClock();
  const { call, asked } = createScriptedCaller();
  const rooms = createRoomsStore({ call, clock, random: () => 0.5, summaries: [line("r1"), line("r2")] });
  const digest = (rev?: number) => rooms.digest({ r1: { n: 0, lastAt: 1, ...(rev !== undefined && { rev }) } });
  return { clock, asked, rooms, digest, name: () => rooms.summary("r1")?.room.name };
}

Deno.test("a digest that tells of a change has the room read, once, and not by all at the same moment", async () => {
  const { clock, asked, digest, name } = open();
  digest();
  digest(8);
  digest(8);
  clock.advance(SPREAD_MS / 2 - 1);
  assert.equal(asked.length, 0);
  clock.advance(1);
  assert.deepEqual(asked.map(({ name, body }) => [name, body]), [["rooms.get", { room: "r1" }]]);
  await asked[0]?.answer({ room: renamed, line: line("r1", { room: renamed }) });
  assert.equal(name(), "levels");
  digest(8);
  clock.advance(SPREAD_MS);
  assert.equal(asked.length, 1);
});

Deno.test("what an event brought meanwhile is not read", () => {
  const { clock, asked, rooms, digest, name } = open();
  digest(8);
  rooms.update(renamed);
  clock.advance(SPREAD_MS);
  assert.deepEqual([asked.length, name()], [0, "levels"]);
});

Deno.test("an older state of a room takes nothing back, by whichever way it comes", () => {
  const { rooms, name } = open();
  rooms.update(renamed);
  rooms.update(gauges);
  rooms.joined(gauges);
  rooms.apply({ seq: 1, type: "rooms.added", at: 1, by: "ann", data: { room: gauges } });
  assert.equal(name(), "levels");
  rooms.update({ ...renamed, name: "weir", rev: 9 });
  assert.equal(name(), "weir");
});

Deno.test("a change that is told while an older list is on its way is read after it", async () => {
  const { clock, asked, rooms, digest, name } = open();
  const loading = rooms.load();
  digest(8);
  await asked[0]?.answer({ rooms: [line("r1")], more: false });
  await loading;
  clock.advance(SPREAD_MS);
  assert.deepEqual(asked.map(({ name }) => name), ["rooms.list", "rooms.get"]);
  await asked[1]?.answer({ room: renamed, line: line("r1", { room: renamed }) });
  assert.equal(name(), "levels");
});
