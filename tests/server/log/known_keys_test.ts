/** What a commit of the only writer need not check, heads and idempotency keys: each key is still used once, and nobody else writes. */
import assert from "node:assert/strict";
import { type Database, StorageFull, StorageUnavailable } from "../../../lib/server/kv/database.ts";
import { setAt } from "../../../lib/server/kv/key.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { createKnownKeys, LOADED_MAX } from "../../../lib/server/log/known_keys.ts";
import { keyAt, losingAnswers, openLog, sendOnce, type TestLog, withStorage } from "../../support/storage.ts";

const NOW = 1_764_000_000_000; // of the storage's clock
const USED = { command: "test.send", hash: "hash", made: 1, expiresAt: NOW + 1_000 };
const BATCH = 500;

const checkOf = (key: string) => ({ key: keys.sent("u1", key), versionstamp: null });

/** A database that tells the checks of each commit. */
function seen(db: Database): { db: Database; commits: string[][] } {
  const commits: string[][] = [];
  return {
    commits,
    db: {
      ...db,
      commit(write) {
        commits.push((write.checks ?? []).map(({ key: [kind] }) => String(kind)));
        return db.commit(write);
      },
    },
  };
}

Deno.test("120 sends of one person, and 60 of as many, are one atomic that checks the fence and one head", () =>
  withStorage(async ({ db }) => {
    const { db: counted, commits } = seen(db);
    const log = await openLog(counted);
    for (const people of [1, 60]) {
      commits.length = 0;
      const sends = Array.from({ length: people === 1 ? 120 : people }, (_, n) => n);
      const key = (n: number) => keyAt(NOW + people, n);
      await Promise.all(sends.map((n) => sendOnce({ db, log }, { key: key(n), user: `u${n % people}` })));
      assert.deepEqual(commits, [["writer", "head"]]);
    }
    assert.equal((await log.head("room:a")).seq, 180);
  }));

Deno.test("the same send twice at once, and again, makes one event", () =>
  withStorage(async ({ db, log }) => {
    const send = () => sendOnce({ db, log }, { key: keyAt(NOW) });
    assert.deepEqual(await Promise.all([send(), send(), send()]), [1, 1, 1]);
    assert.equal(await send(), 1);
    assert.equal((await log.head("room:a")).seq, 1);
  }));

Deno.test("a key of before a restart makes nothing new, whatever its time, and however many came since", () =>
  withStorage(async ({ db, log }) => {
    const times = [0, NOW - 30 * 86_400_000, NOW - 60_001, NOW - 60_000, NOW - 1, NOW, NOW + 59_999, NOW + 3_600_000];
    const used = [...times.map((ms) => keyAt(ms)), crypto.randomUUID(), "Z".repeat(20), "1".padEnd(20, "0")];
    const expected = used.map((_, at) => at + 1);
    const sendAll = async (log: TestLog) => {
      const seqs = [];
      for (const key of used) seqs.push(await sendOnce({ db, log }, { key }));
      return seqs;
    };
    assert.deepEqual(await sendAll(log), expected);
    assert.deepEqual(await sendAll(await openLog(db)), expected);
    for (let at = 0; at < LOADED_MAX; at += BATCH) {
      const more = Array.from({ length: BATCH }, (_, n) => setAt(keys.sent("u2", keyAt(NOW + 1, at + n)), USED));
      await db.commit({ sets: more });
    }
    assert.deepEqual(await sendAll(await openLog(db)), expected);
    assert.equal((await log.head("room:a")).seq, used.length);
  }));

Deno.test("of the keys in use none is taken for new, however many are forgotten; one of now is known to be new", () =>
  withStorage(async ({ db }) => {
    const clock = { now: NOW };
    const known = createKnownKeys({ now: () => clock.now, bytesMax: 20_000 });
    assert.equal(known.due([checkOf(keyAt(clock.now))]).length, 1);
    await known.load(db);
    const used: string[] = [];
    const use = (key: string) => {
      used.push(key);
      known.used([checkOf(key)]);
    };
    for (let n = 0; n < 2_000; n++) {
      clock.now += 20;
      use(keyAt(clock.now - n % 7 * 1_000, n));
      if (n % 100 === 0) use(keyAt(clock.now + 3_600_000, n)); // a client whose clock is an hour ahead
      assert.deepEqual(known.due([checkOf(keyAt(clock.now + 1, n))]), []);
    }
    assert.equal(known.due(used.map(checkOf)).length, used.length);
    for (let n = 0; n < 2_000; n++) use(keyAt(clock.now + 86_400_000 + n, n)); // no client of ours does so
    assert.equal(known.due(used.map(checkOf)).length, used.length);
    const changed = { ...checkOf(keyAt(clock.now + 1, 1)), versionstamp: "1" };
    assert.deepEqual(known.due([changed]), [changed]);
  }));

Deno.test("a process that has lost its lock writes nothing once another has opened the database, not even what it had begun", () =>
  withStorage(async ({ db }) => {
    const [asked, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow: Database = {
      ...db,
      async commit(write) {
        if (write.sets?.some(({ key: [kind, stream] }) => kind === "head" && stream === "room:slow")) {
          asked.resolve();
          await gate.promise;
        }
        return await db.commit(write);
      },
    };
    const log = await openLog(slow);
    assert.equal(await sendOnce({ db, log }, { key: keyAt(NOW) }), 1);
    const begun = assert.rejects(
      sendOnce({ db, log }, { key: keyAt(NOW, 1), stream: "room:slow" }),
      StorageUnavailable,
    );
    await asked.promise;
    const other = await openLog(db);
    gate.resolve();
    await begun;
    const lost = (n: number, user: string) =>
      sendOnce({ db, log }, { key: keyAt(NOW, n), user, stream: `room:${user}` });
    for (const [n, user] of ["u1", "u2", "u2"].entries()) await assert.rejects(lost(2 + n, user), StorageUnavailable);
    assert.deepEqual((await other.read("room:a", 0, 10)).map(({ data }) => data), [keyAt(NOW)]);
    const streams = ["room:slow", "room:u1", "room:u2"];
    assert.deepEqual((await other.heads(streams)).map(({ seq }) => seq), [0, 0, 0]);
    assert.equal(await sendOnce({ db, log: other }, { key: keyAt(NOW) }), 1);
    assert.equal(await sendOnce({ db, log: other }, { key: keyAt(NOW, 1) }), 2);
  }));

Deno.test("a process that could not put up its fence does not do so once another has opened the database", () =>
  withStorage(async ({ db }) => {
    let isFull = true;
    const full: Database = {
      ...db,
      commit: (write) => isFull ? Promise.reject(new StorageFull("no space left")) : db.commit(write),
    };
    const log = await openLog(full);
    await assert.rejects(sendOnce({ db, log }, { key: keyAt(NOW) }), StorageFull);
    const other = await openLog(db);
    isFull = false;
    await assert.rejects(sendOnce({ db, log }, { key: keyAt(NOW) }), StorageUnavailable);
    assert.equal(await sendOnce({ db, log: other }, { key: keyAt(NOW, 1) }), 1);
  }));

Deno.test("a fence whose answer was lost is found to be up", () =>
  withStorage(async ({ db }) => {
    const log = await openLog(losingAnswers(db, 1));
    assert.equal(await sendOnce({ db, log }, { key: keyAt(NOW) }), 1);
    assert.equal(await sendOnce({ db, log }, { key: keyAt(NOW) }), 1);
    assert.equal((await log.head("room:a")).seq, 1);
  }));

Deno.test("a disk that is full at the start can be read, and once there is room each key is used once", () =>
  withStorage(async ({ db, log }) => {
    assert.equal(await sendOnce({ db, log }, { key: keyAt(NOW) }), 1);
    let isFull = true;
    const full: Database = {
      ...db,
      commit: (write) => isFull ? Promise.reject(new StorageFull("no space left")) : db.commit(write),
    };
    const other = await openLog(full);
    assert.equal((await other.head("room:a")).seq, 1);
    isFull = false;
    assert.equal(await sendOnce({ db, log: other }, { key: keyAt(NOW) }), 1);
    assert.equal(await sendOnce({ db, log: other }, { key: keyAt(NOW, 1) }), 2);
    assert.equal(await sendOnce({ db, log: other }, { key: keyAt(NOW, 1) }), 2);
  }));
