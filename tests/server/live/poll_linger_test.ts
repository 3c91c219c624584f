/** A session that lingers after a poll's answer, and the next poll that goes on with it. */
import assert from "node:assert/strict";
import type { Grant } from "../../../lib/server/live/streams/follower.ts";
import { pollRequest } from "../../../lib/protocol/poll.ts";
import { processClock } from "../../../lib/server/live/clock.ts";
import type { User } from "../../../lib/protocol/users.ts";
import { createFakeClock } from "../../client/fake_clock.ts";
import { createClient, person } from "../../support/hub.ts";
import { openLog, post, tell, withStorage } from "../../support/storage.ts";
import { poll, signIn, withPolls } from "./with_polls.ts";

const LINGER_MS = 3_000;
const KNOWN_MS = 60_000;

const request = pollRequest.parse({ v: 1, wait: 0, streams: { "room:a": "now" } });
const { signal } = new AbortController();

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
    }, { authorize: authorise });
  }));

Deno.test("whoever is removed from a private room between two polls follows later: it isn't there, however soon that is", () =>
  withStorage(async ({ log }) => {
    let grant: Grant | undefined = { private: true, asOf: 0 };
    await withPolls(log, async ({ polls }) => {
      const { streams } = await poll(polls, { streams: { "room:a": "now" } });
      await post(log, "room:a");
      grant = undefined;
      const asOf = await tell(log, "room:a", "rooms.left", { user: "u1" });
      await post(log, "room:a");
      const { frames, streams: next } = await poll(polls, { streams, wait: 20_000 });
      assert.deepEqual(frames, [{ t: "gone", stream: "room:a", reason: "not_found" }]);
      assert.deepEqual(next, {});
      grant = { private: true, asOf }; // in again
      const back = await poll(polls, { streams, wait: 20_000 });
      assert.deepEqual([back.seqs, back.frames.map((frame) => frame.t)], [[1, 2, 3], ["events"]]);
    }, { authorize: () => Promise.resolve(grant) });
  }));

Deno.test("who is removed and taken in again between two polls is a member, and gets all of it", () =>
  withStorage(async ({ log }) => {
    let grant: Grant = { private: true, asOf: 0 };
    await withPolls(log, async ({ polls }) => {
      const { streams } = await poll(polls, { streams: { "room:a": "now" } });
      await tell(log, "room:a", "rooms.left", { user: "u1" });
      grant = { private: true, asOf: await tell(log, "room:a", "rooms.joined", { user: "u1" }) };
      await post(log, "room:a");
      const { frames, seqs } = await poll(polls, { streams, wait: 20_000 });
      assert.deepEqual([seqs, frames.map((frame) => frame.t)], [[1, 2, 3], ["events"]]);
    }, { authorize: () => Promise.resolve(grant) });
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
      assert.equal(polls.knownSignIn("h1"), undefined);
      const { streams } = await poll(polls, { streams: { "room:a": "now" } });
      assert.deepEqual(polls.knownSignIn("h1"), { ...signIn, byToken: undefined });
      assert.equal(polls.knownSignIn("h2"), undefined);
      revoked.add("h1");
      await tell(log, "user:u1", "sessions.revoked", {}); // the one who ends it is answered now
      assert.equal(polls.knownSignIn("h1"), undefined);
      revoked.clear();
      assert.deepEqual((await poll(polls, { streams })).streams, streams);
    });
  }));

Deno.test("a look at a sign-in from before it ended doesn't make it known again", () =>
  withStorage(async ({ log }) => {
    const looks: ((users: (User | undefined)[]) => void)[] = [];
    await withPolls(log, async ({ polls }) => {
      await poll(polls, { streams: { "room:a": "now" } });
      await tell(log, "user:u1", "sessions.revoked", {}); // another session's: this one is still good when it is looked at
      await tell(log, "user:u1", "sessions.revoked", {}); // this one's
      assert.equal(looks.length, 2);
      looks[0]?.([person("u1")]);
      await log.head("room:a");
      assert.equal(polls.knownSignIn("h1"), undefined);
      looks[1]?.([person("u1")]);
      await log.head("room:a");
      assert.deepEqual(polls.knownSignIn("h1"), { ...signIn, byToken: undefined });
    }, { signedIn: () => new Promise((resolve) => looks.push(resolve)) });
  }));

Deno.test("who is known but goes on with nothing is looked up", () =>
  withStorage(async ({ log }) => {
    await withPolls(log, async ({ polls, revoked }) => {
      await post(log, "room:a");
      await poll(polls, { streams: { "room:a": "now" } });
      const known = polls.knownSignIn("h1");
      assert.ok(known);
      revoked.add("h1"); // known to nobody yet
      const elsewhere = pollRequest.parse({ v: 1, wait: 0, streams: { "room:a": "-1" } });
      assert.deepEqual(await polls.poll({ signIn: known, request: elsewhere, signal }), { over: "signed_out" });
    });
  }));

Deno.test("a token's poll vouches for nobody", () =>
  withStorage(async ({ log }) => {
    await withPolls(log, async ({ polls }) => {
      await polls.poll({ signIn: { ...signIn, byToken: true }, request, signal });
      assert.equal(polls.knownSignIn("h1"), undefined);
    });
  }));

Deno.test("of one person at most 8 sessions linger, whoever their sign-ins are of", () =>
  withStorage(async ({ log }) => {
    await withPolls(log, async ({ hub, polls }) => {
      for (let at = 0; at < 40; at++) await polls.poll({ signIn: { ...signIn, hash: `h${at}` }, request, signal });
      assert.equal(hub.sessionsOf("u1"), 8);
    });
  }));

Deno.test("a session that no poll goes on with ends after 3 s", () =>
  withStorage(async ({ log }) => {
    const clock = createFakeClock();
    await withPolls(log, async ({ hub, polls }) => {
      for (const hash of ["h1", "h2"]) await polls.poll({ signIn: { ...signIn, hash }, request, signal });
      clock.advance(LINGER_MS - 1);
      assert.equal(hub.sessionsOf("u1"), 2);
      clock.advance(1);
      assert.equal(hub.sessionsOf("u1"), 0);
      assert.equal(polls.knownSignIn("h1"), undefined);
    }, { clock });
  }));

Deno.test("a sign-in is looked up again after a minute", () =>
  withStorage(async ({ log }) => {
    let ahead = 0;
    const clock = { ...processClock, now: () => processClock.now() + ahead };
    await withPolls(log, async ({ polls }) => {
      await poll(polls, { streams: { "room:a": "now" } });
      ahead = KNOWN_MS - 1_000;
      assert.ok(polls.knownSignIn("h1"));
      ahead = KNOWN_MS;
      assert.equal(polls.knownSignIn("h1"), undefined);
    }, { clock });
  }));

Deno.test("where storage can't say whether a sign-in has ended, the poll fails, and the next one is answered", () =>
  withStorage(async ({ log }) => {
    let isAway = false;
    const signedIn = () => isAway ? Promise.reject(new Error("storage is away")) : Promise.resolve([person("u1")]);
    await withPolls(log, async ({ polls }) => {
      await post(log, "room:a");
      await poll(polls, { streams: { "room:a": "now" } });
      const known = polls.knownSignIn("h1");
      assert.ok(known);
      isAway = true;
      const elsewhere = pollRequest.parse({ v: 1, wait: 0, streams: { "room:a": "-1" } });
      await assert.rejects(polls.poll({ signIn: known, request: elsewhere, signal }), /storage is away/);
      isAway = false;
      assert.ok("answer" in await polls.poll({ signIn: known, request: elsewhere, signal }));
    }, { signedIn });
  }));

Deno.test("who came online while nobody polled comes with the next poll: at once where all is asked for, or at its end", () =>
  withStorage(async ({ log }) => {
    await withPolls(log, async ({ hub, polls }) => {
      const asked = { streams: { "room:a": "-1" }, users: ["u2"] };
      const presence = async (seen: string | undefined, wait: number) => {
        const answer = await poll(polls, { ...asked, seen, wait });
        const [frame] = answer.frames.filter((it) => it.t === "presence");
        return { seen: answer.seen, is: frame?.users["u2"] };
      };
      const first = await presence("", 5_000);
      assert.equal(first.is, "offline");
      const other = createClient(hub, person("u2"), "h2");
      hub.arrive(other.session);
      assert.equal((await presence("", 5_000)).is, "online");
      const second = await presence(first.seen, 0);
      assert.equal(second.is, "online");
      assert.equal((await presence(second.seen, 0)).is, undefined, "nothing has changed since");
      other.session.close();
    });
  }));

Deno.test("what changed while a poll waited is in its answer at the end of the wait, as it is then", () =>
  withStorage(async ({ log }) => {
    const rooms = { roomsOf: () => Promise.resolve(["a"]) };
    await withPolls(log, async ({ hub, polls }) => {
      const asked = { streams: { "room:b": "-1" }, users: ["u2"] };
      const { seen } = await poll(polls, { ...asked, seen: "", wait: 0 });
      const polling = poll(polls, { ...asked, seen, wait: 300 });
      const other = createClient(hub, person("u2"), "h2");
      hub.arrive(other.session);
      for (let n = 0; n < 2; n++) await post(log, "room:a");
      const { frames } = await polling;
      const digest = frames.find((frame) => frame.t === "digest");
      const presence = frames.find((frame) => frame.t === "presence");
      assert.deepEqual([digest?.rooms["a"]?.n, presence?.users["u2"]], [2, "online"]);
      other.session.close();
    }, rooms);
  }));

Deno.test("with other processes nothing lingers: what they acknowledged before a poll is in its answer", () =>
  withStorage(async ({ db, clock }) => {
    const [mine, other] = [await openLog(db, clock, true), await openLog(db, clock, true)];
    await withPolls(mine, async ({ hub, polls }) => {
      const { streams } = await poll(polls, { streams: { "room:a": "now" } });
      assert.equal(hub.sessionsOf("u1"), 0);
      await post(other, "room:a");
      assert.deepEqual((await poll(polls, { streams, wait: 300 })).seqs, [1]);
    }, { shared: true });
  }));
