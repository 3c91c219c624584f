import assert from "node:assert/strict";
import { createTimeline, type MessagesPage, ROWS_MAX } from "../../lib/client/stores/timeline.ts";
import { type Event, isRoomEvent } from "../../lib/protocol/events.ts";
import type { Message } from "../../lib/protocol/messages.ts";
import { message, messages, offset, sent } from "./samples.ts";
import { createScriptedCaller } from "./scripted_caller.ts";

function setUp(page: Partial<MessagesPage> = {}, readUpTo = 0) {
  const { call, asked } = createScriptedCaller();
  const answer = (it: Partial<MessagesPage>) =>
    asked.at(-1)?.answer({ messages: [], offset: offset(1), more: false, ...it });
  const timeline = createTimeline({
    room: "r1",
    readUpTo,
    call,
    page: { messages: [], offset: offset(0), more: false, ...page },
  });
  return { timeline, asked, answer, seqs: () => timeline.window.value.messages.map((it) => it.seq) };
}

function apply(timeline: ReturnType<typeof setUp>["timeline"], it: Message, seq?: number) {
  const event: Event = sent(it, seq);
  assert.ok(isRoomEvent(event));
  timeline.apply([event], offset(seq ?? it.seq));
}

Deno.test("events append in order and move the offset", () => {
  const { timeline, seqs } = setUp({ messages: messages(1, 2), offset: offset(2) });
  apply(timeline, message(3));
  assert.deepEqual(seqs(), [1, 2, 3]);
  assert.equal(timeline.offset(), offset(3));
});

Deno.test("an event about a message whose rev is not below its seq is ignored, one above replaces it", () => {
  const { timeline } = setUp({ messages: [message(1, { rev: 5, text: "as of 5" })] });
  apply(timeline, message(1, { text: "as of 1" }));
  apply(timeline, message(1, { rev: 5, text: "as of 5 again" }), 5);
  assert.equal(timeline.window.value.messages[0]?.text, "as of 5");
  apply(timeline, message(1, { rev: 6, text: "as of 6" }), 6);
  assert.equal(timeline.window.value.messages[0]?.text, "as of 6");
});

for (const type of ["messages.edited", "messages.deleted", "messages.reacted"]) {
  Deno.test(`${type} changes the row that is there, and brings none from before the window`, () => {
    const { timeline, seqs } = setUp({ messages: messages(5, 7), more: true, offset: offset(7) });
    for (const [at, seq] of [[8, 6], [9, 2]] as const) {
      const event: Event = { ...sent(message(seq, { rev: at, text: "as it is now" }), at), type };
      assert.ok(isRoomEvent(event));
      timeline.apply([event], offset(at));
    }
    assert.deepEqual(seqs(), [5, 6, 7]);
    assert.equal(timeline.window.value.messages[1]?.text, "as it is now");
  });
}

for (const order of ["reply first", "event first"] as const) {
  Deno.test(`an acknowledged send is one message: ${order}`, () => {
    const { timeline, seqs } = setUp({ messages: messages(1, 2) });
    const mine = message(4, { by: "me" });
    if (order === "reply first") timeline.acknowledge(mine);
    apply(timeline, message(3));
    apply(timeline, mine);
    if (order === "event first") timeline.acknowledge(mine);
    assert.deepEqual(seqs(), [1, 2, 3, 4]);
  });
}

Deno.test("other rooms and replies in threads are no rows, replies sent to the room are", () => {
  const { timeline, seqs } = setUp();
  apply(timeline, message(1, { room: "r2" }));
  apply(timeline, message(2, { thread: 1, n: undefined }));
  apply(timeline, message(3, { thread: 1, n: 2 }));
  assert.deepEqual(seqs(), [3]);
});

Deno.test("at the end the window drops its oldest past 200 rows; elsewhere it keeps what is being read", () => {
  const { timeline } = setUp({ messages: messages(1, ROWS_MAX) });
  apply(timeline, message(ROWS_MAX + 1));
  let { messages: rows, older, newer } = timeline.window.value;
  assert.deepEqual([rows.length, rows[0]?.seq, older, newer], [ROWS_MAX, 2, true, false]);
  timeline.setAtEnd(false);
  apply(timeline, message(ROWS_MAX + 2));
  ({ messages: rows, older, newer } = timeline.window.value);
  assert.deepEqual([rows.length, rows[0]?.seq, older, newer], [ROWS_MAX, 2, true, true]);
});

Deno.test("loadOlder() puts a page before the first, once at a time", async () => {
  const { timeline, asked, answer, seqs } = setUp({ messages: messages(10, 11), more: true });
  void timeline.loadOlder();
  void timeline.loadOlder();
  assert.deepEqual(asked.map((it) => it.body), [{ room: "r1", before: 10, limit: 50 }]);
  await answer({ messages: messages(8, 9), more: false });
  assert.deepEqual(seqs(), [8, 9, 10, 11]);
  assert.equal(timeline.window.value.older, false);
});

Deno.test("what comes while the newest page is on its way is in the window behind it", async () => {
  const { timeline, answer, seqs } = setUp({ messages: messages(1, 2), moreAfter: true });
  void timeline.loadNewest();
  apply(timeline, message(9));
  await answer({ messages: messages(7, 8), more: true });
  assert.deepEqual(seqs(), [7, 8, 9]);
});

for (const load of ["loadOlder", "loadNewer", "loadNewest"] as const) {
  Deno.test(`${load}(): a page that was on its way when the window began anew is dropped, with what came meanwhile`, async () => {
    const { timeline, answer, seqs } = setUp({ messages: messages(10, 20), more: true, moreAfter: true });
    const loading = timeline[load]();
    apply(timeline, message(21));
    timeline.reset({ messages: messages(100, 102), offset: offset(102), more: false });
    await answer({ messages: load === "loadOlder" ? messages(5, 9) : messages(21, 30), more: true });
    await loading;
    assert.deepEqual(seqs(), [100, 101, 102]);
    assert.deepEqual([timeline.window.value.older, timeline.loading.value], [false, undefined]);
  });
}

Deno.test("away from the newest, new messages wait until the window gets there", async () => {
  const { timeline, answer, seqs } = setUp({ messages: messages(1, 2), moreAfter: true });
  apply(timeline, message(4));
  assert.deepEqual(seqs(), [1, 2]);
  void timeline.loadNewer();
  apply(timeline, message(5));
  await answer({ messages: messages(3, 4), more: false });
  assert.deepEqual(seqs(), [1, 2, 3, 4, 5]);
  assert.equal(timeline.window.value.newer, false);
});

Deno.test("a replayed event of before the window does not come in at its top", () => {
  const { timeline, seqs } = setUp({ messages: messages(50, 51), more: true });
  apply(timeline, message(3));
  assert.deepEqual(seqs(), [50, 51]);
});

Deno.test("the first unread one is the first behind the mark, whoever wrote it", () => {
  const { timeline } = setUp({ messages: [message(1), message(2, { by: "me" }), message(3)] }, 1);
  assert.equal(timeline.firstUnread.value, 2);
  timeline.setReadUpTo(3);
  assert.equal(timeline.firstUnread.value, undefined);
});

Deno.test("with unread ones above the window there is no first unread one in it", () => {
  const { timeline } = setUp({ messages: messages(50, 60), more: true }, 10);
  assert.equal(timeline.firstUnread.value, undefined);
});
