import assert from "node:assert/strict";
import { createClient, person } from "../../support/hub.ts";
import { post, tell, withStorage } from "../../support/storage.ts";
import { poll, pollRaw, withPolls } from "./with_polls.ts";

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

Deno.test("an answer is at most 1 MiB, whatever the script", () =>
  withStorage(async ({ log }) => {
    await withPolls(log, async ({ polls }) => {
      for (let at = 0; at < 70; at++) await post(log, "room:a", { text: "語".repeat(16_000) });
      const { bytes, seqs } = await poll(polls, { streams: { "room:a": "-1" }, wait: 1_000 });
      assert.ok(seqs.length > 0 && bytes <= 1_048_576, `${bytes} bytes`);
    });
  }));

Deno.test("a poll whose events fill the answer before the digest is known is answered, with both", () =>
  withStorage(async ({ log }) => {
    const rooms = Promise.withResolvers<string[]>();
    await withPolls(log, async ({ hub, polls }) => {
      for (let at = 0; at < 90; at++) await post(log, "room:a", { text: "x".repeat(12_000) });
      const other = createClient(hub, person("u2"), "h2"); // by whom the events are at hand
      other.session.follow({ "room:a": "-1" });
      await other.until(() => other.seqs("room:a").length === 90);
      const polling = poll(polls, { streams: { "room:a": "-1" }, seen: "", wait: 20_000 });
      await log.head("room:b"); // a turn of storage, in which the events come
      rooms.resolve(["a"]);
      const { frames, seqs } = await polling;
      assert.ok(seqs.length > 0);
      assert.equal(frames.at(-1)?.t, "digest");
      other.session.close();
    }, { roomsOf: () => rooms.promise });
  }));

Deno.test("a poll that ends before its state is known leaves nothing running", () =>
  withStorage(async ({ log }) => {
    const rooms = Promise.withResolvers<string[]>();
    await withPolls(log, async ({ polls }) => {
      const abort = new AbortController();
      const polling = poll(polls, { streams: {}, seen: "", wait: 0 }, abort.signal);
      await log.head("room:a"); // the wait is over by then
      abort.abort();
      await polling; // what went on looking would be a timer that is left
      rooms.resolve([]);
    }, { roomsOf: () => rooms.promise });
  }));

Deno.test("a client that has gone before its poll begins is not waited for", () =>
  withStorage(async ({ log }) => {
    await withPolls(log, async ({ polls }) => {
      const { streams } = await poll(polls, { streams: { "room:a": "now" } });
      const began = performance.now();
      await poll(polls, { streams, wait: 25_000 }, AbortSignal.abort());
      assert.ok(performance.now() - began < 20_000);
    });
  }));

Deno.test("an answer with bye has the offsets behind the events that it has", () =>
  withStorage(async ({ log }) => {
    const asked = Promise.withResolvers<void>();
    // Nobody knows yet whether room:b may be followed, so the events of room:a are not answered before the end.
    const authorise = (_user: string, stream: string) => {
      if (stream === "room:a") return Promise.resolve({ private: false, asOf: 0 });
      asked.resolve();
      return new Promise<undefined>(() => {});
    };
    await withPolls(log, async ({ hub, polls }) => {
      const { streams } = await poll(polls, { streams: { "room:a": "now" } });
      const waiting = poll(polls, { streams: { ...streams, "room:b": "now" }, wait: 20_000 });
      await asked.promise;
      const other = poll(polls, { streams, wait: 20_000 });
      await post(log, "room:a");
      assert.deepEqual((await other).seqs, [1]); // so the first has it too
      hub.drain();
      const answer = await waiting;
      assert.deepEqual(answer.frames.map((frame) => frame.t), ["events", "bye"]);
      const [events] = answer.frames;
      assert.equal(answer.streams["room:a"], events?.t === "events" && events.to);
    }, { authorize: authorise });
  }));
