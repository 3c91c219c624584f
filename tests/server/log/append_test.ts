import assert from "node:assert/strict";
import { keyOf, setAt } from "../../../lib/server/kv/key.ts";
import { StorageUnavailable } from "../../../lib/server/kv/database.ts";
import { Refusal } from "../../../lib/protocol/errors.ts";
import { type AnyEvent, createLog } from "../../../lib/server/log/log.ts";
import { counting, losingAnswers, openLog, post, random, withStorage } from "../../support/storage.ts";

Deno.test("append() gives dense seqs from 1, in the order of the calls", () =>
  withStorage(async ({ log }) => {
    const seqs = await Promise.all(Array.from({ length: 250 }, (_, at) => post(log, "room:a", at)));
    assert.deepEqual(seqs, Array.from({ length: 250 }, (_, at) => at + 1));
    const events = await log.read("room:a", 0, 500);
    assert.deepEqual(events.map((event) => event.data), Array.from({ length: 250 }, (_, at) => at));
  }));

Deno.test("append() keeps the order of the calls when an earlier plan takes longer", () =>
  withStorage(async ({ log }) => {
    const slow = Promise.withResolvers<void>();
    const first = log.append<number>(["room:a"], async () => {
      await slow.promise;
      return {
        write: (place) => ({
          events: [{ stream: "room:a", type: "test.posted", by: "u1", data: "first" }],
          result: place("room:a").seq,
        }),
      };
    });
    const second = post(log, "room:a", "second");
    await post(log, "room:b"); // another stream is not held back
    slow.resolve();
    assert.deepEqual(await Promise.all([first, second]), [1, 2]);
  }));

Deno.test("append() writes what waits in one atomic, and each head once", () =>
  withStorage(async ({ db }) => {
    const counted = counting(db);
    const log = await openLog(counted.db);
    counted.count.commits = counted.count.mutations = 0;
    await Promise.all(Array.from({ length: 90 }, () => post(log, "room:a")));
    assert.ok(counted.count.commits <= 3, `${counted.count.commits} commits`);
    // Each commit writes the head, and the events that it holds as one value.
    assert.ok(counted.count.mutations <= 2 * counted.count.commits, `${counted.count.mutations} mutations`);
  }));

Deno.test("append() of a short event doesn't wait for all long ones of before, nor for a large atomic", () =>
  withStorage(async ({ db }) => {
    const sizes: number[] = [];
    const log = await openLog({
      ...db,
      commit(write) {
        sizes.push((write.sets ?? []).reduce((sum, { value }) => sum + JSON.stringify(value).length, 0));
        return db.commit(write);
      },
    });
    sizes.length = 0;
    const landed: string[] = [];
    const long = Array.from({ length: 48 }, () => post(log, "room:a", "x".repeat(48_000)).then(() => landed.push("a")));
    await Promise.all([...long, post(log, "room:b", "short").then(() => landed.push("b"))]);
    assert.ok(landed.indexOf("b") <= 6, `${landed.indexOf("b")} long ones landed before it`);
    assert.ok(Math.max(...sizes) < 320 * 1024, `atomics of ${sizes} characters`);
  }));

Deno.test("append() refuses an oversized value alone; the others of its batch are written", () =>
  withStorage(async ({ log }) => {
    const results = await Promise.allSettled([
      post(log, "room:a", "one"),
      post(log, "room:a", "x".repeat(70_000)),
      post(log, "room:a", "two"),
    ]);
    assert.deepEqual(results.map((it) => it.status), ["fulfilled", "rejected", "fulfilled"]);
    const [, refused] = results;
    assert.ok(refused.status === "rejected" && refused.reason instanceof Refusal);
    assert.equal(refused.reason.code, "too_large");
    assert.deepEqual((await log.read("room:a", 0, 10)).map((event) => event.data), ["one", "two"]);
  }));

Deno.test("append() rejects a plan that throws, and goes on with the next", () =>
  withStorage(async ({ log }) => {
    const failing = log.append<void>(["room:a"], () => Promise.reject(new Error("no such room")));
    const next = post(log, "room:a");
    const [, seq] = await Promise.all([assert.rejects(failing, /no such room/), next]);
    assert.equal(seq, 1);
  }));

Deno.test("append() plans a member anew whose checked key changed, and sends the rest of its batch", () =>
  withStorage(async ({ db, log }) => {
    const key = keyOf<string>("test", "relied on");
    await db.commit({ sets: [setAt(key, "taken")] });
    const attempts: number[] = [];
    const guarded = log.append<string>(["room:a"], async (attempt) => {
      attempts.push(attempt);
      const entry = attempt === 0 ? { key, versionstamp: null } : await db.get(key);
      if (attempt > 0 && "value" in entry && entry.value) return { result: entry.value };
      return {
        checks: [entry],
        write: () => ({ events: [{ stream: "room:a", type: "test.posted", by: "u1", data: "never" }], result: "new" }),
      };
    });
    const others = Array.from({ length: 5 }, (_, at) => post(log, "room:a", at));
    assert.equal(await guarded, "taken");
    assert.deepEqual(attempts, [0, 1]);
    assert.deepEqual(await Promise.all(others), [1, 2, 3, 4, 5]);
    assert.deepEqual((await log.read("room:a", 0, 10)).map((event) => event.data), [0, 1, 2, 3, 4]);
  }));

Deno.test("append() forgets the streams of a plan that is made anew", () =>
  withStorage(async ({ db }) => {
    const log = await openLog(db, undefined, true);
    const key = keyOf<number>("test", "used");
    const again = () =>
      log.append<number>(["room:a"], async (attempt) => {
        const { versionstamp } = attempt === 0 ? { versionstamp: null } : await db.get(key);
        return {
          streams: Array.from({ length: 5 }, (_, at) => `user:u${5 * attempt + at}`), // 8 fit in one atomic
          checks: [{ key, versionstamp }],
          write: (place) => ({
            events: [{ stream: "room:a", type: "test.posted", by: "u1", data: {} }],
            sets: [setAt(key, attempt)],
            result: place("room:a").seq,
          }),
        };
      });
    assert.deepEqual(await Promise.all([again(), again()]), [1, 2]);
  }));

Deno.test("append() of one idempotency key twice in one batch writes it once", () =>
  withStorage(async ({ db, log }) => {
    const key = keyOf<number>("test", "used");
    const send = () =>
      log.append<number>(["room:a"], async (attempt) => {
        const entry = attempt === 0 ? { key, versionstamp: null, value: null } : await db.get(key);
        if (entry.value !== null) return { result: entry.value };
        return {
          checks: [entry],
          write: (place) => ({
            events: [{ stream: "room:a", type: "test.posted", by: "u1", data: {} }],
            sets: [setAt(key, place("room:a").seq)],
            result: place("room:a").seq,
          }),
        };
      });
    assert.deepEqual(await Promise.all([send(), send(), send()]), [1, 1, 1]);
    assert.equal((await log.head("room:a")).seq, 1);
  }));

Deno.test("append() that stacks goes on from what its atomic writes before it, or is planned anew", () =>
  withStorage(async ({ db, log }) => {
    const key = keyOf<number>("test", "sum");
    let plans = 0;
    const add = (most: number) =>
      log.append<number>(["room:a"], async () => {
        plans++;
        const { value, versionstamp } = await db.get(key);
        if ((value ?? 0) >= most) return { result: -1 };
        return {
          checks: [{ key, versionstamp }],
          rebases: true,
          write(place) {
            const written = place("room:a").written(key);
            const sum = ((written ? written.value : value) ?? 0) + 1;
            if (sum > most) return undefined;
            return {
              events: [{ stream: "room:a", type: "test.posted", by: "u1", data: sum }],
              sets: [setAt(key, sum)],
              result: sum,
            };
          },
        };
      });
    const all = Array.from({ length: 300 }, (_, at) => add(at < 290 ? 1_000 : 290));
    assert.deepEqual(await Promise.all(all), [
      ...Array.from({ length: 290 }, (_, at) => at + 1),
      ...Array(10).fill(-1),
    ]);
    assert.ok(plans <= 1_500, `${plans} plans`); // each a few times, not once a commit
    assert.deepEqual((await log.read("room:a", 0, 500)).length, 290);
  }));

Deno.test("append() authorises anew what was authorised before an event that changes authority", () =>
  withStorage(async ({ log }) => {
    const asOf = (await log.head("room:a")).seq;
    const removal = log.append<void>(["room:a"], () =>
      Promise.resolve({
        write: () => ({
          events: [{ stream: "room:a", type: "rooms.left", by: "u1", data: { user: "u2" }, authority: true }],
          result: undefined,
        }),
      }));
    const late = log.append<string>(["room:a"], (attempt) => {
      if (attempt > 0) return Promise.reject(new Refusal("forbidden", "Cannot send message: you are not a member"));
      return Promise.resolve({
        asOf: { "room:a": asOf },
        write: () => ({ events: [{ stream: "room:a", type: "test.posted", by: "u2", data: {} }], result: "sent" }),
      });
    });
    await Promise.all([removal, assert.rejects(late, /not a member/)]);
    assert.equal((await log.head("room:a")).seq, 1);
  }));

Deno.test("append() against another process's commits loses and doubles nothing", () =>
  withStorage(async ({ db }) => {
    const [log, other] = [await openLog(db, undefined, true), await openLog(db, undefined, true)];
    const seqs = await Promise.all(
      Array.from({ length: 120 }, (_, at) => post(at % 2 ? log : other, at % 3 ? "room:a" : "room:b", at)),
    );
    for (const stream of ["room:a", "room:b"]) {
      const events = await log.read(stream, 0, 500);
      assert.deepEqual(events.map((event) => event.seq), events.map((_, at) => at + 1));
      assert.equal(new Set(events.map((event) => event.data)).size, events.length);
    }
    assert.equal(seqs.length, (await log.head("room:a")).seq + (await log.head("room:b")).seq);
  }));

Deno.test("append() whose answer was lost finds that it landed, and doesn't write again", () =>
  withStorage(async ({ db }) => {
    for (const shared of [false, true]) {
      const lossy = { ...db };
      const log = await openLog(lossy, undefined, shared);
      lossy.commit = losingAnswers(db, 3).commit;
      const stream = `room:${shared}`;
      for (const seq of [1, 2, 3]) assert.equal(await post(log, stream), seq);
      const other = await openLog(db, undefined, shared);
      assert.equal(await post(other, stream), 4);
      assert.deepEqual((await other.read(stream, 0, 10)).map((event) => event.seq), [1, 2, 3, 4]);
    }
  }));

Deno.test("append() that could never leave is refused, and holds up nobody", () =>
  withStorage(async ({ db }) => {
    for (const shared of [true, false]) {
      const log = await openLog(db, undefined, shared);
      const streams = Array.from({ length: shared ? 9 : 77 }, (_, at) => `user:u${at}`);
      const plan = () => Promise.resolve({ write: () => ({ events: [], result: undefined }) });
      await assert.rejects(log.append<void>(streams, plan), /too many for one atomic/);
      await post(log, "user:u1");
    }
  }));

Deno.test("append() that deletes more than one atomic takes is refused, and holds up nobody", () =>
  withStorage(async ({ log }) => {
    const deletes = Array.from({ length: 1_000 }, (_, at) => ["test", at]);
    const plan = () => Promise.resolve({ write: () => ({ events: [], deletes, result: undefined }) });
    await assert.rejects(log.append<void>(["room:a"], plan), /too many for one atomic/);
    await post(log, "room:a");
  }));

Deno.test("append() that waits for a plan which never gets ready is refused at its deadline", () =>
  withStorage(async ({ db }) => {
    let now = 0;
    const log = await createLog<AnyEvent>({ db, now: Date.now, monotonic: () => now, random, shared: false });
    const never = Promise.withResolvers<never>();
    const [held, behind] = [log.append<void>(["room:a"], () => never.promise), post(log, "room:a")];
    now = 16_000;
    const both = [held, behind].map((one) => assert.rejects(one, StorageUnavailable));
    await post(log, "room:b");
    await Promise.all(both);
    await post(log, "room:a");
  }));

for (const [shared, most] of [[true, 8], [false, 76]] as const) {
  Deno.test(`append() over several streams names at most ${most} in one atomic when ${shared ? "shared" : "alone"}`, () =>
    withStorage(async ({ db }) => {
      const streams = Array.from({ length: 200 }, (_, at) => `user:u${at}`);
      let widest = 0;
      const log = await openLog(
        {
          ...db,
          commit(write) {
            const heads = write.sets?.filter(({ key: [kind] }) => kind === "head") ?? [];
            widest = Math.max(widest, heads.length);
            return db.commit(write);
          },
        },
        undefined,
        shared,
      );
      await Promise.all(
        streams.map((stream, at) =>
          log.append<void>(["room:a", stream], () =>
            Promise.resolve({
              write: () => ({
                events: [
                  { stream: "room:a", type: "test.posted", by: "u1", data: at },
                  { stream, type: "test.posted", by: "u1", data: at },
                ],
                result: undefined,
              }),
            }))
        ),
      );
      assert.equal(widest, most);
      assert.equal((await log.head("room:a")).seq, 200);
      assert.ok((await log.heads(streams)).every((head) => head.seq === 1));
    }));
}

Deno.test("append() writes only the last of the events with one compaction key in one atomic", () =>
  withStorage(async ({ log }) => {
    const mark = (data: number, compactionKey: string) =>
      log.append<void>(["user:u1"], () =>
        Promise.resolve({
          write: () => ({
            events: [{ stream: "user:u1", type: "test.marked", by: "u1", data, compactionKey }],
            result: undefined,
          }),
        }));
    await Promise.all([mark(1, "a"), mark(2, "b"), post(log, "user:u1", "between"), mark(3, "a")]);
    await mark(4, "a");
    const events = await log.read("user:u1", 0, 10);
    assert.deepEqual(events.map((event) => event.data), ["between", 3, 2, 4]);
    assert.deepEqual(events.map((event) => event.seq), [1, 2, 3, 4]);
  }));
