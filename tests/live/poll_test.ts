import assert from "node:assert/strict";
import type { HubOptions } from "../../lib/live/hub.ts";
import { createPolls, type Polls } from "../../lib/live/poll.ts";
import type { PollOutcome } from "../../lib/live/poll_session.ts";
import type { Log } from "../../lib/log/log.ts";
import { parseServerFrame, type ServerFrame } from "../../lib/protocol/frames.ts";
import { pollAnswer, pollRequest } from "../../lib/protocol/poll.ts";
import { person, type TestHub, withHub } from "../support/hub.ts";
import { post, tell, withStorage } from "../support/storage.ts";

const signIn = { user: person("u1"), session: "s1", hash: "h1" };

interface Answer {
  frames: ServerFrame[];
  streams: Record<string, string>;
  seen?: string | undefined;
  seqs: number[];
}

interface TestPolls extends TestHub {
  polls: Polls;
}

function withPolls(
  log: Log,
  body: (it: TestPolls) => Promise<void>,
  options: Partial<HubOptions> = {},
): Promise<void> {
  return withHub(log, async (it) => {
    const polls = createPolls(it.hub);
    try {
      await body({ ...it, polls });
    } finally {
      polls.close();
    }
  }, options);
}

async function poll(polls: Polls, fields: object, signal = new AbortController().signal): Promise<Answer> {
  const outcome = await pollRaw(polls, fields, signal);
  assert.ok("answer" in outcome, "signed out");
  const { frames, streams, seen } = pollAnswer.parse(JSON.parse(outcome.answer));
  const parsed = frames.map((frame) => parseServerFrame(JSON.stringify(frame)));
  const known = parsed.filter((frame) => frame !== undefined);
  assert.equal(known.length, frames.length);
  const seqs = known.flatMap((frame) => frame.t === "events" ? frame.events.map((event) => event.seq) : []);
  return { frames: known, streams, seen, seqs };
}

function pollRaw(polls: Polls, fields: object, signal = new AbortController().signal): Promise<PollOutcome> {
  const request = pollRequest.parse({ v: 1, wait: 0, ...fields });
  return polls.poll({ signIn, request, signal });
}

Deno.test("a poll answers at once with what is after its offsets, and the same again for the same offset", () =>
  withStorage(async ({ log }) => {
    for (let at = 0; at < 3; at++) await post(log, "room:a");
    await withPolls(log, async ({ polls }) => {
      const first = await poll(polls, { streams: { "room:a": "-1" }, wait: 20_000 });
      assert.deepEqual(first.seqs, [1, 2, 3]);
      const again = await poll(polls, { streams: { "room:a": "-1" }, wait: 20_000 });
      assert.deepEqual(again.seqs, [1, 2, 3]);
      const next = await poll(polls, { streams: first.streams });
      assert.deepEqual([next.seqs, next.streams], [[], first.streams]);
    });
  }));

Deno.test("a poll at now answers at once, so that the offset is not lost", () =>
  withStorage(async ({ log }) => {
    await post(log, "room:a");
    await withPolls(log, async ({ polls }) => {
      const { streams, frames } = await poll(polls, { streams: { "room:a": "now" }, wait: 20_000 });
      assert.deepEqual([streams["room:a"], frames], [log.offset(await log.head("room:a")), []]);
    });
  }));

Deno.test("a poll waits for what comes, and gets all of the turn that brings it", () =>
  withStorage(async ({ log }) => {
    await withPolls(log, async ({ polls }) => {
      const { streams } = await poll(polls, { streams: { "room:a": "now", me: "now" } });
      assert.deepEqual(Object.keys(streams), ["room:a", "user:u1"]);
      const waiting = poll(polls, { streams, wait: 20_000 });
      await Promise.all([post(log, "room:a"), post(log, "room:a"), post(log, "user:u1")]);
      const { seqs, streams: next } = await waiting;
      assert.deepEqual(seqs.sort(), [1, 1, 2]);
      assert.deepEqual(next["room:a"], log.offset(await log.head("room:a")));
    });
  }));

Deno.test("a poll with wait 0 catches up from storage too", () =>
  withStorage(async ({ log }) => {
    for (let at = 0; at < 1_200; at += 100) await Promise.all(Array.from({ length: 100 }, () => post(log, "room:a")));
    await withPolls(log, async ({ polls }) => {
      const seqs: number[] = [];
      let streams: Record<string, string> = { "room:a": "-1" };
      while (seqs.length < 1_200) {
        const answer = await poll(polls, { streams });
        assert.ok(answer.seqs.length > 0, `stuck at ${seqs.length}`);
        seqs.push(...answer.seqs);
        streams = answer.streams;
      }
      assert.deepEqual(seqs, Array.from({ length: 1_200 }, (_, at) => at + 1));
    });
  }));

Deno.test("a stream that ends is a gone frame, and missing from the answer's streams", () =>
  withStorage(async ({ log }) => {
    await withPolls(log, async ({ polls }) => {
      const { frames, streams } = await poll(polls, {
        streams: { "room:a": "now", "user:u2": "now", "room:b": "nonsense" },
      });
      assert.deepEqual(frames.map((frame) => frame.t === "gone" && [frame.stream, frame.reason]).sort(), [
        ["room:b", "epoch"],
        ["user:u2", "not_found"],
      ]);
      assert.deepEqual(Object.keys(streams), ["room:a"]);
    });
  }));

Deno.test("latest state comes whole for an empty token, and not again for the token that it gave", () =>
  withStorage(async ({ log }) => {
    await post(log, "room:a");
    await withPolls(log, async ({ polls }) => {
      const base = { streams: {}, users: ["u1", "u2"], wait: 20_000 };
      const whole = await poll(polls, { ...base, seen: "" });
      assert.deepEqual(whole.frames.map((frame) => frame.t), ["digest", "presence"]);
      const [, presence] = whole.frames;
      assert.deepEqual(presence?.t === "presence" && presence.users, { u1: "online", u2: "offline" });
      const same = await poll(polls, { ...base, seen: whole.seen, wait: 0 });
      assert.deepEqual([same.frames, same.seen], [[], whole.seen]);
      await post(log, "room:a");
      const changed = await poll(polls, { ...base, seen: whole.seen, wait: 0 });
      assert.deepEqual(changed.frames.map((frame) => frame.t), ["digest", "presence"]);
      assert.notEqual(changed.seen, whole.seen);
      const without = await poll(polls, { streams: {}, wait: 0 });
      assert.deepEqual([without.frames, without.seen], [[], undefined]);
    }, { roomsOf: () => Promise.resolve(["a"]) });
  }));

Deno.test("the ninth poll of a person answers the oldest with no frames and its own offsets", () =>
  withStorage(async ({ log }) => {
    await withPolls(log, async ({ polls }) => {
      const { streams } = await poll(polls, { streams: { "room:a": "now" } });
      const abort = new AbortController();
      const waiting = Array.from({ length: 8 }, () => poll(polls, { streams, wait: 20_000 }, abort.signal));
      const ninth = poll(polls, { streams, wait: 20_000 }, abort.signal);
      const oldest = await waiting[0];
      assert.deepEqual([oldest?.frames, oldest?.streams], [[], streams]);
      await post(log, "room:a");
      assert.deepEqual((await ninth).seqs, [1]);
      await Promise.all(waiting);
    });
  }));

Deno.test("a poll under way ends at once when its sign-in does, and with bye when the server drains", () =>
  withStorage(async ({ log }) => {
    await withPolls(log, async ({ hub, polls, revoked }) => {
      const { streams } = await poll(polls, { streams: { "room:a": "now" } });
      const waiting = pollRaw(polls, { streams, wait: 20_000 });
      revoked.add("h1");
      await tell(log, "user:u1", "sessions.revoked", {});
      assert.deepEqual(await waiting, { over: "signed_out" });
      revoked.clear();
      const drained = poll(polls, { streams, wait: 20_000 });
      hub.drain();
      assert.deepEqual((await drained).frames.map((frame) => frame.t), ["bye"]);
    });
  }));

Deno.test("a poll from where the last one ended goes on with its session, one from elsewhere has its own", () =>
  withStorage(async ({ log }) => {
    let authorised = 0;
    const authorise = () => {
      authorised++;
      return Promise.resolve({ private: false, asOf: 0 });
    };
    await withPolls(log, async ({ polls }) => {
      const first = await poll(polls, { streams: { "room:a": "now", "room:b": "now" } });
      assert.equal(authorised, 2);
      await post(log, "room:a");
      const second = await poll(polls, { streams: first.streams, wait: 20_000 });
      assert.deepEqual([second.seqs, authorised], [[1], 2]);
      const waiting = poll(polls, { streams: second.streams, wait: 20_000 });
      await post(log, "room:a");
      assert.deepEqual([(await waiting).seqs, authorised], [[2], 2]);
      const again = await poll(polls, { streams: first.streams, wait: 20_000 });
      assert.deepEqual([again.seqs, authorised], [[1, 2], 4]);
    }, { authorise });
  }));

Deno.test("whoever is removed from a private room between two polls gets nothing past it", () =>
  withStorage(async ({ log }) => {
    await withPolls(log, async ({ polls }) => {
      const { streams } = await poll(polls, { streams: { "room:a": "now" } });
      await post(log, "room:a");
      await left(log, "room:a", "u1");
      await post(log, "room:a");
      const { frames, seqs, streams: next } = await poll(polls, { streams, wait: 20_000 });
      assert.deepEqual([seqs, frames.map((frame) => frame.t), next], [[1, 2], ["events", "gone"], {}]);
    }, { authorise: () => Promise.resolve({ private: true, asOf: 0 }) });
  }));

Deno.test("a room that is left between two polls is no longer in the digest", () =>
  withStorage(async ({ log }) => {
    for (const room of ["room:a", "room:b"]) await post(log, room);
    const rooms = ["a", "b"];
    await withPolls(log, async ({ polls }) => {
      const first = await poll(polls, { streams: { me: "now" }, seen: "" });
      rooms.pop();
      await tell(log, "user:u1", "rooms.removed", { room: "b" });
      let answer = await poll(polls, { streams: first.streams, seen: first.seen, wait: 20_000 });
      for (let tries = 0; answer.seen === first.seen && tries < 100; tries++) {
        answer = await poll(polls, { streams: answer.streams, seen: answer.seen, wait: 0 });
      }
      const digest = answer.frames.find((frame) => frame.t === "digest");
      assert.deepEqual(Object.keys(digest?.rooms ?? {}), ["a"]);
    }, { roomsOf: () => Promise.resolve([...rooms]) });
  }));

Deno.test("a sign-in is known while its poll lingers, and no longer once it may have ended", () =>
  withStorage(async ({ log }) => {
    await withPolls(log, async ({ polls, revoked }) => {
      assert.equal(polls.known("h1"), undefined);
      const { streams } = await poll(polls, { streams: { "room:a": "now" } });
      assert.equal(polls.known("h1"), signIn);
      assert.equal(polls.known("h2"), undefined);
      revoked.add("h1");
      await tell(log, "user:u1", "sessions.revoked", {}); // the one who ends it is answered now
      assert.equal(polls.known("h1"), undefined);
      revoked.clear();
      assert.deepEqual((await poll(polls, { streams })).streams, streams);
    });
    await withPolls(log, async ({ polls }) => {
      await poll(polls, { streams: { "room:a": "now" } });
      assert.equal(polls.known("h1"), undefined, "another process may end it");
    }, { shared: true });
  }));

function left(log: Log, stream: string, user: string): Promise<number> {
  return tell(log, stream, "rooms.left", { user }, user);
}
