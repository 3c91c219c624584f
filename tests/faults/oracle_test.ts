/** The oracle itself: it takes what is right and finds each kind of wrong. */
import assert from "node:assert/strict";
import { parseBody } from "../../lib/server/messages/markdown.ts";
import type { Message } from "../../lib/protocol/messages.ts";
import type { StoredEvent } from "../../lib/server/log/types.ts";
import type { Entry } from "./follower.ts";
import {
  assertChanges,
  assertInOrder,
  assertLines,
  assertMarks,
  assertNeverBack,
  assertRuns,
  assertSentOnce,
  assertStoredDense,
} from "./oracle.ts";
import { recountLine, recountRoom } from "./recount.ts";
import type { Stored } from "./stored.ts";
import { createMessageCheck, Misstated } from "./message_check.ts";

const event = (seq: number, type: string, data: unknown = {}): StoredEvent => ({
  seq,
  tag: `t${seq}`,
  type,
  at: 1,
  by: "u1",
  data,
});
const offset = ({ seq, tag }: { seq: number; tag: string }) => `e_${seq}_${tag}`;
const head = (seq: number, n: number) => ({ seq, tag: `t${seq}`, first: 1, n, lastAt: 1, authority: 1, tail: [] });

function stored(): Stored {
  return {
    streams: new Map([
      ["room:r1", [event(1, "rooms.joined"), event(2, "messages.sent"), event(3, "messages.sent")]],
      ["user:u1", [event(1, "reads.marked", { room: "r1", seq: 3, n: 2 })]],
    ]),
    heads: new Map([["room:r1", head(3, 2)], ["user:u1", head(1, 0)]]),
    messages: new Map([[
      "r1",
      new Map([2, 3].map((seq) => [seq, { key: `k${seq}`, by: "u1", text: "x", n: seq - 1 }])),
    ]]),
    marks: new Map([["u1 r1", { seq: 3, n: 2 }]]),
    offset,
  };
}

const acknowledged = (seq: number) => ({
  by: "u1",
  room: "r1",
  key: `k${seq}`,
  text: "x",
  seq,
  n: seq - 1,
  offset: `e_${seq}_t${seq}`,
});

const own = { by: "u1", at: 1 };

function log(): Entry[] {
  return [
    { stream: "room:r1", from: "start", to: "e_1_t1", seq: 1, type: "rooms.joined", ...own, content: "{}" },
    { stream: "room:r1", from: "e_1_t1", to: "e_3_t3", seq: 2, type: "messages.sent", ...own, key: "k2" },
    { stream: "room:r1", from: "e_1_t1", to: "e_3_t3", seq: 3, type: "messages.sent", ...own, key: "k3" },
  ];
}

const runs = (entries: Entry[]) =>
  assertRuns({ name: "f", entries, starts: new Map([["room:r1", "start"]]) }, stored());

Deno.test("the oracle takes an exact run, from anywhere to the end", () => {
  assertStoredDense(stored());
  runs(log());
  assertRuns({ name: "f", entries: log().slice(1), starts: new Map([["room:r1", "e_1_t1"]]) }, stored());
});

Deno.test("the oracle finds a gap, a double, a wrong order, a wrong message and a wrong position in a follower's log", () => {
  const [first, second, third] = log();
  assert(first && second && third);
  const wrong: [string, Entry[]][] = [
    ["gap", [first, third]],
    ["double", [first, second, second, third]],
    ["order", [first, third, second]],
    ["end", [first, second]],
    ["message", [first, { ...second, key: "k3" }, third]],
    ["type", [first, { ...second, type: "messages.edited" }, third]],
    ["author", [first, { ...second, by: "u2" }, third]],
    ["time", [first, { ...second, at: 2 }, third]],
    ["data", [{ ...first, content: '{"user":"u2"}' }, second, third]],
    ["from", [first, { ...second, from: "elsewhere" }, { ...third, from: "elsewhere" }]],
    ["to", [first, second, { ...third, to: "e_3_else" }]],
  ];
  for (const [what, entries] of wrong) assert.throws(() => runs(entries), assert.AssertionError, what);
});

Deno.test("the oracle finds a lost, a doubled and a changed send, and one that nobody made", () => {
  assertSentOnce([2, 3].map(acknowledged), stored());
  for (
    const list of [
      [acknowledged(2), acknowledged(3), acknowledged(4)],
      [acknowledged(2)],
      [acknowledged(2), { ...acknowledged(3), text: "y" }],
      [acknowledged(2), { ...acknowledged(3), offset: "e_3_else" }],
    ]
  ) assert.throws(() => assertSentOnce(list, stored()), assert.AssertionError);
});

Deno.test("the oracle finds a mark that is not the one acknowledged, or was told otherwise", () => {
  assertMarks("u1", new Map([["r1", 2]]), stored());
  assert.throws(() => assertMarks("u1", new Map([["r1", 1]]), stored()), assert.AssertionError);
  const unmarked = stored();
  unmarked.streams.set("user:u1", [event(1, "reads.marked", { room: "r1", seq: 2, n: 1 })]);
  assert.throws(() => assertMarks("u1", new Map([["r1", 2]]), unmarked), assert.AssertionError);
});

Deno.test("the oracle finds sends of one person that changed places, but for those that were refused at first", () => {
  assertInOrder([2, 3].map(acknowledged), new Set());
  const changed = [{ ...acknowledged(2), seq: 3 }, { ...acknowledged(3), seq: 2 }];
  assert.throws(() => assertInOrder(changed, new Set()), assert.AssertionError);
  assertInOrder(changed, new Set(["k2"]));
});

Deno.test("the oracle finds a mark that goes back, or is told twice", () => {
  assertNeverBack("u1", stored());
  for (const n of [1, 2]) {
    const back = stored();
    back.streams.get("user:u1")?.push(event(2, "reads.marked", { room: "r1", seq: 2, n }));
    assert.throws(() => assertNeverBack("u1", back), assert.AssertionError);
  }
});

Deno.test("the oracle finds a body of another text, a mention too many, and a rev that is told twice otherwise", () => {
  const text = "_hello_ @ann";
  const message: Message = {
    room: "r1",
    seq: 2,
    n: 1,
    rev: 2,
    key: "k2",
    by: "u1",
    at: 1,
    text,
    body: parseBody(text, { ann: "u2" }),
    reactions: {},
    mentions: ["u2"],
  };
  const take = (...versions: Message[]) => {
    const messageCheck = createMessageCheck(new Map([["ann", "u2"], ["ben", "u3"]]));
    for (const it of versions) messageCheck.take(it, "mia");
  };
  take(message, message, { ...message, rev: 3, text: "", body: [], mentions: [], deletedAt: 5 });
  const wrong: Message[][] = [
    [{ ...message, text: "_hello_ @ann!" }],
    [{ ...message, body: parseBody("other", {}) }],
    [{ ...message, mentions: ["u2", "u3"] }],
    [{ ...message, mentions: [] }],
    [{ ...message, rev: 1 }],
    [{ ...message, deletedAt: 5 }],
    [{ ...message, reactions: { "👍": { count: 1, users: ["u1", "u2"] } } }],
    [message, { ...message, at: 2 }],
  ];
  for (const versions of wrong) assert.throws(() => take(...versions), Misstated, JSON.stringify(versions));
});

Deno.test("the oracle counts what a person's line of a room has to say", () => {
  const messageAt = (seq: number, more: Partial<Message> = {}) => ({
    message: {
      room: "r1",
      seq,
      rev: seq,
      key: `k${seq}`,
      by: "u1",
      at: seq,
      text: "",
      body: [],
      reactions: {},
      ...more,
    },
  });
  const events = [
    event(1, "rooms.joined", { user: "u2" }),
    event(2, "messages.sent", messageAt(2, { n: 1, mentions: ["u2"] })),
    event(3, "messages.sent", messageAt(3, { n: 2, mentions: ["u2"] })),
    event(4, "messages.deleted", messageAt(3, { n: 2, mentions: [], deletedAt: 4, rev: 4 })),
    event(5, "messages.sent", messageAt(5, { n: 3, mentions: ["u2", "u3"] })),
  ];
  const room = recountRoom(events);
  assert.deepEqual(recountLine(room, "u2"), {
    joined: true,
    n: 3,
    lastAt: 1,
    unread: 3,
    mentions: 2,
    mentioned: [1, 3],
  });
  assert.deepEqual(recountLine(room, "u2", { seq: 2, n: 1 }), {
    joined: true,
    n: 3,
    lastAt: 1,
    unread: 2,
    mentions: 1,
    mentioned: [3],
  });
  assert.deepEqual(recountLine(room, "u3"), { joined: false, n: 3, lastAt: 1, unread: 0, mentions: 0, mentioned: [] });
  assert.throws(() => recountRoom([...events, event(6, "messages.sent", messageAt(6, { n: 3, mentions: [] }))]));
});

Deno.test("the oracle finds a line that counts something else than what is stored", () => {
  const it = stored();
  it.messages.get("r1")?.set(3, { key: "k3", by: "u1", text: "@ben", n: 2, mentions: ["u2"] });
  it.marks.set("u2 r1", { seq: 2, n: 1 });
  const room = { id: "r1", name: "r1", topic: "", visibility: "public", createdAt: 1, createdBy: "u1" } as const;
  const line = { room, joined: true, n: 2, unread: 1, mentions: 1, lastAt: 1, level: "everything" } as const;
  assertLines("u2", [line], it);
  for (const wrong of [{ n: 3 }, { unread: 0 }, { mentions: 0 }, { mentions: 2 }]) {
    assert.throws(() => assertLines("u2", [{ ...line, ...wrong }], it), assert.AssertionError, JSON.stringify(wrong));
  }
});

Deno.test("the oracle finds a change that was lost, one that nobody made, and a follower who ends with another message", async () => {
  const message: Message = {
    room: "r1",
    seq: 2,
    n: 1,
    rev: 5,
    key: "k2",
    by: "u1",
    at: 1,
    text: "edited",
    body: [],
    reactions: { "👍": { count: 1, users: ["u2"] } },
    mentions: [],
  };
  const mine = { ...acknowledged(2), text: "edited" };
  const changers = (own = mine, deleted: string[] = [], reactions = ["r1 2 👍"]) => [
    { user: "u1", sent: new Map([["k2", own]]), deleted: new Set(deleted), reactions: new Set<string>() },
    { user: "u2", sent: new Map(), deleted: new Set<string>(), reactions: new Set(reactions) },
  ];
  const check = (is: Message, made = changers(), seen: Message = message) =>
    assertChanges(() => Promise.resolve(is), made, [{ name: "mia", changed: new Map([["r1 2", seen]]) }]);
  await check(message);
  const deleted: Message = { ...message, text: "", deletedAt: 2, reactions: {} };
  await check(deleted, changers({ ...mine, text: "" }, ["r1 2"]), deleted);
  await assert.rejects(check({ ...message, text: "x" }), assert.AssertionError);
  await assert.rejects(check({ ...message, reactions: {} }), assert.AssertionError);
  await assert.rejects(check(message, changers(mine, [], [])), assert.AssertionError);
  await assert.rejects(check(message, changers(mine, ["r1 2"])), assert.AssertionError);
  await assert.rejects(check(deleted), assert.AssertionError);
  await assert.rejects(check(message, changers(), { ...message, rev: 4 }), assert.AssertionError);
});

Deno.test("the oracle finds a hole, a wrong head and a message without its event in what is stored", () => {
  const wrong: ((it: Stored) => void)[] = [
    (it) => it.streams.get("room:r1")?.splice(1, 1),
    (it) => it.heads.set("room:r1", head(4, 2)),
    (it) => it.heads.set("room:r1", head(3, 3)),
    (it) => it.messages.get("r1")?.delete(2),
    (it) => it.messages.get("r1")?.set(9, { key: "k9", by: "u1", text: "x", n: 3 }),
  ];
  for (const spoil of wrong) {
    const it = stored();
    spoil(it);
    assert.throws(() => assertStoredDense(it), assert.AssertionError, String(spoil));
  }
});
