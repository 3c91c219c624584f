import assert from "node:assert/strict";
import { createFollowing, type Follower } from "../../lib/client/connection/following.ts";
import type { ClientFrame } from "../../lib/protocol/frames.ts";
import { message, offset, sent } from "./samples.ts";

const room = "room:r1";

function createLog(): Follower & { seqs: number[] } {
  const seqs: number[] = [];
  return { seqs, events: (events) => void seqs.push(...events.map((it) => it.seq)), gone: () => {} };
}

function setUp() {
  const asked: ClientFrame[] = [];
  const healed: string[] = [];
  const following = createFollowing({ send: (frame) => void asked.push(frame), healed: () => void healed.push(room) });
  const log = createLog();
  const began = (seq: number) =>
    following.frame({ t: "followed", stream: room, offset: offset(seq), head: offset(seq) });
  const events = (from: number, to: number) => {
    const list = Array.from({ length: to - from }, (_, i) => sent(message(from + 1 + i)));
    following.frame({ t: "events", stream: room, from: offset(from), to: offset(to), events: list });
  };
  following.follow(room, offset(0), log);
  began(0);
  return { following, log, asked, healed, began, events };
}

Deno.test("a frame is applied at its position and moves it", () => {
  const { events, log, following } = setUp();
  events(0, 2);
  events(2, 3);
  assert.deepEqual(log.seqs, [1, 2, 3]);
  assert.equal(following.position(room), offset(3));
});

Deno.test("a gap makes the stream be followed again from its position, once, and is counted when healed", () => {
  const { events, log, asked, healed, began } = setUp();
  events(0, 1);
  events(2, 3);
  events(3, 4);
  assert.deepEqual(asked.slice(1), [{ t: "follow", streams: { [room]: offset(1) } }]);
  assert.deepEqual(log.seqs, [1]);
  assert.deepEqual(healed, []);
  began(1);
  events(1, 4);
  assert.deepEqual(log.seqs, [1, 2, 3, 4]);
  assert.deepEqual(healed, [room]);
});

Deno.test("a doubled or late frame says nothing and asks nothing", () => {
  const { events, log, asked } = setUp();
  events(0, 2);
  events(0, 2);
  events(0, 1);
  events(2, 3);
  assert.deepEqual(log.seqs, [1, 2, 3]);
  assert.equal(asked.length, 1);
});

Deno.test("frames of an earlier follow are not taken for those of the one that was just asked for", () => {
  const { events, began, following } = setUp();
  const log = createLog();
  following.follow(room, offset(5), log);
  events(0, 5);
  began(0);
  events(0, 7);
  assert.deepEqual(log.seqs, []);
  began(5);
  events(5, 6);
  assert.deepEqual(log.seqs, [6]);
});

Deno.test("a stream followed from now stands where the server says", () => {
  const { following } = setUp();
  following.follow("user:me", "now", createLog());
  following.frame({ t: "followed", stream: "user:me", offset: offset(9), head: offset(9) });
  assert.equal(following.position("user:me"), offset(9));
});
