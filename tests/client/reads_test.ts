/** Marks of what was read: when they are sent, and again if they are lost. */
import assert from "node:assert/strict";
import { BACKOFF_MAX_MS } from "../../lib/client/connection/backoff.ts";
import { CALL_DEADLINE_MS } from "../../lib/client/connection/calls.ts";
import { createReads, MARK_EVERY_MS } from "../../lib/client/stores/reads.ts";
import { createRoomsStore } from "../../lib/client/stores/rooms_store.ts";
import { Refusal } from "../../lib/protocol/errors.ts";
import { readCommands } from "../../lib/protocol/reads.ts";
import { createFakeClock } from "./fake_clock.ts";
import { line, message, timing } from "./samples.ts";
import { createScriptedCaller } from "./scripted_caller.ts";

const marking = readCommands["reads.mark"].input;

Deno.test("a room is marked read at once, then at most once in 5 s, with the last one seen", () => {
  const { call, asked } = createScriptedCaller();
  const clock = createFakeClock();
  const rooms = createRoomsStore({ ...timing, call, summaries: [line("r1", { n: 9, unread: 9 })] });
  const reads = createReads({ call, clock, rooms, random: () => 0.5 });
  reads.seen(message(1));
  reads.seen(message(2));
  reads.seen(message(3));
  reads.seen(message(2));
  assert.deepEqual(asked.map((it) => it.body), [{ room: "r1", seq: 1 }]);
  clock.advance(MARK_EVERY_MS);
  assert.deepEqual(asked.map((it) => it.body), [{ room: "r1", seq: 1 }, { room: "r1", seq: 3 }]);
  assert.equal(rooms.summary("r1")?.unread, 6);
});

Deno.test("leaving sends the mark that waits, and only that", () => {
  const { call, asked } = createScriptedCaller();
  const clock = createFakeClock();
  const rooms = createRoomsStore({ ...timing, call, summaries: [line("r1", { n: 9, unread: 9 })] });
  const reads = createReads({ call, clock, rooms, random: () => 0.5 });
  reads.seen(message(1));
  reads.flush();
  assert.equal(asked.length, 1);
  reads.seen(message(4));
  reads.flush();
  clock.advance(60_000);
  assert.deepEqual(asked.map((it) => it.body), [{ room: "r1", seq: 1 }, { room: "r1", seq: 4 }]);
});

Deno.test("a mark that was lost is sent again, a newer one instead of it, one that was refused is not", async () => {
  const { call, asked } = createScriptedCaller();
  const clock = createFakeClock();
  const rooms = createRoomsStore({ ...timing, call, summaries: [line("r1", { n: 9, unread: 9 })] });
  const reads = createReads({ call, clock, rooms, random: () => 0.5 });
  const askedSeqs = () => asked.map((it) => marking.parse(it.body).seq);
  const lose = (i: number) => asked.at(i)?.refuse(new Refusal("unavailable", "no answer came"));
  reads.seen(message(1));
  await lose(-1);
  clock.advance(MARK_EVERY_MS + BACKOFF_MAX_MS);
  assert.deepEqual(askedSeqs(), [1, 1]);
  reads.seen(message(4));
  clock.advance(CALL_DEADLINE_MS);
  assert.deepEqual(askedSeqs(), [1, 1, 4], "what is under way is not told twice");
  await lose(1); // It is late, and covered.
  await lose(2);
  clock.advance(MARK_EVERY_MS + BACKOFF_MAX_MS);
  assert.deepEqual(askedSeqs(), [1, 1, 4, 4]);
  await asked.at(-1)?.refuse(new Refusal("forbidden", "not a member"));
  clock.advance(60_000);
  reads.flush();
  assert.equal(asked.length, 4);
});

Deno.test("marks that are lost again and again are sent at longer and longer intervals", async () => {
  const { call, asked } = createScriptedCaller();
  const clock = createFakeClock();
  const rooms = createRoomsStore({ ...timing, call, summaries: [line("r1", { n: 9, unread: 9 })] });
  const reads = createReads({ call, clock, rooms, random: () => 0.99 });
  reads.seen(message(1));
  for (let s = 0; s < 600; s++) {
    await asked.at(-1)?.refuse(new Refusal("unavailable", "no answer came"));
    clock.advance(1_000);
  }
  assert(asked.length > 20 && asked.length < 40, `${asked.length} times in 10 min`);
});

Deno.test("marking unread goes back to before the message", async () => {
  const { call, asked } = createScriptedCaller();
  const rooms = createRoomsStore({ ...timing, call, summaries: [line("r1", { n: 9 })] });
  const reads = createReads({ call, clock: createFakeClock(), rooms, random: () => 0.5 });
  const done = reads.markUnread(message(7));
  assert.deepEqual(asked[0]?.body, { room: "r1", seq: 6, back: true });
  await asked[0]?.answer({ n: 6, unread: 3 });
  await done;
  assert.equal(rooms.summary("r1")?.unread, 3);
});

Deno.test("a mark that waits is sent after all if marking unread is refused", async () => {
  const { call, asked } = createScriptedCaller();
  const clock = createFakeClock();
  const rooms = createRoomsStore({ ...timing, call, summaries: [line("r1", { n: 9, unread: 9 })] });
  const reads = createReads({ call, clock, rooms, random: () => 0.5 });
  reads.seen(message(1));
  await asked[0]?.answer({ n: 1, unread: 8 });
  reads.seen(message(4));
  const refused = assert.rejects(reads.markUnread(message(3)), { code: "unavailable" });
  clock.advance(MARK_EVERY_MS);
  await asked[1]?.refuse(new Refusal("unavailable", "no answer came"));
  await refused;
  clock.advance(MARK_EVERY_MS);
  assert.deepEqual(asked.map((it) => it.body), [
    { room: "r1", seq: 1 },
    { room: "r1", seq: 2, back: true },
    { room: "r1", seq: 4 },
  ]);
});
