import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { keys } from "../../../lib/server/kv/keys.ts";
import { type AnyEvent, createLog } from "../../../lib/server/log/log.ts";
import type { Grant } from "../../../lib/server/live/streams/follower.ts";
import { RING_EVENTS_MAX } from "../../../lib/server/live/streams/ring.ts";
import { createClient, person, withHub } from "../../support/hub.ts";
import { openLog, post, random, tell, type TestLog, withStorage } from "../../support/storage.ts";

const upTo = (n: number) => Array.from({ length: n }, (_, at) => at + 1);

Deno.test("a follower gets what is kept, then what comes, once and in order", () =>
  withStorage(async ({ log }) => {
    for (let at = 0; at < 5; at++) await post(log, "room:a");
    await withHub(log, async ({ hub }) => {
      const client = createClient(hub);
      client.session.follow({ "room:a": "-1" });
      await client.until(() => client.seqs("room:a").length === 5);
      await Promise.all(upTo(20).map(() => post(log, "room:a")));
      await client.until(() => client.seqs("room:a").length === 25);
      assert.deepEqual(client.seqs("room:a"), upTo(25));
      client.session.close();
    });
  }));

Deno.test("fault 5: an append between any two steps of following is neither lost nor doubled", () =>
  withStorage(async ({ db, clock }) => {
    // Every call to storage is a step between which another append may land; each run lets one land before step k.
    for (let step = 0; step < 12; step++) {
      const stream = `room:s${step}`;
      const writer = await openLog(db);
      for (let at = 0; at < 3; at++) await post(writer, stream);
      let calls = 0;
      const between = async <T>(work: () => Promise<T>): Promise<T> => {
        if (calls++ === step) await post(log, stream, "between");
        return await work();
      };
      const log = await createLog<AnyEvent>({ db, now: () => clock.now, random, shared: false });
      const stepped = {
        ...log,
        head: (name: string) => between(() => log.head(name)),
        locate: (name: string, offset: string) => between(() => log.locate(name, offset)),
        read: (name: string, seq: number, limit: number) => between(() => log.read(name, seq, limit)),
      };
      await withHub(stepped, async ({ hub }) => {
        const client = createClient(hub);
        await client.follows(stream, step % 2 ? "-1" : log.offset({ seq: 0, tag: "0000" }));
        await post(log, stream, "after");
        const { seq } = await log.head(stream);
        await client.until(() => client.seqs(stream).includes(seq));
        assert.deepEqual(client.seqs(stream), upTo(seq), `step ${step}`);
        client.session.close();
      }, {
        authorize: () => between((): Promise<Grant | undefined> => Promise.resolve({ private: false, asOf: 0 })),
      });
    }
  }));

Deno.test("a reader that doesn't read holds nothing, and goes on without a gap from storage", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const [slow, quick] = [createClient(hub), createClient(hub)];
      await Promise.all([slow, quick].map((client) => client.follows("room:a")));
      slow.reads = false;
      const total = RING_EVENTS_MAX + 700;
      for (let sent = 0; sent < total; sent += 100) await Promise.all(upTo(100).map(() => post(log, "room:a")));
      const { seq } = await log.head("room:a");
      await quick.until(() => quick.seqs("room:a").length === seq);
      assert.deepEqual(slow.seqs("room:a"), []);
      slow.reads = true;
      slow.session.drained();
      await slow.until(() => slow.seqs("room:a").length === seq);
      assert.deepEqual(slow.seqs("room:a"), upTo(seq));
      for (const client of [slow, quick]) client.session.close();
    });
  }));

Deno.test("while many are served, what others say is heard in between", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const clients = upTo(100).map((id) => createClient(hub, person(`u${id}`), `h${id}`));
      await Promise.all(clients.map((client) => client.follows("room:a")));
      const served = () => clients.filter((client) => client.seqs("room:a").length > 0).length;
      await post(log, "room:a");
      await Promise.race(clients.map((client) => client.until(() => served() > 0)));
      await new Promise<void>((resolve) => setImmediate(resolve));
      assert.ok(served() < clients.length, "all were served before anybody was heard");
      await post(log, "room:a");
      for (const client of clients) await client.until(() => client.seqs("room:a").length === 2);
      for (const client of clients) client.session.close();
    });
  }));

Deno.test("a room of a few does not wait until one of many is served", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const clients = upTo(100).map((id) => createClient(hub, person(`u${id}`), `h${id}`));
      const few = createClient(hub, person("few"), "few");
      await Promise.all([...clients.map((client) => client.follows("room:a")), few.follows("room:b")]);
      await Promise.all([post(log, "room:a"), post(log, "room:b")]);
      await few.until(() => few.seqs("room:b").length > 0);
      const served = clients.filter((client) => client.seqs("room:a").length > 0).length;
      assert.ok(served < clients.length, "the room of many came first, whole");
      for (const client of clients) await client.until(() => client.seqs("room:a").length > 0);
      for (const client of [...clients, few]) client.session.close();
    });
  }));

/** Two rooms of that many events. */
async function twoRooms(log: TestLog, count: number): Promise<void> {
  for (const stream of ["room:a", "room:b"]) {
    for (let sent = 0; sent < count; sent += 100) await Promise.all(upTo(100).map(() => post(log, stream)));
  }
}

Deno.test("who is far behind in many streams has one of them read at a time, each in its turn", () =>
  withStorage(async ({ log }) => {
    await twoRooms(log, 1_200);
    let [reading, most] = [0, 0];
    const counted = {
      ...log,
      async read(stream: string, seq: number, limit: number) {
        most = Math.max(most, ++reading);
        return await log.read(stream, seq, limit).finally(() => reading--);
      },
    };
    await withHub(counted, async ({ hub }) => {
      const client = createClient(hub);
      client.session.follow({ "room:a": "-1", "room:b": "-1" });
      await client.until(() => client.seqs("room:a").length + client.seqs("room:b").length === 2_400);
      assert.equal(most, 1);
      const order = client.of("events").map(({ stream }) => stream);
      assert.deepEqual(order, Array.from({ length: order.length }, (_, at) => at % 2 ? order[1] : order[0]));
      client.session.close();
    });
  }));

Deno.test("what was read for a client that has stopped reading meanwhile waits, and holds nobody up who unfollows it", () =>
  withStorage(async ({ log }) => {
    await twoRooms(log, 600);
    let gate = Promise.withResolvers<void>();
    let asked = Promise.withResolvers<string>();
    const slow = {
      ...log,
      async read(stream: string, seq: number, limit: number) {
        const events = await log.read(stream, seq, limit);
        asked.resolve(stream);
        await gate.promise;
        return events;
      },
    };
    await withHub(slow, async ({ hub }) => {
      const client = createClient(hub);
      client.session.follow({ "room:a": "-1", "room:b": "-1" });
      const first = await asked.promise;
      client.reads = false;
      gate.resolve();
      while (client.session.busy()) await new Promise<void>((resolve) => setImmediate(resolve));
      assert.deepEqual(client.of("events"), []);
      asked = Promise.withResolvers();
      gate = Promise.withResolvers();
      client.session.unfollow([first]);
      client.reads = true;
      client.session.drained();
      const second = await asked.promise;
      assert.notEqual(second, first);
      gate.resolve();
      await client.until(() => client.seqs(second).length === 600);
      client.session.close();
    });
  }));

Deno.test("following again moves the position", () =>
  withStorage(async ({ log }) => {
    for (let at = 0; at < 4; at++) await post(log, "room:a");
    await withHub(log, async ({ hub }) => {
      const client = createClient(hub);
      await client.follows("room:a");
      const [, second] = await log.read("room:a", 0, 2);
      assert.ok(second);
      client.session.follow({ "room:a": log.offset(second) });
      await client.until(() => client.seqs("room:a").length === 2);
      assert.deepEqual(client.seqs("room:a"), [3, 4]);
      client.session.close();
    });
  }));

for (
  const [what, streams, reason] of [
    ["a stream that names nothing", { "nothing:x": "now" }, "not_found"],
    ["somebody else's inbox", { "user:u2": "now" }, "not_found"],
    ["a text that was never an offset", { "room:a": "hello" }, "epoch"],
  ] as const
) {
  Deno.test(`following ${what} is gone, ${reason}`, () =>
    withStorage(async ({ log }) => {
      await withHub(log, async ({ hub }) => {
        const client = createClient(hub);
        client.session.follow(streams);
        await client.until(() => client.of("gone").length === 1);
        assert.equal(client.of("gone")[0]?.reason, reason);
        assert.equal(client.of("gone")[0]?.head === undefined, reason === "not_found");
        client.session.close();
      });
    }));
}

Deno.test("the 257th stream is gone, limit; moving a followed one still works", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const client = createClient(hub);
      client.session.follow(Object.fromEntries(upTo(257).map((at) => [`room:r${at}`, "now"])));
      await client.until(() => client.of("followed").length === 256);
      assert.deepEqual(client.of("gone").map(({ stream, reason }) => [stream, reason]), [["room:r257", "limit"]]);
      client.session.follow({ "room:r1": "-1" });
      await client.until(() => client.of("followed").length === 257);
      client.session.close();
    });
  }));

Deno.test("a session whose sign-in is revoked says goodbye and gets nothing more", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub, revoked }) => {
      const [ended, other] = [createClient(hub, person("u1"), "h1"), createClient(hub, person("u1"), "h2")];
      for (const client of [ended, other]) {
        hub.greet(client.session);
        await client.follows("room:a");
      }
      revoked.add("h1");
      await tell(log, "user:u1", "sessions.revoked", { session: "s" });
      await ended.until(() => ended.ended.length === 1);
      assert.deepEqual(ended.ended, ["signed_out"]);
      await post(log, "room:a");
      await other.until(() => other.seqs("room:a").length === 1);
      assert.deepEqual(ended.seqs("room:a"), []);
      other.session.close();
    });
  }));

Deno.test("two processes: what one appends, followers of the other get by the change watcher", () =>
  withStorage(async ({ db, log }) => {
    const here = await openLog(db, undefined, true);
    const watch = (streams: string[]) => db.watch(streams.map(keys.head));
    await withHub(here, async ({ hub }) => {
      const client = createClient(hub);
      await client.follows("room:a");
      for (let at = 0; at < 30; at++) await post(log, "room:a");
      await client.until(() => client.seqs("room:a").length === 30);
      assert.deepEqual(client.seqs("room:a"), upTo(30));
      client.session.close();
    }, { shared: true, watch });
  }));

Deno.test("a stream that isn't there is not held once its follower got gone", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const client = createClient(hub);
      client.session.follow({ "room:nowhere": "now" });
      const topic = hub.topic("room:nowhere");
      await client.until(() => client.of("gone").length === 1);
      assert.notEqual(hub.topic("room:nowhere"), topic);
      client.session.close();
    }, { authorize: () => Promise.resolve(undefined) });
  }));
