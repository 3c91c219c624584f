import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { keys } from "../../../lib/server/kv/keys.ts";
import { type AnyEvent, createLog } from "../../../lib/server/log/log.ts";
import type { Grant } from "../../../lib/server/live/streams/follower.ts";
import { RING_EVENTS_MAX } from "../../../lib/server/live/streams/ring.ts";
import { createClient, person, withHub } from "../../support/hub.ts";
import { openLog, post, random, tell, type TestLog, withStorage } from "../../support/storage.ts";
import { within } from "../../faults/within.ts";
import { message } from "../../client/samples.ts";

const TYPING_ENDS_MS = 2_000;

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

Deno.test("a person removed from a private room gets the removal and nothing past it", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const [ann, ben] = [createClient(hub, person("ann"), "ha"), createClient(hub, person("ben"), "hb")];
      await Promise.all([ann, ben].map((client) => client.follows("room:a")));
      const leave = tell(log, "room:a", "rooms.left", { user: "ben" });
      await Promise.all([post(log, "room:a"), leave, post(log, "room:a"), post(log, "room:a")]);
      await ann.until(() => ann.seqs("room:a").length === 4);
      await ben.until(() => ben.of("gone").length === 1);
      const { seq } = (await log.read("room:a", 0, 10)).find((event) => event.type === "rooms.left") ?? { seq: 0 };
      assert.deepEqual(ben.seqs("room:a"), upTo(seq));
      assert.deepEqual(ben.of("gone").map(({ stream, reason }) => [stream, reason]), [["room:a", "removed"]]);
      await post(log, "room:a");
      await ann.until(() => ann.seqs("room:a").length === 5);
      assert.deepEqual(ben.seqs("room:a"), upTo(seq));
      for (const client of [ann, ben]) client.session.close();
    }, { authorize: () => Promise.resolve({ private: true, asOf: 0 }) });
  }));

Deno.test("a removal that is the last event is delivered at once", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const ben = createClient(hub, person("ben"), "hb");
      await ben.follows("room:a");
      await tell(log, "room:a", "rooms.left", { user: "ben" });
      await ben.until(() => ben.of("gone").length === 1);
      assert.deepEqual([ben.seqs("room:a"), ben.of("gone")[0]?.reason], [[1], "removed"]);
      ben.session.close();
    }, { authorize: () => Promise.resolve({ private: true, asOf: 0 }) });
  }));

const PAGE = 500; // events that one read gives

Deno.test("two processes: a removal that the other commits while storage is read ends what comes of it", () =>
  withStorage(async ({ db }) => {
    const other = await openLog(db, undefined, true);
    for (let at = 0; at < PAGE + 100; at++) await post(other, "room:a");
    const here = await openLog(db, undefined, true);
    let meanwhile: (() => Promise<unknown>) | undefined = async () => {
      await tell(other, "room:a", "rooms.left", { user: "ben" });
      await post(other, "room:a");
    };
    const log = {
      ...here,
      async read(stream: string, seq: number, limit: number) {
        const due = meanwhile;
        meanwhile = undefined;
        await due?.();
        return await here.read(stream, seq, limit);
      },
    };
    await withHub(log, async ({ hub }) => {
      const ben = createClient(hub, person("ben"), "hb");
      const topic = hub.topic("room:a");
      await topic.ready;
      ben.session.follow({ "room:a": "-1" });
      await ben.until(() => ben.of("gone").length === 1); // no change watcher yields, but the head is read for ben
      assert.deepEqual(ben.seqs("room:a"), upTo(PAGE + 101));
      assert.equal(ben.of("gone")[0]?.reason, "removed");
    }, { shared: true, authorize: () => Promise.resolve({ private: true, asOf: PAGE + 100 }) });
  }));

Deno.test("two processes: who was removed and came back before they follow is not taken for removed", () =>
  withStorage(async ({ db }) => {
    const other = await openLog(db, undefined, true);
    await post(other, "room:a");
    const here = await openLog(db, undefined, true);
    await withHub(here, async ({ hub }) => {
      const ben = createClient(hub, person("ben"), "hb");
      ben.session.follow({ "room:a": "-1" });
      await ben.until(() => ben.seqs("room:a").length === 4);
      assert.deepEqual([ben.seqs("room:a"), ben.of("gone")], [upTo(4), []]);
      await tell(other, "room:a", "rooms.left", { user: "ben" });
      await hub.topic("room:a").catchUp();
      await ben.until(() => ben.of("gone").length === 1);
      assert.deepEqual(ben.seqs("room:a"), upTo(5));
      ben.session.close();
    }, {
      shared: true,
      async authorize(_, stream) {
        await tell(other, stream, "rooms.left", { user: "ben" });
        await tell(other, stream, "rooms.joined", { user: "ben" });
        const asOf = await post(other, stream);
        return { private: true, asOf };
      },
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

Deno.test("the digest comes whole, then what changed, and a room that is joined", () =>
  withStorage(async ({ log }) => {
    await post(log, "room:a");
    await post(log, "room:b");
    let rooms = ["a"];
    await withHub(log, async ({ hub }) => {
      const client = createClient(hub);
      hub.greet(client.session);
      await client.until(() => client.of("digest").length === 1);
      const lastAt = (await log.head("room:a")).lastAt;
      assert.deepEqual(client.of("digest")[0]?.rooms, { a: { n: 1, lastAt } });
      await post(log, "room:a");
      await post(log, "room:b");
      await client.until(() => client.of("digest").length === 2);
      assert.deepEqual(client.of("digest")[1]?.rooms, { a: { n: 2, lastAt } });
      rooms = ["a", "b"];
      await tell(log, "user:u1", "rooms.added", {});
      await client.until(() => client.of("digest").length === 3);
      assert.deepEqual(client.of("digest")[2]?.rooms, { b: { n: 2, lastAt } });
      client.session.close();
    }, { roomsOf: () => Promise.resolve(rooms) });
  }));

Deno.test("typing is sent to the others who follow, and ends when the message comes", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const [ann, ben] = [createClient(hub, person("ann"), "ha"), createClient(hub, person("ben"), "hb")];
      await Promise.all([ann, ben].map((client) => client.follows("room:a")));
      hub.typed("a", "ann");
      await ben.until(() => ben.of("typing").length === 1);
      const late = createClient(hub, person("cleo"), "hc");
      late.session.follow({ "room:a": "now" });
      await late.until(() => late.of("typing").length === 1);
      await tell(log, "room:a", "messages.sent", { message: message(1) }, "ann");
      // By itself it would end after 5 s.
      await within(TYPING_ENDS_MS, "the end of typing", ben.until(() => ben.of("typing").length === 2));
      assert.deepEqual(ben.of("typing").map((it) => it.users), [["ann"], []]);
      assert.deepEqual(late.of("typing")[0]?.users, ["ann"]);
      assert.deepEqual(ann.of("typing"), []);
      for (const client of [ann, ben, late]) client.session.close();
    });
  }));

Deno.test("who types is not sent to who may not follow, nor before that is known", () =>
  withStorage(async ({ log }) => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Grant | undefined>();
    await withHub(log, async ({ hub }) => {
      const client = createClient(hub);
      client.session.follow({ "room:a": "now" });
      await asked.promise;
      hub.typed("a", "u2");
      answer.resolve(undefined);
      await client.until(() => client.of("gone").length === 1);
      assert.deepEqual(client.of("typing"), []);
      client.session.close();
    }, {
      authorize: () => {
        asked.resolve();
        return answer.promise;
      },
    });
  }));

for (const when of ["before", "after"] as const) {
  Deno.test(`who typed ${when} a person was removed from a private room is not sent to them when they read again`, () =>
    withStorage(async ({ log }) => {
      await withHub(log, async ({ hub }) => {
        const client = createClient(hub);
        await client.follows("room:a");
        client.reads = false;
        if (when === "before") hub.typed("a", "u2");
        await tell(log, "room:a", "rooms.left", { user: "u1" });
        if (when === "after") hub.typed("a", "u2");
        client.reads = true;
        client.session.drained();
        await client.until(() => client.of("gone").length > 0);
        assert.deepEqual(client.of("typing"), []);
        client.session.close();
      }, { authorize: () => Promise.resolve({ private: true, asOf: 0 }) });
    }));
}

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
