import assert from "node:assert/strict";
import { createPollTransport } from "../../lib/client/transports/poll.ts";
import { close, type ServerFrame } from "../../lib/protocol/frames.ts";
import { type PollRequest, pollRequest } from "../../lib/protocol/poll.ts";
import { Refusal, toProblem } from "../../lib/protocol/errors.ts";
import { createFakeClock, settled } from "./fake_clock.ts";
import { message, offset, sent, user } from "./samples.ts";

const room = "room:r1";

interface Asked {
  path: string;
  body: unknown;
  aborted: boolean;
  keepalive: boolean | undefined;
  answer(value: unknown, status?: number): Promise<void>;
  fail(): Promise<void>;
}

function setUp(instead?: () => PollRequest["fallback"]) {
  const clock = createFakeClock();
  const asked: Asked[] = [];
  const frames: ServerFrame[] = [];
  const closed: number[] = [];
  const transport = createPollTransport({
    me: "me",
    clock,
    random: () => 0.5,
    ...(instead && { instead }),
    fetch: (path, { body, signal, keepalive }) =>
      new Promise((resolve, reject) => {
        const one: Asked = {
          path,
          body: JSON.parse(String(body)),
          aborted: false,
          keepalive,
          answer(value, status = 200) {
            resolve(Response.json(value, { status }));
            return turn();
          },
          fail() {
            reject(new TypeError("no network"));
            return turn();
          },
        };
        signal?.addEventListener("abort", () => {
          one.aborted = true;
          reject(new DOMException("aborted", "AbortError"));
        });
        asked.push(one);
      }),
  });
  const connection = transport.connect({
    frame: (frame) => void frames.push(frame),
    closed: (code) => void closed.push(code),
  });
  const last = () => {
    const one = asked.at(-1);
    if (!one) throw new Error("nothing was asked");
    return one;
  };
  const request = (): PollRequest => pollRequest.parse(last().body);
  const polls = () => asked.filter((it) => it.path === "/live/poll");
  return { clock, connection, asked, frames, closed, last, request, polls };
}

/** A body is read over several turns of the event loop. */
async function turn() {
  for (let n = 0; n < 3; n++) {
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    await settled();
  }
}

async function following(at = offset(0), instead?: () => PollRequest["fallback"]) {
  const all = setUp(instead);
  await all.last().answer({ user: user("me"), workspace: { name: "w" } });
  all.connection.send({ t: "follow", streams: { [room]: at } });
  await turn();
  return all;
}

const events = (from: number, ...seqs: number[]) => ({
  t: "events",
  stream: room,
  from: offset(from),
  to: offset(seqs.at(-1) ?? from),
  events: seqs.map((seq) => sent(message(seq))),
});

const kinds = (frames: ServerFrame[]) => frames.map((it) => it.t);

Deno.test("it asks who is signed in, and makes its own welcome of that", async () => {
  const { asked, frames, last, closed } = setUp();
  assert.equal(last().path, "/api/auth.me");
  await last().answer({ user: user("me"), workspace: { name: "w" } });
  assert.deepEqual(frames.map((it) => it.t === "welcome" && [it.user.id, it.transport]), [["me", "poll"]]);
  assert.deepEqual([asked.length, asked[1]?.path, closed], [2, "/live/poll", []]);
});

Deno.test("the first poll asks for all latest state, and each next one from where the last one ended", async () => {
  const { last, request, frames } = await following();
  const { streams, seen, wait } = request();
  assert.deepEqual([streams, seen, wait], [{ [room]: offset(0) }, "", 25_000]);
  await last().answer({ frames: [events(0, 1, 2)], streams: { [room]: offset(2) }, seen: "s1" });
  assert.deepEqual(kinds(frames), ["welcome", "followed", "events"]);
  assert.deepEqual([request().streams, request().seen], [{ [room]: offset(2) }, "s1"]);
  await last().answer({ frames: [events(2, 3)], streams: { [room]: offset(3) }, seen: "s1" });
  assert.deepEqual(kinds(frames).slice(3), ["events"]);
});

Deno.test("the first poll that is answered says what it is instead of, and none after it", async () => {
  const blocked = { from: "ws", because: "blocked" } as const;
  const { connection, last, request } = await following(offset(0), () => blocked);
  assert.deepEqual(request().fallback, blocked);
  connection.send({ t: "follow", streams: { "room:r2": offset(9) } }); // aborts that poll
  await turn();
  assert.deepEqual(request().fallback, blocked);
  await last().answer({ frames: [], streams: { [room]: offset(0), "room:r2": offset(9) }, seen: "s1" });
  connection.send({ t: "unfollow", streams: ["room:r2"] });
  await turn();
  assert.equal(request().fallback, undefined);
});

Deno.test("delivery from now begins where the first events begin, or at the answer's offset", async () => {
  const one = await following("now");
  await one.last().answer({ frames: [events(4, 5)], streams: { [room]: offset(5) }, seen: "s" });
  assert.deepEqual(one.frames[1], { t: "followed", stream: room, offset: offset(4), head: offset(5) });
  const other = await following("now");
  await other.last().answer({ frames: [], streams: { [room]: offset(7) }, seen: "s" });
  assert.deepEqual(other.frames[1], { t: "followed", stream: room, offset: offset(7), head: offset(7) });
});

Deno.test("a change of what is followed or watched aborts the poll under way and asks once for all of a turn", async () => {
  const { connection, polls, request, frames } = await following();
  const before = polls().length;
  const old = polls().at(-1);
  connection.send({ t: "unfollow", streams: [room] });
  connection.send({ t: "follow", streams: { "room:r2": offset(9) } });
  connection.send({ t: "watch", users: ["ann"] });
  await turn();
  assert.equal(polls().length, before + 1);
  assert.equal(old?.aborted, true);
  assert.deepEqual([request().streams, request().users], [{ "room:r2": offset(9) }, ["ann"]]);
  await old?.answer({ frames: [events(0, 1)], streams: { [room]: offset(1) } });
  assert.deepEqual(kinds(frames), ["welcome"], "an aborted poll's answer is not heard");
  assert.equal(polls().length, before + 1);
});

Deno.test("whoever was typing and is not in the next state has stopped", async () => {
  const { clock, last, frames } = await following();
  const streams = { [room]: offset(0) };
  const typing = { t: "typing", room: "r1", users: ["ann"] };
  await last().answer({ frames: [typing], streams, seen: "s1" });
  await last().answer({ frames: [], streams, seen: "s1" });
  assert.deepEqual(kinds(frames).filter((it) => it === "typing").length, 1, "nothing is told, nothing changed");
  clock.advance(5_000); // The pause after an answer that brought nothing.
  await turn();
  await last().answer({ frames: [], streams, seen: "s2" });
  assert.deepEqual(frames.at(-1), { t: "typing", room: "r1", users: [] });
});

Deno.test("a stream that is gone is asked for no more", async () => {
  const { last, request, frames } = await following();
  await last().answer({ frames: [{ t: "gone", stream: room, reason: "removed" }], streams: {}, seen: "s" });
  assert.equal(frames.at(-1)?.t, "gone");
  assert.deepEqual(request().streams, {});
});

Deno.test("zero-delay loop: answers at once that bring nothing are followed by growing pauses", async () => {
  const { clock, last, polls } = await following();
  const empty = { frames: [], streams: { [room]: offset(0) }, seen: "" };
  for (let turns = 0; turns < 60; turns++) {
    if (!last().aborted) await last().answer(empty);
    clock.advance(1_000);
    await turn();
  }
  assert.ok(polls().length > 4 && polls().length < 20, `${polls().length} polls in a minute`);
});

Deno.test("an empty answer at the end of the wait is followed by the next poll at once", async () => {
  const { clock, last, polls } = await following();
  await last().answer({ frames: [], streams: { [room]: offset(0) }, seen: "s" });
  const before = polls().length;
  clock.advance(25_000);
  await last().answer({ frames: [], streams: { [room]: offset(0) }, seen: "s" });
  assert.equal(polls().length, before + 1);
});

Deno.test("no answer in time, or one that is cut off, ends it with 1006", async () => {
  const late = await following();
  late.clock.advance(35_000);
  await turn();
  assert.deepEqual(late.closed, [1006]);
  const cut = await following();
  await cut.last().fail();
  assert.deepEqual(cut.closed, [1006]);
});

for (const [status, code] of [[401, close.signedOut], [503, 1006], [404, 1006]] as const) {
  Deno.test(`a poll answered with ${status} ends it with ${code}`, async () => {
    const { last, closed, asked } = await following();
    await last().answer({}, status);
    const before = asked.length;
    await turn();
    assert.deepEqual([closed, asked.length], [[code], before]);
  });
}

Deno.test("bye is passed on, with what came beside it, and ends it", async () => {
  const { last, frames, closed } = await following();
  const bye = { t: "bye", reason: "restart", retry: 700 };
  await last().answer({ frames: [events(0, 1), bye], streams: { [room]: offset(1) }, seen: "s" });
  assert.deepEqual(kinds(frames), ["welcome", "followed", "events", "bye"]);
  assert.deepEqual(closed, [close.restart]);
});

Deno.test("a call is a POST, its answer or refusal a reply, also after the end of the polls", async () => {
  const { connection, asked, frames } = await following();
  const body = { room: "r1", text: "hi", key: "k" };
  connection.send({ t: "call", id: 3, name: "messages.send", body });
  connection.send({ t: "call", id: 4, name: "messages.send", body });
  connection.send({ t: "call", id: 5, name: "messages.send", body });
  const posts = asked.filter((it) => it.path === "/api/messages.send");
  assert.deepEqual(posts[0]?.body, body);
  await posts[0]?.answer({ ok: 1 });
  await posts[1]?.answer(toProblem(new Refusal("forbidden", "No")), 403);
  connection.close(1000);
  await posts[2]?.fail();
  const replies = frames.flatMap((it) => it.t === "reply" ? [[it.id, it.result, it.error?.code]] : []);
  assert.deepEqual(replies, [[3, { ok: 1 }, undefined], [4, undefined, "forbidden"], [5, undefined, "unavailable"]]);
});

Deno.test("a ping is a round trip of its own", async () => {
  const { connection, last, frames } = await following();
  connection.send({ t: "ping", id: 8 });
  assert.deepEqual(last().body, { v: 1, streams: {}, wait: 0 });
  assert.equal(kinds(frames).includes("pong"), false);
  await last().answer({ frames: [], streams: {} });
  assert.deepEqual(frames.at(-1), { t: "pong", id: 8 });
});

Deno.test("a small call outlives its page, where a read mark is sent last; a poll and what is large do not", async () => {
  const { asked, connection } = await following();
  const call = (text: string) => connection.send({ t: "call", id: 1, name: "messages.send", body: { text } });
  call("short");
  call("x".repeat(4_096));
  await settled();
  const kept = (path: string) => asked.filter((it) => it.path === path).map((it) => it.keepalive);
  assert.deepEqual(kept("/api/messages.send"), [true, false]);
  assert.deepEqual(new Set(kept("/live/poll")), new Set([false]));
});
