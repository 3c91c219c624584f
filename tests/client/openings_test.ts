import assert from "node:assert/strict";
import { AHEAD_MAX, AHEAD_MS, createOpenings } from "../../lib/client/stores/openings.ts";
import { Refusal } from "../../lib/protocol/errors.ts";
import { createFakeClock, settled } from "./fake_clock.ts";
import { line, messages, offset } from "./samples.ts";
import { createScriptedCaller } from "./scripted_caller.ts";

function setUp() {
  const clock = createFakeClock();
  const { call, asked } = createScriptedCaller();
  const counts = new Map<string, { n: number; unread: number }>();
  const openings = createOpenings({
    list: (body) => call("messages.list", body),
    summary: (room) => line(room, counts.get(room) ?? { n: 3 }),
    clock,
  });
  return { clock, asked, counts, openings };
}

const page = { messages: messages(1, 3), offset: offset(3), more: false };

Deno.test("a page is asked for once, however often one comes near the room, and the opening takes it", async () => {
  const { asked, openings } = setUp();
  openings.prepare("r1");
  openings.prepare("r1");
  const taken = openings.take("r1"); // while it is on its way
  await asked[0]?.answer(page);
  assert.deepEqual(await taken, page);
  assert.deepEqual(asked.map(({ name, body }) => [name, body]), [["messages.list", { room: "r1", limit: 50 }]]);
});

Deno.test("a page is taken once: the next opening asks the server", async () => {
  const { asked, openings } = setUp();
  openings.prepare("r1");
  await asked[0]?.answer(page);
  await openings.take("r1");
  void openings.take("r1");
  assert.equal(asked.length, 2);
});

Deno.test("a page fetched ahead is not taken once it is old, or the room has other counts", async () => {
  const { asked, clock, counts, openings } = setUp();
  openings.prepare("r1");
  clock.advance(AHEAD_MS - 1);
  openings.prepare("r1");
  assert.equal(asked.length, 1);
  clock.advance(1);
  openings.prepare("r1");
  assert.equal(asked.length, 2);
  counts.set("r1", { n: 4, unread: 0 });
  void openings.take("r1");
  assert.equal(asked.length, 3);
  openings.prepare("r1");
  counts.set("r1", { n: 4, unread: 1 }); // Another device has marked it unread.
  void openings.take("r1");
  assert.equal(asked.length, 5);
  await settled();
});

Deno.test("of the pages fetched ahead only the last few are kept", () => {
  const { asked, openings } = setUp();
  const rooms = Array.from({ length: AHEAD_MAX + 1 }, (_, at) => `r${at}`);
  rooms.forEach(openings.prepare);
  rooms.slice(1).forEach(openings.prepare);
  assert.equal(asked.length, AHEAD_MAX + 1);
  openings.prepare("r0");
  assert.equal(asked.length, AHEAD_MAX + 2);
});

Deno.test("a page that was refused ahead is asked for again by the opening", async () => {
  const { asked, openings } = setUp();
  openings.prepare("r1");
  await asked[0]?.refuse(new Refusal("unavailable", "Cannot read messages: no answer came"));
  const taken = openings.take("r1");
  await asked[1]?.answer(page);
  assert.deepEqual(await taken, page);
});

Deno.test("nothing that was fetched ahead outlives a history that is gone", () => {
  const { asked, openings } = setUp();
  openings.prepare("r1");
  openings.clear();
  openings.prepare("r1");
  assert.equal(asked.length, 2);
});
