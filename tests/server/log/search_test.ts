/** What becomes of commits that storage answers late, or never: their outcome is found and published, and nothing waits for ever. */
import assert from "node:assert/strict";
import { createDatabase, type Database, StorageUnavailable } from "../../../lib/server/kv/database.ts";
import { keyOf, setAt } from "../../../lib/server/kv/key.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { createHeads } from "../../../lib/server/log/heads.ts";
import { type AnyEvent, createLog } from "../../../lib/server/log/log.ts";
import { createSearch } from "../../../lib/server/log/search.ts";
import { EMPTY } from "../../../lib/server/log/types.ts";
import { within } from "../../faults/within.ts";
import { type Stall, type StalledKv, stalling } from "../../support/stalled_kv.ts";
import { keyAt, post, random, sendOnce, type TestLog, watched, withStorage } from "../../support/storage.ts";

const CALL_MS = 600; // one call's deadline here
const APPEND_MS = 500; // an append's: its caller is answered before anything is tried again
const PATIENT_MS = 60_000;
const LEARN_MS = 2_000;

interface Place {
  kv: StalledKv;
  db: Database;
  log: TestLog;
  /** The seqs of room:a that were published, in order. */
  published: number[];
  /** Resolves once so many were published. */
  until(count: number): Promise<void>;
}

async function withStalled(body: (it: Place) => Promise<void>, { shared = false, deadline = APPEND_MS } = {}) {
  const kv = stalling(await Deno.openKv(":memory:"));
  const { db, idle } = watched(createDatabase(kv.handle, { deadline: CALL_MS }));
  const log = await createLog<AnyEvent>({ db, now: Date.now, random, shared, deadline });
  const published: number[] = [];
  let looks: (() => void)[] = [];
  log.onAppended(({ stream, events }) => {
    if (stream === "room:a") published.push(...events.map(({ seq }) => seq));
    for (const look of looks) look();
    looks = [];
  });
  const until = async (count: number) => {
    while (published.length < count) await new Promise<void>((resolve) => looks.push(resolve));
  };
  try {
    await body({ kv, db, log, published, until: (count) => within(LEARN_MS, `${count} events`, until(count)) });
  } finally {
    kv.release();
    log.close();
    await kv.landed();
    await idle();
    db.close();
  }
}

for (const shared of [false, true]) {
  const where = shared ? "shared" : "alone";
  for (const how of ["answer", "commit"] as const) {
    Deno.test(`${where}: what lands after its caller got "unavailable" is published within 2 s (${how} late)`, () =>
      withStalled(async ({ kv, log, published, until }) => {
        await post(log, "room:a");
        kv.stallAll(how);
        const late = [post(log, "room:a"), post(log, "room:a")];
        for (const one of late) await assert.rejects(one, StorageUnavailable);
        if (how === "commit") assert.deepEqual(published, [1]);
        kv.release();
        await until(3);
        assert.equal(await post(log, "room:a"), 4);
        assert.deepEqual(published, [1, 2, 3, 4]);
      }, { shared }));
  }

  Deno.test(`${where}: what lands and is never answered is published within 2 s`, () =>
    withStalled(async ({ kv, log, published, until }) => {
      await post(log, "room:a");
      kv.stall("lost answer");
      await assert.rejects(post(log, "room:a"), StorageUnavailable);
      await until(2);
      assert.equal(await post(log, "room:a"), 3);
      assert.deepEqual(published, [1, 2, 3]);
    }, { shared }));

  for (const how of ["never", "lost commit"] as const) {
    Deno.test(`${where}: what nobody waits for any more lands no more once the next is written (${how})`, () =>
      withStalled(async ({ kv, db, log, published }) => {
        await post(log, "room:a", "one");
        await post(log, "room:b", "one");
        kv.stall(how);
        const streams = ["room:a", "room:b"]; // of one commit
        await Promise.all(streams.map((it) => assert.rejects(post(log, it, "lost"), StorageUnavailable)));
        const next = streams.map((it) => again(() => post(log, it, "two")));
        assert.deepEqual(await within(LEARN_MS, "the next appends", Promise.all(next)), [2, 2]);
        kv.release();
        await kv.landed();
        for (const stream of streams) {
          assert.deepEqual((await log.read(stream, 0, 10)).map(({ data }) => data), ["one", "two"]);
          const { value } = await db.get(keys.head(stream));
          assert.deepEqual([value?.seq, value?.tail.map(({ data }) => data)], [2, ["one", "two"]]);
        }
        assert.deepEqual(published, [1, 2]);
      }, { shared }));

    Deno.test(`${where}: what somebody waits for is tried again, and is there once (${how})`, () =>
      withStalled(async ({ kv, log, published }) => {
        kv.stall(how, how);
        assert.equal(await within(LEARN_MS, "the append", post(log, "room:a", "one")), 1);
        kv.release();
        await kv.landed();
        assert.equal(await post(log, "room:a", "two"), 2);
        assert.deepEqual((await log.read("room:a", 0, 10)).map(({ data }) => data), ["one", "two"]);
        assert.deepEqual(published, [1, 2]);
      }, { shared, deadline: PATIENT_MS }));
  }
}

for (const how of ["answer", "commit", "lost answer", "lost commit", "never"] satisfies Stall[]) {
  Deno.test(`a key whose commit is unknown makes one event, however often it is sent again (${how})`, () =>
    withStalled(async ({ kv, db, log }) => {
      const key = keyAt(Date.now());
      const send = () => sendOnce({ db, log }, { key, now: Date.now() });
      await sendOnce({ db, log }, { key: keyAt(Date.now(), 1), now: Date.now() });
      kv.stall(how);
      await assert.rejects(send(), StorageUnavailable);
      const repeated = again(send);
      kv.release();
      assert.equal(await within(LEARN_MS, "the second send", repeated), 2);
      await kv.landed();
      assert.equal(await again(send), 2);
      const events = await log.read("room:a", 0, 10);
      assert.deepEqual(events.map(({ data }) => data).slice(1), [key]);
    }));
}

Deno.test("a stream's first event that never lands leaves a stream that can be written", () =>
  withStalled(async ({ kv, log, published }) => {
    kv.stall("lost commit");
    await assert.rejects(post(log, "room:a"), StorageUnavailable);
    assert.equal(await within(LEARN_MS, "the next append", again(() => post(log, "room:a"))), 1);
    kv.release();
    await kv.landed();
    assert.deepEqual(published, [1]);
    assert.equal((await log.head("room:a")).n, 1);
  }));

Deno.test("streams that the late commit doesn't touch are written meanwhile, what waits behind it fails in time", () =>
  withStalled(async ({ kv, log, published, until }) => {
    kv.stall("commit");
    const late = assert.rejects(post(log, "room:a"), StorageUnavailable);
    await kv.until(1);
    const behind = assert.rejects(post(log, "room:a"), StorageUnavailable);
    assert.equal(await post(log, "room:b"), 1);
    kv.stallAll("commit");
    await Promise.all([late, behind]);
    kv.release();
    await until(1);
    assert.equal(await post(log, "room:a"), 2); // what waited behind it failed, and isn't done
    assert.deepEqual(published, [1, 2]);
  }));

Deno.test("a plan that finds its work done already is answered no sooner than followers get it", () =>
  withStalled(async ({ kv, db, log, published }) => {
    const key = keyOf<number>("test", "key");
    const send = () =>
      log.append<number>(["room:a"], async () => {
        const { value, versionstamp } = await db.get(key);
        if (value !== null) return { result: value };
        return {
          checks: [{ key, versionstamp }],
          write: (place) => ({
            events: [{ stream: "room:a", type: "test.posted", by: "u1", data: {} }],
            sets: [setAt(key, place("room:a").seq)],
            result: place("room:a").seq,
          }),
        };
      });
    kv.stall("answer", "never", "never");
    const first = send();
    await kv.until(1);
    await kv.landed();
    let acknowledged = false;
    const retry = send().then((seq) => {
      acknowledged = true;
      assert.deepEqual(published, [1]);
      return seq;
    });
    assert.equal((await db.get(key)).value, 1);
    assert.equal(acknowledged, false);
    kv.release();
    assert.deepEqual(await Promise.all([first, retry]), [1, 1]);
  }, { deadline: PATIENT_MS }));

Deno.test("what is asked of storage that hangs is bounded, however often its outcome is looked for", () =>
  withStorage(async ({ db }) => {
    const never = new Promise<never>(() => {});
    let asked = 0;
    const hangs: Database = {
      ...db,
      commit() {
        asked++;
        return Promise.reject(new StorageUnavailable("the database did not answer", never));
      },
    };
    const search = createSearch({ db: hangs, heads: createHeads(hangs, () => {}) });
    const looked = Promise.withResolvers<void>();
    let looks = 0;
    const base = { head: EMPTY, versionstamp: null };
    const found = search.find({
      write: {},
      fence: undefined,
      stream: "room:a",
      base,
      seq: 1,
      id: "batch",
      answer: never,
      isWanted() {
        if (++looks === 8) looked.resolve();
        return false;
      },
    });
    await looked.promise;
    assert.equal(asked, 4);
    search.close();
    assert.ok("failed" in await found);
  }));

for (const how of ["never", "commit"] satisfies Stall[]) {
  Deno.test(`a closed log looks for nothing any more (${how})`, () =>
    withStalled(async ({ kv, log }) => {
      kv.stallAll(how);
      const late = post(log, "room:a");
      await kv.until(2);
      log.close();
      await assert.rejects(late, StorageUnavailable);
    }, { deadline: PATIENT_MS }));
}

/** Tries until storage is well, as a client does. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) throw error;
    }
  }
}
