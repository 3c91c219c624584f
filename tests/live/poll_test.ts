import assert from "node:assert/strict";
import type { Hub } from "../../lib/live/hub.ts";
import { createPolls, type PollOutcome } from "../../lib/live/poll.ts";
import { parseServerFrame, type ServerFrame } from "../../lib/protocol/frames.ts";
import { pollAnswer, pollRequest } from "../../lib/protocol/poll.ts";
import { person, withHub } from "../support/hub.ts";
import { post, withStorage } from "../support/storage.ts";

interface Answer {
  frames: ServerFrame[];
  streams: Record<string, string>;
  seen?: string | undefined;
  seqs: number[];
}

const polls = createPolls();

async function poll(hub: Hub, fields: object, signal = new AbortController().signal): Promise<Answer> {
  const outcome = await pollRaw(hub, fields, signal);
  assert.ok("answer" in outcome, "signed out");
  const { frames, streams, seen } = pollAnswer.parse(JSON.parse(outcome.answer));
  const parsed = frames.map((frame) => parseServerFrame(JSON.stringify(frame)));
  const known = parsed.filter((frame) => frame !== undefined);
  assert.equal(known.length, frames.length);
  const seqs = known.flatMap((frame) => frame.t === "events" ? frame.events.map((event) => event.seq) : []);
  return { frames: known, streams, seen, seqs };
}

function pollRaw(hub: Hub, fields: object, signal = new AbortController().signal): Promise<PollOutcome> {
  const request = pollRequest.parse({ v: 1, wait: 0, ...fields });
  return polls.poll({ hub, user: person("u1"), session: "s1", hash: "h1", request, signal });
}

Deno.test("a poll answers at once with what is after its offsets, and the same again for the same offset", () =>
  withStorage(async ({ log }) => {
    for (let at = 0; at < 3; at++) await post(log, "room:a");
    await withHub(log, async ({ hub }) => {
      const first = await poll(hub, { streams: { "room:a": "-1" }, wait: 20_000 });
      assert.deepEqual(first.seqs, [1, 2, 3]);
      const again = await poll(hub, { streams: { "room:a": "-1" }, wait: 20_000 });
      assert.deepEqual(again.seqs, [1, 2, 3]);
      const next = await poll(hub, { streams: first.streams });
      assert.deepEqual([next.seqs, next.streams], [[], first.streams]);
    });
  }));

Deno.test("a poll at now answers at once, so that the offset is not lost", () =>
  withStorage(async ({ log }) => {
    await post(log, "room:a");
    await withHub(log, async ({ hub }) => {
      const { streams, frames } = await poll(hub, { streams: { "room:a": "now" }, wait: 20_000 });
      assert.deepEqual([streams["room:a"], frames], [log.offset(await log.head("room:a")), []]);
    });
  }));

Deno.test("a poll waits for what comes, and gets all of the turn that brings it", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const { streams } = await poll(hub, { streams: { "room:a": "now", me: "now" } });
      assert.deepEqual(Object.keys(streams), ["room:a", "user:u1"]);
      const waiting = poll(hub, { streams, wait: 20_000 });
      await Promise.all([post(log, "room:a"), post(log, "room:a"), post(log, "user:u1")]);
      const { seqs, streams: next } = await waiting;
      assert.deepEqual(seqs.sort(), [1, 1, 2]);
      assert.deepEqual(next["room:a"], log.offset(await log.head("room:a")));
    });
  }));

Deno.test("a poll with wait 0 catches up from storage too", () =>
  withStorage(async ({ log }) => {
    for (let at = 0; at < 1_200; at += 100) await Promise.all(Array.from({ length: 100 }, () => post(log, "room:a")));
    await withHub(log, async ({ hub }) => {
      const seqs: number[] = [];
      let streams: Record<string, string> = { "room:a": "-1" };
      while (seqs.length < 1_200) {
        const answer = await poll(hub, { streams });
        assert.ok(answer.seqs.length > 0, `stuck at ${seqs.length}`);
        seqs.push(...answer.seqs);
        streams = answer.streams;
      }
      assert.deepEqual(seqs, Array.from({ length: 1_200 }, (_, at) => at + 1));
    });
  }));

Deno.test("a stream that ends is a gone frame, and missing from the answer's streams", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const { frames, streams } = await poll(hub, {
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
    await withHub(log, async ({ hub }) => {
      const base = { streams: {}, users: ["u1", "u2"], wait: 20_000 };
      const whole = await poll(hub, { ...base, seen: "" });
      assert.deepEqual(whole.frames.map((frame) => frame.t), ["digest", "presence"]);
      const [, presence] = whole.frames;
      assert.deepEqual(presence?.t === "presence" && presence.users, { u1: "online", u2: "offline" });
      const same = await poll(hub, { ...base, seen: whole.seen, wait: 0 });
      assert.deepEqual([same.frames, same.seen], [[], whole.seen]);
      await post(log, "room:a");
      const changed = await poll(hub, { ...base, seen: whole.seen, wait: 0 });
      assert.deepEqual(changed.frames.map((frame) => frame.t), ["digest", "presence"]);
      assert.notEqual(changed.seen, whole.seen);
      const without = await poll(hub, { streams: {}, wait: 0 });
      assert.deepEqual([without.frames, without.seen], [[], undefined]);
    }, { roomsOf: () => Promise.resolve(["a"]) });
  }));

Deno.test("the ninth poll of a person answers the oldest with no frames and its own offsets", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const { streams } = await poll(hub, { streams: { "room:a": "now" } });
      const abort = new AbortController();
      const waiting = Array.from({ length: 8 }, () => poll(hub, { streams, wait: 20_000 }, abort.signal));
      const ninth = poll(hub, { streams, wait: 20_000 }, abort.signal);
      const oldest = await waiting[0];
      assert.deepEqual([oldest?.frames, oldest?.streams], [[], streams]);
      await post(log, "room:a");
      assert.deepEqual((await ninth).seqs, [1]);
      await Promise.all(waiting);
    });
  }));

Deno.test("a poll under way ends at once when its sign-in does, and with bye when the server drains", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub, revoked }) => {
      const { streams } = await poll(hub, { streams: { "room:a": "now" } });
      const waiting = pollRaw(hub, { streams, wait: 20_000 });
      revoked.add("h1");
      await log.append<void>(["user:u1"], () =>
        Promise.resolve({
          write: () => ({
            events: [{ stream: "user:u1", type: "sessions.revoked", by: "u1", data: {} }],
            result: undefined,
          }),
        }));
      assert.deepEqual(await waiting, { over: "signed_out" });
      revoked.clear();
      const drained = poll(hub, { streams, wait: 20_000 });
      hub.drain();
      assert.deepEqual((await drained).frames.map((frame) => frame.t), ["bye"]);
    });
  }));
