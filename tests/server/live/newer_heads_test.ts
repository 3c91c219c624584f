/** Whoever reads a head that is newer than what is known here, followers and digests get it, without a change watcher. */
import assert from "node:assert/strict";
import { StorageUnavailable } from "../../../lib/server/kv/database.ts";
import { within } from "../../faults/within.ts";
import { type Client, createClient, withHub } from "../../support/hub.ts";
import { withWorkspace } from "../../support/services.ts";
import { fastClock } from "../../support/fast_clock.ts";
import { openLog, post, tell, withStorage } from "../../support/storage.ts";

const LEARN_MS = 2_000;
const readers = {
  "somebody lists their rooms": (log) => log.heads(["room:a", "room:b"]),
  "somebody asks for the head": (log) => log.head("room:a"),
  "somebody reads a page of events": (log) => log.read("room:a", 0, 10),
  "somebody resumes": (log) => log.locate("room:a", "now"),
} satisfies Record<string, (log: Awaited<ReturnType<typeof openLog>>) => Promise<unknown>>;

async function learns(client: Client, seq: number, n: number): Promise<void> {
  await within(LEARN_MS, "the events", client.until(() => client.seqs("room:a").at(-1) === seq));
  await within(LEARN_MS, "the digest", client.until(() => client.of("digest").at(-1)?.rooms.a?.n === n));
}

Deno.test("what another wrote is delivered once somebody opens the room", () =>
  withWorkspace(async ({ services, owner }) => {
    const { db, hub } = services;
    const { room } = await owner.call("rooms.create", { name: "gauges", visibility: "public" });
    const other = await openLog(db);
    const client = createClient(hub, owner.user);
    await client.follows(`room:${room.id}`);
    const seq = await tell(other, `room:${room.id}`, "rooms.updated", { room });
    await owner.call("rooms.get", { room: room.id });
    await within(LEARN_MS, "the event", client.until(() => client.seqs(`room:${room.id}`).includes(seq)));
    client.session.close();
  }));

for (const shared of [false, true]) {
  for (const [what, reads] of Object.entries(readers)) {
    Deno.test(`${shared ? "shared" : "alone"}: what another wrote is delivered once ${what}`, () =>
      withStorage(async ({ db }) => {
        const [log, other] = [await openLog(db, undefined, shared), await openLog(db, undefined, shared)];
        await withHub(log, async ({ hub, errors }) => {
          const client = createClient(hub);
          await hub.greet(client.session);
          await client.follows("room:a");
          await post(other, "room:a");
          await post(other, "room:a");
          await reads(log);
          await learns(client, 2, 2);
          assert.deepEqual([client.seqs("room:a"), errors], [[1, 2], []]);
          client.session.close();
        }, { shared, roomsOf: () => Promise.resolve(["a"]), clock: fastClock });
      }));
  }
}

Deno.test("shared: what another wrote is delivered once an append is refused for it", () =>
  withStorage(async ({ db }) => {
    const [log, other] = [await openLog(db, undefined, true), await openLog(db, undefined, true)];
    await post(log, "room:a");
    await withHub(log, async ({ hub, errors }) => {
      const client = createClient(hub);
      await hub.greet(client.session);
      await client.follows("room:a");
      await post(other, "room:a");
      const refused = log.append<void>(["room:a"], (attempt) => {
        if (attempt > 0) return Promise.reject(new Error("it is not wanted any more"));
        const check = { key: ["epoch"], versionstamp: null };
        return Promise.resolve({ checks: [check], write: () => ({ events: [], result: undefined }) });
      });
      await assert.rejects(refused, /not wanted/);
      await learns(client, 2, 2);
      assert.deepEqual([client.seqs("room:a"), errors], [[2], []]);
      client.session.close();
    }, { shared: true, roomsOf: () => Promise.resolve(["a"]), clock: fastClock });
  }));

Deno.test("what is known to be there is read again until storage gives it, without another event", () =>
  withStorage(async ({ db }) => {
    const [here, other] = [await openLog(db), await openLog(db)];
    let fails = 3;
    const log: typeof here = {
      ...here,
      read(stream, seq, limit) {
        if (fails-- > 0) return Promise.reject(new StorageUnavailable("the database was busy"));
        return here.read(stream, seq, limit);
      },
    };
    await withHub(log, async ({ hub }) => {
      const client = createClient(hub);
      await client.follows("room:a");
      await post(other, "room:a");
      await log.head("room:a");
      await within(2 * LEARN_MS, "the event", client.until(() => client.seqs("room:a").length === 1));
      assert.equal(fails, -1);
      client.session.close();
    }, { clock: fastClock });
  }));
