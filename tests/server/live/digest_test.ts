import { processClock } from "../../../lib/server/live/clock.ts";
import assert from "node:assert/strict";
import { createDigest } from "../../../lib/server/live/state/digest.ts";
import type { Hub } from "../../../lib/server/live/hub.ts";
import { createSession } from "../../../lib/server/live/live_session.ts";
import type { Log } from "../../../lib/server/log/log.ts";
import { EMPTY } from "../../../lib/server/log/types.ts";
import { fastClock } from "../../support/fast_clock.ts";
import { createClient, person, withHub } from "../../support/hub.ts";
import { post, tell, type TestLog, withStorage } from "../../support/storage.ts";

/** A log whose heads, the first time they are read, are old when they come. */
function overtaken(log: Log, meanwhile: () => Promise<unknown>): Log {
  let times = 0;
  return {
    ...log,
    async heads(streams) {
      const heads = await log.heads(streams);
      if (times++ === 0) await meanwhile();
      return heads;
    },
  };
}

Deno.test("the first digest holds what came while it was read", () =>
  withStorage(async ({ log }) => {
    await post(log, "room:a");
    await withHub(overtaken(log, () => post(log, "room:a")), async ({ hub }) => {
      const client = createClient(hub);
      hub.greet(client.session);
      await client.until(() => client.of("digest").length === 1);
      assert.equal(client.of("digest")[0]?.rooms.a?.n, 2);
      client.session.close();
    }, { roomsOf: () => Promise.resolve(["a"]) });
  }));

Deno.test("a room that is joined while the first digest is read is in it", () =>
  withStorage(async ({ log }) => {
    const mine = ["a"];
    const join = async () => {
      mine.push("b");
      await tell(log, "user:u1", "rooms.added", {});
    };
    await withHub(overtaken(log, join), async ({ hub }) => {
      const client = createClient(hub);
      hub.greet(client.session);
      await client.until(() => client.of("digest").length === 1);
      assert.deepEqual(Object.keys(client.of("digest")[0]?.rooms ?? {}), ["a", "b"]);
      client.session.close();
    }, { roomsOf: () => Promise.resolve([...mine]) });
  }));

const removed = (log: TestLog) => tell(log, "user:u1", "rooms.removed", { room: { id: "a" } }, "u2");

Deno.test("who was removed from a room gets nothing more of it, however long storage takes", () =>
  withStorage(async ({ log }) => {
    const answer = Promise.withResolvers<string[]>();
    let asked = 0;
    await withHub(log, async ({ hub }) => {
      const client = createClient(hub);
      await hub.greet(client.session);
      await removed(log);
      await post(log, "room:a");
      await post(log, "room:b");
      await client.until(() => client.of("digest").length === 2);
      assert.deepEqual(client.of("digest").map(({ rooms }) => Object.keys(rooms)), [["a", "b"], ["b"]]);
      client.session.close();
      answer.resolve([]);
    }, { clock: fastClock, roomsOf: () => asked++ === 0 ? Promise.resolve(["a", "b"]) : answer.promise });
  }));

Deno.test("a session whose rooms can't be read is ended, so that it comes back", () =>
  withStorage(async ({ log }) => {
    const broken = new Error("storage is away");
    let asked = 0;
    await withHub(log, async ({ hub, errors }) => {
      const client = createClient(hub);
      await hub.greet(client.session);
      await removed(log);
      await client.until(() => client.ended.length > 0);
      assert.deepEqual([client.ended, errors], [["overloaded"], [broken]]);
    }, { roomsOf: () => asked++ === 0 ? Promise.resolve(["a"]) : Promise.reject(broken) });
  }));

/** How long it takes a digest to hear of a thousand messages in a room, with so many online, ms. */
function heard(hub: Hub, online: number): number {
  const digest = createDigest({ opened: () => {}, closed: () => {} }, processClock);
  const sink = { send: () => {}, writable: () => true, ended: () => {} };
  for (let id = 0; id < online; id++) {
    const session = createSession({ hub, sink, user: person(`u${id}`), id: `s${id}`, hash: `h${id}` });
    digest.begin(session, ["a"], [EMPTY]);
  }
  const before = performance.now();
  for (let n = 1; n <= 1_000; n++) digest.changed("a", { ...EMPTY, seq: n, n });
  const took = performance.now() - before;
  digest.close();
  return took;
}

Deno.test("a message takes the digest no longer, however many are online: they are gone through once a tick", () =>
  withStorage(async ({ log }) => {
    await withHub(log, (it) => {
      const [few, many] = [1, 5_000].map((online) =>
        Math.min(...Array.from({ length: 3 }, () => heard(it.hub, online)))
      );
      assert.ok(few !== undefined && many !== undefined && many < 20 * few, `${few} ms, and ${many} ms for 5,000`);
      return Promise.resolve();
    });
  }));

Deno.test("a person who is deactivated is sent away at once, not at the next look", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub, revoked }) => {
      const client = createClient(hub);
      hub.arrive(client.session);
      revoked.add("h1");
      const before = performance.now();
      await tell(log, "feed", "users.deactivated", { user: { id: "u1" } }, "u2");
      await client.until(() => client.ended.length === 1);
      assert.deepEqual(client.ended, ["signed_out"]);
      assert.ok(performance.now() - before < 3_000, "it waited for the look of every 4 s");
    });
  }));
