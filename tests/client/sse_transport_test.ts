import assert from "node:assert/strict";
import { createFollowing } from "../../lib/client/connection/following.ts";
import { type Connection, UNKNOWN_CLOSE } from "../../lib/client/connection/transport.ts";
import { createSseTransport } from "../../lib/client/transports/sse.ts";
import { Refusal, toProblem } from "../../lib/protocol/errors.ts";
import { close, type ServerFrame } from "../../lib/protocol/frames.ts";
import { createFakeClock, settled } from "./fake_clock.ts";
import { message, offset, sent, user } from "./samples.ts";

const feed = "feed";
const refused = toProblem(new Refusal("unauthenticated", "Cannot do that: not signed in"));

/** A server with one stream of numbered events: the line brings what the test lets it, a pull all there is. */
function setUp() {
  const clock = createFakeClock();
  const listeners = new Map<string, (event: MessageEvent<unknown>) => void>();
  const frames: ServerFrame[] = [];
  const closed: number[] = [];
  const seqs: number[] = [];
  const pulls: string[] = [];
  const server = { head: 0, isDown: false, isSignedIn: true, knows: (_offset: string) => true };
  let path = "";
  let isClosed = false;

  const events = (from: number, to: number): ServerFrame => ({
    t: "events",
    stream: feed,
    from: offset(from),
    to: offset(to),
    events: Array.from({ length: to - from }, (_, i) => sent(message(from + i + 1))),
  });
  const transport = createSseTransport({
    me: "me",
    streams: [feed],
    clock,
    open(it) {
      path = it;
      return { addEventListener: (type, listener) => void listeners.set(type, listener), close: () => isClosed = true };
    },
    fetch(_path, { body }) {
      if (server.isDown) return Promise.reject(new TypeError("no network"));
      if (!server.isSignedIn) return Promise.resolve(Response.json(refused, { status: 401 }));
      const { streams: { [feed]: at } } = JSON.parse(String(body));
      if (at === undefined) return Promise.resolve(Response.json({ frames: [], streams: {} }));
      pulls.push(at);
      if (!server.knows(at)) {
        const gone: ServerFrame = { t: "gone", stream: feed, reason: "epoch", head: offset(server.head) };
        return Promise.resolve(Response.json({ frames: [gone], streams: {} }));
      }
      const from = at === "-1" ? 0 : Number(at.split("_")[1]);
      const list = from < server.head ? [events(from, server.head)] : [];
      return Promise.resolve(Response.json({ frames: list, streams: { [feed]: offset(server.head) } }));
    },
  });
  const gone: string[] = [];
  const following = createFollowing({ send: (frame) => connection.send(frame), healed: () => healed.count++ });
  const healed = { count: 0 };
  const connection: Connection = transport.connect({
    frame(frame) {
      frames.push(frame);
      if (frame.t === "followed" || frame.t === "events" || frame.t === "gone") following.frame(frame);
    },
    closed: (code) => void closed.push(code),
  });
  const say = (frame: ServerFrame) =>
    listeners.get(frame.t)?.(new MessageEvent(frame.t, { data: JSON.stringify(frame) }));
  return {
    ...{ clock, frames, closed, seqs, pulls, gone, server, following, healed, connection, events, say },
    path: () => path,
    isClosed: () => isClosed,
    fail: () => listeners.get("error")?.(new MessageEvent("error")),
    follow: (at: string) =>
      following.follow(feed, at, {
        events: (list) => void seqs.push(...list.map((it) => it.seq)),
        gone: (reason) => void gone.push(reason),
      }),
    opened(at: number) {
      say({ t: "welcome", v: 1, user: user("me"), session: "s", ping: 25_000, transport: "sse", instance: "i" });
      say({ t: "followed", stream: feed, offset: offset(at), head: offset(at) });
      server.head = at;
    },
  };
}

/** Answers are read over several turns of the event loop. */
async function turn() {
  for (let n = 0; n < 5; n++) {
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    await settled();
  }
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

Deno.test("it opens a line for its streams and says for whom; a client at the tail gets what the line brings", () => {
  const { path, opened, follow, say, events, seqs, pulls } = setUp();
  assert.equal(path(), "/live/sse?v=1&as=me&streams=feed&compact=true");
  opened(3);
  follow("now");
  say(events(3, 5));
  assert.deepEqual([seqs, pulls], [[4, 5], []]);
});

for (const order of ["followed first", "follow first"] as const) {
  Deno.test(`a client that is behind is brought up to the line without a gap or a double (${order})`, async () => {
    const { opened, follow, say, server, events, seqs, healed } = setUp();
    if (order === "follow first") follow(offset(0));
    opened(3);
    if (order === "followed first") follow(offset(0));
    server.head = 4; // The pull gives one that the line brings too.
    say(events(3, 4));
    await turn();
    say(events(4, 6));
    assert.deepEqual([seqs, healed.count], [upTo(6), 0]);
  });
}

Deno.test("a pull that ends in the middle of the line's next frame is followed by another", async () => {
  const { opened, follow, say, server, events, seqs, healed } = setUp();
  opened(3);
  follow(offset(0));
  server.head = 5;
  await turn();
  server.head = 7;
  say(events(3, 7));
  await turn();
  say(events(7, 8));
  assert.deepEqual([seqs, healed.count], [upTo(8), 0]);
});

const restored = [
  ["beyond", offset(9)],
  ["before, of another history", "e_0000000000000002_told"],
  ["beside, of another history", "e_0000000000000005_told"],
] as const;
for (const [where, position] of restored) {
  Deno.test(`data were restored: a position ${where} the line's is the server's to judge, and gone`, async () => {
    const { opened, follow, say, server, events, seqs, gone, pulls } = setUp();
    server.knows = (at) => at === offset(Number(at.split("_")[1])) && at <= offset(server.head);
    opened(5);
    follow(position);
    await turn();
    assert.deepEqual([gone, pulls], [["epoch"], [position]]);
    follow("now");
    say(events(5, 7));
    assert.deepEqual(seqs, [6, 7], "it goes on live");
  });
}

Deno.test("a position beyond the line that the server knows goes on when the line has come so far", async () => {
  const { opened, follow, say, server, events, seqs, gone, pulls } = setUp();
  opened(5);
  server.head = 8;
  follow(offset(8));
  await turn();
  say(events(5, 7)); // The line is late.
  say(events(7, 8));
  say(events(8, 9));
  await turn();
  assert.deepEqual([seqs, gone, pulls.length], [[9], [], 1]);
});

Deno.test("a line that stays where the server knows nothing any more is left within 5 s of a ping", async () => {
  const { opened, follow, server, connection, clock, closed } = setUp();
  opened(5);
  follow("now");
  server.knows = () => false;
  connection.send({ t: "ping", id: 4 });
  await turn();
  clock.advance(5_000);
  assert.deepEqual(closed, [UNKNOWN_CLOSE]);
});

Deno.test("from the oldest on, all of it comes", async () => {
  const { opened, follow, say, events, seqs } = setUp();
  opened(3);
  follow("-1");
  await turn();
  say(events(3, 4));
  assert.deepEqual(seqs, upTo(4));
});

Deno.test("a connection that breaks is closed and reported once, and nothing comes of it any more", () => {
  const { opened, fail, closed, isClosed, follow, say, events, seqs } = setUp();
  opened(0);
  follow("now");
  fail();
  fail();
  say(events(0, 1));
  assert.deepEqual([closed, isClosed(), seqs], [[UNKNOWN_CLOSE], true, []]);
});

for (
  const [reason, code] of [
    ["restart", close.restart],
    ["recycled", close.restart],
    ["overloaded", close.restart],
    ["signed_out", UNKNOWN_CLOSE],
  ] as const
) {
  Deno.test(`a connection that ends after a bye (${reason}) is reported with ${code}`, () => {
    const { opened, say, fail, closed } = setUp();
    opened(0);
    say({ t: "bye", reason, retry: 1_000 });
    assert.deepEqual(closed, []);
    fail();
    assert.deepEqual(closed, [code]);
  });
}

Deno.test("a stream that ended and is followed again needs another line", () => {
  const { opened, follow, say, closed, isClosed } = setUp();
  opened(3);
  follow("now");
  say({ t: "gone", stream: feed, reason: "epoch" });
  assert.deepEqual([closed, isClosed()], [[], false]);
  follow("now");
  assert.deepEqual([closed, isClosed()], [[close.restart], true]);
});

Deno.test("zombie: a line that is open and brings nothing, while there is something, is left within 5 s of a ping", async () => {
  const { opened, follow, server, connection, clock, frames, closed } = setUp();
  opened(0);
  follow("now");
  server.head = 2;
  connection.send({ t: "ping", id: 4 });
  await turn();
  assert.deepEqual(frames.at(-1), { t: "pong", id: 4 });
  assert.deepEqual(closed, []);
  clock.advance(5_000);
  assert.deepEqual(closed, [UNKNOWN_CLOSE]);
});

Deno.test("a line that is only a little late is kept", async () => {
  const { opened, follow, server, connection, clock, say, events, closed } = setUp();
  opened(0);
  follow("now");
  server.head = 2;
  connection.send({ t: "ping", id: 4 });
  await turn();
  say(events(0, 2));
  clock.advance(5_000);
  assert.deepEqual(closed, []);
});

Deno.test("a call that is refused as signed out ends the line, which was opened as somebody else", async () => {
  const { opened, server, connection, frames, closed } = setUp();
  opened(0);
  server.isSignedIn = false;
  connection.send({ t: "call", id: 4, name: "auth.me", body: {} });
  await turn();
  assert.equal(frames.at(-1)?.t, "reply");
  assert.deepEqual(closed, [close.signedOut]);
});

Deno.test("no pong without a server", async () => {
  const { opened, server, connection, frames } = setUp();
  opened(0);
  server.isDown = true;
  connection.send({ t: "ping", id: 4 });
  await turn();
  assert.equal(frames.some((it) => it.t === "pong"), false);
});
