/** What is left out of a compact event follows from the rest: a reader has the same message as from a whole one. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Body } from "../../lib/protocol/body.ts";
import { compactMessage, createFrameReader } from "../../lib/protocol/compact.ts";
import type { Message } from "../../lib/protocol/messages.ts";

const stream = "room:r1";
const known = { seq: 7, by: "ann", at: 1_764_000_000_000 };

const bodyOf = (text: string): Body => [{ t: "p", c: [text] }];
const bodies = (text: string) =>
  fc.constantFrom<Body>(bodyOf(text), [], bodyOf(`${text} `), [{ t: "p", c: [text, text] }], [{
    t: "quote",
    c: bodyOf(text),
  }], [...bodyOf(text), { t: "hr" }]);

/** Messages whose fields are as often what their event says as not. */
const messages: fc.Arbitrary<Message> = fc.string({ maxLength: 20 }).chain((text) =>
  fc.record({
    room: fc.constantFrom("r1", "r2"),
    seq: fc.constantFrom(7, 3),
    n: fc.constantFrom(5, 1),
    rev: fc.constantFrom(7, 9),
    key: fc.constant("a-key-of-16-chars"),
    by: fc.constantFrom("ann", "bob"),
    at: fc.constantFrom(known.at, 5),
    text: fc.constant(text),
    body: bodies(text),
    reactions: fc.constantFrom<Message["reactions"]>({}, { "👍": { count: 1, users: ["bob"] } }),
    mentions: fc.constantFrom<string[]>([], ["bob"]),
  }, { noNullPrototype: true })
);

const read = (data: unknown, type = "messages.sent") => {
  const frame = createFrameReader({ [stream]: "e_6" })({
    t: "events",
    stream,
    to: "e_7",
    events: [JSON.parse(JSON.stringify({ ...known, type, data }))],
  });
  assert(frame?.t === "events");
  return frame;
};

Deno.test("a reader has all of a message but another's key", () => {
  fc.assert(fc.property(messages, (message) => {
    const compact = compactMessage(message, { ...known, stream });
    assert.deepEqual(read({ message: compact }).events[0]?.data, { message: { ...message, key: "" } });
    assert.deepEqual(read({ message: { ...compact, key: message.key } }).events[0]?.data, { message });
    assert.deepEqual(read({ message }).events[0]?.data, { message }, "a whole one");
  }));
});

Deno.test("of a plain line only its number and its text are left", () => {
  const text = "plain words";
  const message = {
    ...known,
    room: "r1",
    rev: 7,
    n: 5,
    key: "k",
    text,
    body: bodyOf(text),
    reactions: {},
    mentions: [],
  };
  assert.deepEqual(compactMessage(message, { ...known, stream }), { n: 5, text });
});

Deno.test("what is about no message, or of an unknown type, stays as it is", () => {
  for (const data of [{ message: "no object" }, { user: "ann" }, null, "text", { message: null }]) {
    assert.deepEqual(read(data).events[0]?.data, data);
  }
  const data = { message: { text: "x" } };
  assert.deepEqual(read(data, "polls.opened").events[0]?.data, data);
});

Deno.test("a frame without from goes on where the one before it ended, or where the stream was followed", () => {
  const reader = createFrameReader({ "room:polled": "e_1", "room:word": "now" });
  const fromOf = (stream: string, to: string, from?: string) => {
    const frame = reader({ t: "events", stream, ...(from && { from }), to, events: [] });
    return frame?.t === "events" ? frame.from : undefined;
  };
  reader({ t: "followed", stream: "room:a", offset: "e_3", head: "e_9" });
  assert.equal(fromOf("room:a", "e_4"), "e_3");
  assert.equal(fromOf("room:a", "e_6"), "e_4");
  reader({ t: "followed", stream: "room:a", offset: "e_2", head: "e_9" });
  assert.equal(fromOf("room:a", "e_3"), "e_2", "it was followed from elsewhere");
  assert.equal(fromOf("room:polled", "e_2"), "e_1");
  assert.equal(fromOf("room:word", "e_2", "e_1"), "e_1");
  assert.equal(fromOf("room:unknown", "e_2"), "", "a position that no follower has: it asks again");
  assert.equal(reader({ t: "whatever" }), undefined);
  assert.equal(reader("no frame"), undefined);
});
