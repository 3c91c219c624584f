/** What is read out of the room on screen (the element of an announcement is known by its id). */
import assert from "node:assert/strict";
import { signal } from "@preact/signals";
import { BATCH_MS, createAnnouncements } from "../../lib/client/stores/announcements.ts";
import { createTimeline, type Timeline } from "../../lib/client/stores/timeline.ts";
import type { Message } from "../../lib/protocol/messages.ts";
import { createFakeClock } from "./fake_clock.ts";
import { message, messages, offset } from "./samples.ts";

function timelineOf(room: string, page: Message[]): Timeline {
  const call = () => Promise.reject(new Error("nothing is asked"));
  return createTimeline({ room, call, readUpTo: 0, page: { messages: page, offset: offset(0), more: false } });
}

function setUp(first: Message[]) {
  const clock = createFakeClock();
  const timeline = timelineOf("r1", first);
  const current = signal<Timeline | undefined>(timeline);
  const said = createAnnouncements({
    me: "me",
    current,
    nameOf: (user) => user,
    clock,
  });
  const words = () => said.value.map((it) => it.words);
  const comes = (seq: number, it: Partial<Message>) => (current.value ?? timeline).acknowledge(message(seq, it));
  return { clock, current, said, words, comes };
}

Deno.test("an equal message is read out again: its element is another one", () => {
  const { clock, said, words, comes } = setUp(messages(1, 3));
  comes(4, { text: "ok" });
  clock.advance(BATCH_MS);
  assert.deepEqual(words(), ["ann: ok"]);
  const [first] = said.value;
  comes(5, { text: "ok" });
  clock.advance(BATCH_MS);
  assert.deepEqual(words(), ["ann: ok"]);
  assert.notEqual(said.value[0]?.id, first?.id);
  comes(6, { text: "ok" });
  comes(7, { text: "ok" });
  clock.advance(BATCH_MS);
  assert.deepEqual(words(), ["ann: ok", "ann: ok"]);
  assert.equal(new Set(said.value.map((it) => it.id)).size, 2);
});

Deno.test("nothing of the room that was left remains, neither what was read out nor what waited", () => {
  const { clock, current, words, comes } = setUp(messages(1, 3));
  comes(4, { text: "read out" });
  clock.advance(BATCH_MS);
  assert.deepEqual(words(), ["ann: read out"]);
  comes(5, { text: "waits" });
  current.value = timelineOf("r2", [message(1, { room: "r2" })]);
  assert.deepEqual(words(), []);
  clock.advance(BATCH_MS);
  assert.deepEqual(words(), []);
  comes(2, { room: "r2", text: "here" });
  clock.advance(BATCH_MS);
  assert.deepEqual(words(), ["ann: here"]);
});

Deno.test("what I write and what came with the page is not read out; many at once are counted", () => {
  const { clock, words, comes } = setUp(messages(1, 3));
  comes(4, { by: "me" });
  clock.advance(BATCH_MS);
  assert.deepEqual(words(), []);
  for (const seq of [5, 6, 7, 8]) comes(seq, {});
  clock.advance(BATCH_MS);
  assert.deepEqual(words(), ["4 new messages"]);
});
