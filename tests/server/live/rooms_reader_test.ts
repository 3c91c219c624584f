/** The read of a person's rooms that each of their connections begins with. */
import assert from "node:assert/strict";
import { createRoomsReader } from "../../../lib/server/live/state/rooms_reader.ts";
import { EMPTY } from "../../../lib/server/log/types.ts";

const CONNECTIONS = 40;

/** Reads of rooms that wait until they are let go; each finds what is there when it is. */
function waiting(rooms: string[]) {
  const held: (() => void)[] = [];
  let count = 0;
  const reader = createRoomsReader({
    log: { heads: (streams) => Promise.resolve(streams.map(() => EMPTY)) },
    roomsOf() {
      count++;
      return new Promise((resolve) => held.push(() => resolve([...rooms])));
    },
  });
  return {
    reader,
    count: () => count,
    async letGo() {
      for (const go of held.splice(0)) go();
      await new Promise((resolve) => setTimeout(resolve)); // all that hangs on them has gone on
    },
  };
}

Deno.test("connections of a person that come at once share a read of their rooms", async () => {
  const { reader, count, letGo } = waiting(["r1", "r2"]);
  const got: string[][] = [];
  const reads = Array.from({ length: CONNECTIONS }, () => reader.read("eve", (rooms) => got.push(rooms)));
  const other = reader.read("ann", (rooms) => assert.deepEqual(rooms, ["r1", "r2"]));
  await letGo();
  await other;
  await letGo();
  await Promise.all(reads);
  assert.deepEqual(got, Array(CONNECTIONS).fill(["r1", "r2"]));
  assert.equal(count(), 3, "two of theirs, one of another person");
});

Deno.test("whoever shares a read gets the head of a room that grew meanwhile, and no rooms that changed since", async () => {
  const rooms = ["r1"];
  const { reader, letGo } = waiting(rooms);
  const got: unknown[] = [];
  const read = () => reader.read("eve", (names, heads) => got.push([names, heads.map(({ seq }) => seq)]));
  const reads = [read(), read(), read()];
  reader.grown("r1", { ...EMPTY, seq: 7 });
  await letGo(); // the first, and it delivers
  assert.deepEqual(got.splice(0), [[["r1"], [7]]]);
  rooms.push("r2");
  reader.moved("eve");
  let isOver = false;
  const all = Promise.all(reads).then(() => isOver = true);
  while (!isOver) await letGo();
  await all;
  assert.deepEqual(got, Array(2).fill([["r1", "r2"], [7, 0]]));
});
