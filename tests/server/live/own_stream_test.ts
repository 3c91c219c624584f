/** Two processes: what the other one writes to a person's own stream. */
import assert from "node:assert/strict";
import { keys } from "../../../lib/server/kv/keys.ts";
import { createClient, type TestHub, withHub } from "../../support/hub.ts";
import { openLog, post, type Storage, tell, type TestLog, withStorage } from "../../support/storage.ts";

/** A hub whose change watcher works, beside another process's log. `rooms` are those of everybody, each time they are read. */
function withOther(
  body: (it: TestHub & { other: TestLog; rooms: { names: string[]; reads: number } }) => Promise<void>,
  change: (log: TestLog) => TestLog = (log) => log,
): Promise<void> {
  return withStorage(async ({ db }: Storage) => {
    const [mine, other] = [await openLog(db, undefined, true), await openLog(db, undefined, true)];
    const rooms = { names: ["a"], reads: 0 };
    await withHub(change(mine), (it) => body({ ...it, other, rooms }), {
      shared: true,
      roomsOf: () => {
        rooms.reads++;
        return Promise.resolve([...rooms.names]);
      },
      watch: (streams) => db.watch(streams.map(keys.head)),
    });
  });
}

Deno.test("of what comes to a person only a change of their rooms makes these be read again", () =>
  withOther(async ({ hub, other, rooms }) => {
    await post(other, "user:u1");
    const client = createClient(hub);
    await hub.greet(client.session);
    await client.follows("user:u1");
    for (const seq of [2, 3]) {
      await post(other, "user:u1"); // a read mark, say
      await client.until(() => client.seqs("user:u1").includes(seq));
    }
    assert.equal(rooms.reads, 1);
    rooms.names = ["a", "b"];
    await tell(other, "user:u1", "rooms.added", { room: { id: "b" } });
    await client.until(() => client.of("digest").length === 2);
    assert.deepEqual([rooms.reads, Object.keys(client.of("digest")[1]?.rooms ?? {})], [2, ["b"]]);
    client.session.close();
  }));

Deno.test("a sign-in that the other process ends is over at once, though its person follows nothing", () =>
  withOther(async ({ hub, other, revoked }) => {
    const client = createClient(hub);
    await hub.greet(client.session);
    revoked.add("h1");
    const before = performance.now();
    await tell(other, "user:u1", "sessions.revoked", { session: "s" });
    await client.until(() => client.ended.length > 0);
    assert.deepEqual(client.ended, ["signed_out"]);
    assert.ok(performance.now() - before < 3_000, "it waited for the look of every 4 s");
  }));

Deno.test("a person's own stream is heard for as long as they are connected, whoever stops following it", () =>
  withOther(async ({ hub, other, rooms }) => {
    const [one, two] = [createClient(hub), createClient(hub, undefined, "h2")];
    for (const { session } of [one, two]) await hub.greet(session);
    await one.follows("user:u1");
    const topic = hub.topic("user:u1");
    one.session.close();
    assert.equal(hub.topic("user:u1"), topic);
    rooms.names = [];
    await tell(other, "user:u1", "rooms.removed", { room: { id: "a" } });
    await tell(other, "user:u1", "rooms.added", { room: { id: "b" } });
    rooms.names = ["b"];
    await two.until(() => two.of("digest").length === 2);
    assert.deepEqual(Object.keys(two.of("digest")[1]?.rooms ?? {}), ["b"]);
    two.session.close();
  }));

Deno.test("a session that can't get its own events is ended, so that it comes back", () => {
  let isAway = false;
  const broken = new Error("storage is away");
  return withOther(async ({ hub, other, errors }) => {
    const client = createClient(hub);
    await hub.greet(client.session);
    isAway = true;
    await tell(other, "user:u1", "rooms.removed", { room: { id: "a" } });
    await client.until(() => client.ended.length > 0);
    assert.deepEqual([client.ended, errors[0]], [["overloaded"], broken]);
  }, (log) => ({ ...log, head: (stream) => isAway ? Promise.reject(broken) : log.head(stream) }));
});
