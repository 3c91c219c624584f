/** The feed's lists: read anew when something came, joined on to what is there, and gone through to older ones. */
import assert from "node:assert/strict";
import { BACKOFF_MAX_MS } from "../../lib/client/connection/backoff.ts";
import { createFeedParts, type FeedPart } from "../../lib/client/stores/feed_parts.ts";
import { createUnseen } from "../../lib/client/stores/unseen.ts";
import { Refusal } from "../../lib/protocol/errors.ts";
import type { Entry, FeedPage } from "../../lib/protocol/feed.ts";
import { createFakeClock } from "./fake_clock.ts";
import { offset } from "./samples.ts";
import { createScriptedCaller } from "./scripted_caller.ts";

const SOON_MS = 100;

const entry = (seq: number): Entry => ({
  kind: "mentioned",
  room: "r1",
  seq,
  by: "ann",
  at: 1_000 + seq,
  title: `entry ${seq}`,
  offset: offset(seq),
});

/** From the newest down. */
const page = (from: number, to: number, it: Partial<FeedPage> = {}): FeedPage => ({
  entries: Array.from({ length: from - to + 1 }, (_, i) => entry(from - i)),
  offset: offset(from),
  more: to > 1,
  unseen: 0,
  ...it,
});

function setUp(first: FeedPage, it: Partial<FeedPart> = {}, room?: string) {
  const clock = createFakeClock();
  const { call, asked } = createScriptedCaller();
  const feed = createFeedParts({ parts: [{ ...first, view: "you", ...it }], room, call, clock, random: () => 0.5 });
  const seqs = () => feed.parts.value[0]?.entries.map((it) => it.seq);
  return { clock, asked, feed, seqs };
}

const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => from - i);

Deno.test("what came is read from the server, once for several events, and joined on", async () => {
  const { clock, asked, feed, seqs } = setUp(page(10, 6));
  feed.refresh("you");
  feed.refresh("you");
  clock.advance(SOON_MS);
  assert.deepEqual(asked.map((it) => it.name), ["feed.list"]);
  await asked[0]?.answer(page(12, 8, { seen: offset(9), unseen: 3 }));
  assert.deepEqual(seqs(), down(12, 6));
  assert.equal(feed.parts.value[0]?.more, true);
  assert.equal(feed.parts.value[0]?.seen, offset(9));
});

Deno.test("more than a page came: it is read back to what is there", async () => {
  const { clock, asked, feed, seqs } = setUp(page(10, 6));
  feed.refresh("you");
  clock.advance(SOON_MS);
  await asked[0]?.answer(page(20, 15));
  assert.deepEqual(asked[1]?.body, { view: "you", room: undefined, before: offset(15), limit: 50 });
  await asked[1]?.answer(page(14, 9));
  assert.deepEqual(seqs(), down(20, 6));
});

Deno.test("too much came to be joined: the list begins anew, and goes on from there", async () => {
  const { clock, asked, feed, seqs } = setUp(page(10, 6));
  feed.refresh("you");
  clock.advance(SOON_MS);
  for (let at = 0; at < 5; at++) await asked[at]?.answer(page(100 - 10 * at, 91 - 10 * at));
  assert.equal(asked.length, 5);
  assert.deepEqual(seqs(), down(100, 51));
  assert.equal(feed.parts.value[0]?.more, true);
});

Deno.test("what was withdrawn goes at once, also out of pages that were read before; restored it is back in its place", async () => {
  const { clock, asked, feed, seqs } = setUp(page(10, 1, { more: false }));
  const ref = { kind: "mentioned", room: "r1", seq: 4, by: "ann", offset: offset(4) };
  feed.refresh("you");
  clock.advance(SOON_MS);
  feed.withdrawn("you", ref);
  assert.deepEqual(seqs(), [10, 9, 8, 7, 6, 5, 3, 2, 1]);
  await asked[0]?.answer(page(11, 1, { unseen: 3 })); // read before the withdrawal
  assert.deepEqual(seqs(), [11, 10, 9, 8, 7, 6, 5, 3, 2, 1]);
  clock.advance(SOON_MS);
  await asked[1]?.answer(page(11, 8, { unseen: 2 }));
  assert.equal(feed.parts.value[0]?.unseen, 2, "it is counted anew");
  feed.restored("you", ref);
  assert.deepEqual(asked[2]?.body, { view: "you", room: undefined, before: offset(5), limit: 1 });
  await asked[2]?.answer(page(4, 4));
  assert.deepEqual(seqs(), down(11, 1));
  feed.withdrawn("you", { kind: "mentioned", room: "r1", seq: 9 }); // all that fit
  feed.withdrawn("you", { kind: "mentioned", room: "r2", seq: 8 });
  feed.withdrawn("you", { kind: "mentioned" });
  assert.deepEqual(seqs(), down(11, 1).filter((seq) => seq !== 9));
});

Deno.test("a reading that failed is done again", async () => {
  const { clock, asked, feed, seqs } = setUp(page(10, 6));
  feed.refresh("you");
  clock.advance(SOON_MS);
  await asked[0]?.refuse(new Refusal("unavailable", "Cannot list feed: no connection"));
  assert.deepEqual(seqs(), down(10, 6));
  clock.advance(5_000);
  await asked[1]?.answer(page(11, 7));
  assert.deepEqual(seqs(), down(11, 6));
});

Deno.test("a reading that fails again and again is done at longer and longer intervals, one that is refused not again", async () => {
  for (const [code, least, most] of [["unavailable", 60, 90], ["not_found", 1, 1]] as const) {
    const { clock, asked, feed } = setUp(page(10, 6));
    feed.refresh("you");
    for (let s = 0; s < 600; s++) {
      clock.advance(1_000);
      await asked.at(-1)?.refuse(new Refusal(code, `Cannot list feed: ${code}`));
    }
    assert(asked.length >= least && asked.length <= most, `${code}: ${asked.length} times in 10 min`);
    feed.refresh("you");
    clock.advance(BACKOFF_MAX_MS);
    assert(asked.length > least, "what comes next is read");
  }
});

Deno.test("older ones are read from the end of the list, once however often they are asked for", async () => {
  const { asked, feed, seqs } = setUp(page(10, 6));
  void feed.older();
  void feed.older();
  assert.deepEqual(
    asked.map((it) => it.body),
    Array(2).fill({ view: "you", room: undefined, before: offset(6), limit: 50 }),
  );
  await asked[0]?.answer(page(5, 1));
  await asked[1]?.answer(page(5, 1));
  assert.deepEqual(seqs(), down(10, 1));
  await feed.older();
  assert.equal(asked.length, 2, "it ends there");
});

Deno.test("a span is read back until it is whole", async () => {
  const { asked, feed, seqs } = setUp(page(300, 281));
  const back = feed.back(1_150);
  await asked[0]?.answer(page(280, 181));
  await asked[1]?.answer(page(180, 81));
  await back;
  assert.equal(asked.length, 2);
  assert.deepEqual(seqs(), down(300, 81));
});

Deno.test("the marker moves at once, and back where that is refused", async () => {
  const { asked, feed } = setUp(page(10, 6), { seen: offset(6) });
  const marking = feed.markSeen("you", offset(10));
  assert.equal(feed.parts.value[0]?.seen, offset(10));
  await asked[0]?.refuse(new Refusal("unavailable", "Cannot mark feed seen: no connection"));
  await assert.rejects(marking, /no connection/);
  assert.equal(feed.parts.value[0]?.seen, offset(6));
});

Deno.test("what an event says whole is shown without a reading; a message's text is read, each reader at another moment", async () => {
  const { clock, asked, feed, seqs } = setUp(page(10, 6), { view: "everything" });
  const { seq: _, ...made } = { ...entry(11), kind: "created" };
  feed.posted(made);
  feed.posted(made);
  assert.deepEqual([feed.parts.value[0]?.entries[0], feed.parts.value[0]?.entries.length], [made, 6]);
  assert.deepEqual([feed.parts.value[0]?.unseen, feed.parts.value[0]?.offset], [1, offset(11)]);
  feed.posted({ ...entry(12), kind: "started" });
  feed.posted({ ...made, offset: offset(13) }); // behind one that is still to be read
  clock.advance(SOON_MS);
  assert.equal(asked.length, 0);
  clock.advance(3_000);
  assert.equal(asked.length, 1);
  feed.posted({ ...made, offset: offset(14) }); // and while it is read: perhaps not in that page
  await asked[0]?.answer(page(13, 8));
  assert.deepEqual(seqs(), down(13, 6));
  clock.advance(3_000);
  await asked[1]?.answer(page(14, 9));
  assert.deepEqual(seqs(), down(14, 6));
});

Deno.test("of other rooms than the one that is shown nothing is read or shown", () => {
  const { clock, asked, feed } = setUp(page(10, 6), { view: "everything" }, "r1");
  feed.posted({ ...entry(11), room: "r2" });
  clock.advance(5_000);
  assert.equal(asked.length, 0);
  assert.equal(feed.parts.value[0]?.entries.length, 5);
});

Deno.test("a page of older entries is left as it is when something new comes", () => {
  const { clock, asked, feed } = setUp(page(10, 6), { before: offset(11) });
  feed.refresh("you");
  clock.advance(SOON_MS);
  assert.equal(asked.length, 0);
});

Deno.test("how much is new is read again when something came for me, was seen, or was read in its room", async () => {
  const clock = createFakeClock();
  const { call, asked } = createScriptedCaller();
  const unseen = createUnseen({ first: 2, call, clock });
  const common = { seq: 1, at: 1, by: "ann" };
  const read = { ...common, type: "reads.marked", data: { room: "r1", seq: 1, n: 1 } } as const;
  unseen.apply({ ...common, type: "sessions.revoked", data: { session: "s1" } });
  clock.advance(SOON_MS);
  assert.equal(asked.length, 0);
  unseen.apply({ ...common, type: "inbox.mentioned", data: { entry: entry(3) } });
  unseen.apply({ ...common, type: "feed.seen", data: { view: "you", offset: offset(1) } });
  unseen.apply(read);
  clock.advance(SOON_MS);
  assert.deepEqual(asked.map((it) => it.body), [{ view: "you", limit: 1 }]);
  await asked[0]?.answer(page(3, 3, { unseen: 1 }));
  assert.equal(unseen.count.value, 1);
  unseen.apply(read);
  clock.advance(SOON_MS);
  await asked[1]?.answer(page(3, 3, { unseen: 0 }));
  assert.equal(unseen.count.value, 0);
  unseen.apply(read); // nothing is new: there is nothing that it could have changed
  clock.advance(SOON_MS);
  assert.equal(asked.length, 2);
});

Deno.test("the marker never goes back, and nothing is asked for that", async () => {
  const { asked, feed } = setUp(page(10, 6, { seen: offset(8) }));
  await feed.markSeen("you", offset(7));
  assert.equal(feed.parts.value[0]?.seen, offset(8));
  assert.deepEqual(asked, []);
});
