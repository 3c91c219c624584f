import assert from "node:assert/strict";
import { createReplay } from "../../islands/feed/feed_replay.ts";
import type { FeedItem } from "../../lib/ui/feed/feed_data.ts";
import { createFakeClock } from "../client/fake_clock.ts";
import { offset } from "../client/samples.ts";

/** The newest first. */
const items = (count: number): FeedItem[] =>
  Array.from({ length: count }, (_, i) => ({
    kind: "mentioned",
    view: "you" as const,
    by: "ann",
    at: 1_000 - i,
    title: "",
    seq: count - i,
    offset: offset(count - i),
  }));

function setUp() {
  const clock = createFakeClock();
  const replay = createReplay(clock);
  const seqs = () => replay.shown.value.map((it) => it.seq);
  return { clock, replay, seqs };
}

Deno.test("a replay shows entry after entry in their order, the newest on top, and then stands", () => {
  const { clock, replay, seqs } = setUp();
  replay.play(900, items(3));
  assert.deepEqual(seqs(), []);
  clock.advance(700);
  assert.deepEqual(seqs(), [1]);
  clock.advance(700);
  assert.deepEqual(seqs(), [2, 1]);
  clock.advance(700);
  assert.deepEqual(seqs(), [3, 2, 1]);
  assert.equal(replay.isPlaying.value, false);
  assert.equal(replay.run.value?.played, 3);
  replay.stop();
  assert.equal(replay.run.value, undefined);
});

Deno.test("a pause holds it, and it goes on from there", () => {
  const { clock, replay, seqs } = setUp();
  replay.play(900, items(3));
  clock.advance(700);
  replay.pause();
  clock.advance(60_000);
  assert.deepEqual(seqs(), [1]);
  replay.resume();
  clock.advance(1_400);
  assert.deepEqual(seqs(), [3, 2, 1]);
});

Deno.test("a replay of much lasts no longer than 20 s, of nothing no time at all", () => {
  const { clock, replay, seqs } = setUp();
  replay.play(0, items(200));
  clock.advance(19_000);
  assert.equal(replay.isPlaying.value, true);
  clock.advance(1_100);
  assert.equal(replay.isPlaying.value, false);
  assert.equal(seqs().length, 200);
  replay.play(0, []);
  assert.equal(replay.isPlaying.value, false);
  assert.deepEqual(replay.run.value?.items, []);
});
