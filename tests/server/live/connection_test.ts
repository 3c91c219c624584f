import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { later } from "../../../lib/server/limits/turns.ts";
import { Refusal } from "../../../lib/protocol/errors.ts";
import { CALLS_MAX } from "../../../lib/protocol/frames.ts";
import { createFakeClock } from "../../client/fake_clock.ts";
import { replies, withConnection } from "./with_connection.ts";

Deno.test("the first frame is welcome, then comes the whole digest", () =>
  withConnection(async (wire) => {
    await wire.until(() => wire.frames.length === 2);
    assert.deepEqual(wire.frames.map((frame) => frame.t), ["welcome", "digest"]);
    assert.deepEqual(wire.frames[1], { t: "digest", rooms: {} });
  }));

Deno.test("replies to calls that end at once leave together; the only one just leaves", () => {
  const gate = Promise.withResolvers<void>();
  return withConnection(async (wire) => {
    for (const id of [1, 2, 3]) wire.say({ t: "call", id, name: "messages.send", body: { room: "a" } });
    gate.resolve();
    await wire.until(() => replies(wire).length === 3);
    assert.equal(wire.together, 3);
    wire.say({ t: "call", id: 4, name: "messages.send", body: { room: "a" } });
    await wire.until(() => replies(wire).length === 4);
    assert.equal(wire.together, 3);
  }, () => gate.promise);
});

Deno.test("a ping is answered with its id", () =>
  withConnection(async (wire) => {
    wire.say({ t: "ping", id: 9 });
    await wire.until(() => wire.frames.some((frame) => frame.t === "pong" && frame.id === 9));
  }));

for (
  const [what, text] of [
    ["no JSON", "{"],
    ["an array", "[]"],
    ["an unknown type", `{"t":"shout"}`],
    ["streams that are no offsets", `{"t":"follow","streams":{"room:a":null}}`],
    ["nesting 10,000 deep", "[".repeat(10_000) + "]".repeat(10_000)],
    ["an id that is no integer", `{"t":"ping","id":"9"}`],
    [
      "an unfollow of more streams than can be followed",
      JSON.stringify({ t: "unfollow", streams: Array(257).fill("a") }),
    ],
  ]
) {
  Deno.test(`a frame that is ${what} closes with 1008`, () =>
    withConnection(async (wire) => {
      wire.raw(text ?? "");
      await wire.until(() => wire.closes.length === 1);
      assert.equal(wire.closes[0]?.[0], 1008);
    }));
}

Deno.test("a frame that is none but has an id gets its error there", () =>
  withConnection(async (wire) => {
    wire.say({ t: "shout", id: 4 });
    await wire.until(() => replies(wire).length === 1);
    const [reply] = replies(wire);
    assert.ok(reply && reply.t === "reply" && reply.id === 4 && reply.error?.code === "invalid");
    assert.deepEqual(wire.closes, []);
  }));

Deno.test("unknown commands and those that set cookies are not found as calls", () =>
  withConnection(async (wire) => {
    for (const [at, name] of ["no.such", "constructor", "auth.signIn", "auth.signOut"].entries()) {
      wire.say({ t: "call", id: at, name, body: {} });
    }
    await wire.until(() => replies(wire).length === 4);
    assert.deepEqual(replies(wire).map((it) => it.t === "reply" && it.error?.code), Array(4).fill("not_found"));
  }, () => assert.fail("it was run")));

Deno.test("an error that is no refusal is sent as internal, without its text", () =>
  withConnection(async (wire) => {
    wire.say({ t: "call", id: 1, name: "auth.me", body: {} });
    await wire.until(() => replies(wire).length === 1);
    assert.ok(!JSON.stringify(replies(wire)).includes("secret"));
    const [reply] = replies(wire);
    assert.ok(reply && reply.t === "reply" && reply.error?.code === "internal");
  }, () => Promise.reject(new Error("secret"))));

Deno.test("the 65th call under way is rate limited; the others are answered", async () => {
  const gate = Promise.withResolvers<void>();
  await withConnection(async (wire) => {
    for (let id = 0; id <= CALLS_MAX; id++) wire.say({ t: "call", id, name: "auth.me", body: {} });
    await wire.until(() => replies(wire).length === 1);
    const [reply] = replies(wire);
    assert.ok(reply && reply.t === "reply" && reply.id === CALLS_MAX && reply.error?.code === "rate_limited");
    gate.resolve();
    await wire.until(() => replies(wire).length === CALLS_MAX + 1);
  }, () => gate.promise.then(() => ({})));
});

/** What fills a socket, so that its owner asks how much is unread. */
const large = () => Promise.resolve({ text: "x".repeat(300_000) });

Deno.test("replies wait for a client that doesn't read, and come when it does", () =>
  withConnection(async (wire) => {
    await wire.until(() => wire.frames.length === 2);
    wire.say({ t: "call", id: 1, name: "auth.me", body: {} });
    await wire.until(() => replies(wire).length === 1);
    wire.buffered = 1_000_000;
    wire.say({ t: "call", id: 2, name: "auth.me", body: {} });
    wire.say({ t: "ping", id: 3 }); // a sign that the call's turn has come
    await wire.until(() => wire.frames.some((frame) => frame.t === "pong"));
    assert.equal(replies(wire).length, 1);
    wire.buffered = 0;
    await wire.until(() => replies(wire).length === 2);
  }, large));

Deno.test("what a client has not read counts in the backlog of its person until it is read, or its socket is gone", () =>
  withConnection(async (wire) => {
    await wire.until(() => wire.frames.length === 2);
    assert.equal(wire.backlog.of("u1"), 0);
    wire.buffered = 1_000_000;
    for (let id = 1; id <= 3; id++) wire.say({ t: "call", id, name: "auth.me", body: {} });
    await wire.until(() => wire.backlog.of("u1") > 1_500_000); // one reply went out, two are held
    assert.ok(wire.answered > 900_000);
    wire.buffered = 0;
    await wire.until(() => replies(wire).length === 3 && wire.backlog.of("u1") === 0);
    wire.buffered = 1_000_000;
    wire.say({ t: "call", id: 4, name: "auth.me", body: {} });
    await wire.until(() => wire.backlog.of("u1") > 0);
  }, large));

Deno.test("replies that are not read are held up to 4 MiB, however few they are, then the client is closed with 4001", () =>
  withConnection(async (wire) => {
    await wire.until(() => wire.frames.length === 2);
    wire.buffered = 1_000_000;
    for (let id = 1; id <= 20; id++) wire.say({ t: "call", id, name: "auth.me", body: {} });
    await wire.until(() => wire.closes.length === 1);
    assert.deepEqual(wire.closes.map(([code]) => code), [4001]);
    assert.ok(wire.backlog.of("u1") < 4 * 1024 * 1024 + 1_000_000);
  }, large));

Deno.test("a client that makes no progress for 30 s is closed with 4001 and gets nothing more", () => {
  const clock = createFakeClock();
  return withConnection(
    async (wire) => {
      await wire.until(() => wire.frames.length === 2);
      wire.say({ t: "call", id: 1, name: "auth.me", body: {} });
      await wire.until(() => replies(wire).length === 1);
      wire.buffered = 1_000_000;
      wire.asked = 0;
      wire.say({ t: "call", id: 2, name: "auth.me", body: {} });
      wire.say({ t: "ping", id: 3 });
      await wire.until(() => wire.asked > 0); // Its reply is held, and the 30 s have begun.
      assert.ok(wire.frames.some((frame) => frame.t === "pong"));
      clock.advance(29_000);
      assert.deepEqual(wire.closes, []);
      clock.advance(2_000);
      assert.equal(wire.closes[0]?.[0], 4001);
      assert.equal(replies(wire).length, 1);
    },
    large,
    clock,
  );
});

Deno.test("a client that says nothing for twice the ping time is closed with 4002", () =>
  withConnection(async (wire) => {
    await wire.until(() => wire.frames.length === 2);
    wire.sweep(49_000);
    assert.deepEqual(wire.closes, []);
    wire.sweep(51_000);
    assert.equal(wire.closes[0]?.[0], 4002);
  }));

Deno.test("a refusal's details come with its reply", () =>
  withConnection(async (wire) => {
    wire.say({ t: "call", id: 1, name: "messages.send", body: {} });
    await wire.until(() => replies(wire).length === 1);
    const [reply] = replies(wire);
    assert.ok(reply?.t === "reply");
    assert.deepEqual(reply.error, {
      type: "about:blank",
      title: "Not allowed",
      status: 403,
      code: "forbidden",
      detail: "Cannot send message: room is archived",
    });
  }, () => Promise.reject(new Refusal("forbidden", "Cannot send message: room is archived"))));

Deno.test("calls that write to one room run in the order in which they came", async () => {
  const begun: string[] = [];
  const gate = Promise.withResolvers<void>();
  await withConnection(async (wire) => {
    for (const [id, name] of ["rooms.join", "rooms.leave"].entries()) {
      wire.say({ t: "call", id, name, body: { room: "a" } });
    }
    wire.say({ t: "call", id: 2, name: "auth.me", body: {} });
    await wire.until(() => replies(wire).length === 1); // what writes to no room waits for nothing
    assert.deepEqual(begun, ["rooms.join", "auth.me"]);
    gate.resolve();
    await wire.until(() => replies(wire).length === 3);
    assert.deepEqual(begun, ["rooms.join", "auth.me", "rooms.leave"]);
  }, async (name) => {
    begun.push(name);
    if (name === "rooms.join") await gate.promise;
    return {};
  });
});

Deno.test("a client that asks for more than it reads is closed with 4001, follows nothing more, and counts until its socket is gone", () =>
  withConnection(async (wire, hub) => {
    await wire.until(() => wire.frames.length === 2);
    wire.buffered = 100 * 1024 * 1024;
    const name = "x".repeat(60_000);
    for (let at = 0; at < 400 && wire.closes.length === 0; at++) {
      wire.say({ t: "follow", streams: { [name]: "now", feed: "now" } });
      await setImmediate();
    }
    assert.deepEqual(wire.closes.map(([code]) => code), [4001]);
    assert.equal(hub.sessionsOf("u1"), 1);
  }));

const TURNS_OF_A_FRAME = 4; // until all of it is done
const nextTurn = () => new Promise<void>(later);

/** How many such frames one client may send before it is sent away. Of a frame that is handled in pieces, `turn` is a later one. */
async function framesUntilOverloaded(frame: unknown, turn: () => Promise<void> = setImmediate): Promise<number> {
  let sent = 0;
  await withConnection(async (wire) => {
    while (wire.closes.length === 0) {
      wire.say({ ...Object(frame), sent: ++sent });
      for (let turns = 0; turns < TURNS_OF_A_FRAME; turns++) await turn();
    }
    assert.deepEqual(wire.closes.map(([code]) => code), [1013]);
    assert.equal(wire.frames.at(-1)?.t, "bye");
    await Promise.resolve();
  });
  return sent;
}

Deno.test("frames weigh what they name and how long they are: 300 of 256 streams are too many", async () => {
  const streams = Object.fromEntries(Array.from({ length: 256 }, (_, at) => [`room:a${at}`, "now"]));
  assert.equal(await framesUntilOverloaded({ t: "follow", streams }, nextTurn), 76);
  assert.equal(await framesUntilOverloaded({ t: "unfollow", streams: Object.keys(streams) }, nextTurn), 77);
  assert.equal(await framesUntilOverloaded({ t: "watch", users: Array(200).fill("u2") }, nextTurn), 99);
  assert.equal(await framesUntilOverloaded({ t: "ping", id: 1, text: "x".repeat(51_200) }, nextTurn), 199);
  assert.equal(await framesUntilOverloaded({ t: "ping", id: 1 }), 20_001);
});

Deno.test("a burst of frames is handled over many turns, in order, and ends with its connection", () =>
  withConnection(async (wire) => {
    await wire.until(() => wire.frames.length === 2);
    const gone = () => wire.frames.filter((frame) => frame.t === "gone").length;
    const streams = (round: number) =>
      Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`${round}-${at}`, "now"]));
    for (let round = 0; round < 3; round++) wire.say({ t: "follow", streams: streams(round) });
    wire.say({ t: "ping", id: 7 });
    assert.ok(gone() < 256, `${gone()} were told in one turn`);
    let most = 0;
    for (let before = gone(); !wire.frames.some((frame) => frame.t === "pong"); before = gone()) {
      await setImmediate();
      most = Math.max(most, gone() - before);
    }
    assert.equal(gone(), 3_000);
    assert.ok(most < 256, `${most} were told in one turn`);
    wire.say({ t: "follow", streams: streams(3) });
    wire.raw("[]");
    wire.say({ t: "follow", streams: streams(4) });
    while (wire.closes.length === 0) await setImmediate();
    assert.equal(gone(), 4_000);
    for (let turn = 0; turn < 50; turn++) await setImmediate();
    assert.equal(gone(), 4_000, "what comes behind the end is not heard");
  }));

Deno.test("while the server drains new calls are unavailable, and those under way are answered", async () => {
  const gate = Promise.withResolvers<void>();
  await withConnection(async (wire) => {
    wire.say({ t: "call", id: 1, name: "rooms.join", body: { room: "a" } });
    wire.say({ t: "call", id: 2, name: "rooms.leave", body: { room: "a" } });
    wire.draining.abort();
    wire.say({ t: "call", id: 3, name: "auth.me", body: {} });
    await wire.until(() => replies(wire).length === 1);
    const [reply] = replies(wire);
    assert.ok(reply?.t === "reply" && reply.id === 3 && reply.error?.code === "unavailable");
    gate.resolve();
    await wire.until(() => replies(wire).length === 3);
    assert.ok(replies(wire).slice(1).every((it) => it.t === "reply" && it.error === undefined));
  }, () => gate.promise.then(() => ({})));
});
