import { processClock } from "../../../lib/server/live/clock.ts";
import assert from "node:assert/strict";
import type { Grant } from "../../../lib/server/live/streams/follower.ts";
import { createFollowQueue } from "../../../lib/server/live/follow_queue.ts";
import { STREAMS_MAX } from "../../../lib/protocol/frames.ts";
import { createClient, person, withHub } from "../../support/hub.ts";
import { withStorage } from "../../support/storage.ts";

const absent = (count: number, round = 0) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`room:absent-${round}-${at}`, "now"]));

/** Authorising that waits, a person at a time, until it is let go. */
function createGate() {
  const open = Promise.withResolvers<void>();
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  return {
    asked,
    open: open.resolve,
    async authorise(user: string): Promise<Grant | undefined> {
      asked.push(user);
      for (const wake of waiting.splice(0)) wake();
      if (user === "u1") await open.promise;
      return user === "u1" ? undefined : { private: false, asOf: 0 };
    },
    async until(done: () => boolean) {
      while (!done()) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}

Deno.test("of all streams that one person asks for, on all connections, a few are found at a time; another's is not held up", () =>
  withStorage(async ({ log }) => {
    const gate = createGate();
    await withHub(log, async ({ hub }) => {
      const [first, second] = [createClient(hub), createClient(hub)];
      first.session.follow(absent(STREAMS_MAX));
      second.session.follow(absent(STREAMS_MAX, 1));
      const other = createClient(hub, person("u2"), "h2");
      await other.follows("room:theirs");
      await gate.until(() => gate.asked.length >= 17);
      assert.equal(gate.asked.filter((user) => user === "u1").length, 16);
      gate.open();
      await first.until(() => first.of("gone").length === STREAMS_MAX);
      await second.until(() => second.of("gone").length === STREAMS_MAX);
      assert.equal(gate.asked.length, 2 * STREAMS_MAX + 1);
      for (const client of [first, second, other]) client.session.close();
    }, { authorize: gate.authorise });
  }));

Deno.test("a stream that waits to be found is found once, at the last offset that was asked for; who stops asking gets nothing", () =>
  withStorage(async ({ log }) => {
    const gate = createGate();
    await withHub(log, async ({ hub }) => {
      const client = createClient(hub);
      client.session.follow(absent(100));
      for (let again = 0; again < 5; again++) client.session.follow({ "room:wanted": "now" });
      client.session.follow({ "room:dropped": "now" });
      client.session.unfollow(["room:dropped"]);
      assert.equal(client.session.busy(), true);
      gate.open();
      await client.until(() => client.of("gone").length === 101);
      assert.equal(client.of("gone").filter((it) => it.stream === "room:wanted").length, 1);
      assert.equal(client.of("gone").some((it) => it.stream === "room:dropped"), false);
      client.session.close();
    }, { authorize: gate.authorise });
  }));

Deno.test("a frame that names more streams than may be followed gets limit for the rest", () =>
  withStorage(({ log }) =>
    withHub(log, async ({ hub }) => {
      const client = createClient(hub);
      client.session.follow(absent(STREAMS_MAX + 44));
      await client.until(() => client.of("gone").length === 300);
      assert.equal(client.of("gone").filter((it) => it.reason === "limit").length, 44);
      client.session.close();
    }, { authorize: () => Promise.resolve(undefined) })
  ));

Deno.test("past 2,000 in 10 s the streams of one person wait; another's don't", async () => {
  const followQueue = createFollowQueue({ limits: true, clock: processClock });
  const begun = { u1: 0, u2: 0 };
  const asking = (id: "u1" | "u2", count: number) => ({
    user: { id },
    followNext: () => count-- > 0 ? Promise.resolve(void begun[id]++) : undefined,
  });
  followQueue.due(asking("u1", 5_000));
  // Each goes on with the next one in a microtask of its own.
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setTimeout(resolve));
  assert.equal(begun.u1, 2_000);
  followQueue.due(asking("u2", 10));
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(begun.u2, 10);
  followQueue.close();
});
