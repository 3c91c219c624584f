/** What is acknowledged and published is on disk, in the order in which it was called for. */
import assert from "node:assert/strict";
import { setAt } from "../../../lib/server/kv/key.ts";
import type { Database } from "../../../lib/server/kv/database.ts";
import { openLog, post, withStorage } from "../../support/storage.ts";

/** A database whose commits of events wait until they are let through. */
function held(db: Database): { db: Database; asked: Promise<void>; go(): void } {
  const [asked, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  return {
    db: {
      ...db,
      async commit(write) {
        if (!write.sets?.some(({ key: [kind] }) => kind === "head")) return await db.commit(write);
        asked.resolve();
        await gate.promise;
        return await db.commit(write);
      },
    },
    asked: asked.promise,
    go: gate.resolve,
  };
}

const turnOfTheLoop = () => new Promise<void>((resolve) => setTimeout(resolve));

Deno.test("an append is acknowledged and published once its commit is on disk, and not before", () =>
  withStorage(async ({ db }) => {
    const slow = held(db);
    const log = await openLog(db).then(() => openLog(slow.db));
    const seen: string[] = [];
    log.onAppended(({ events }) => seen.push(...events.map(({ seq }) => `published ${seq}`)));
    const appended = [1, 2].map((n) => post(log, "room:a", n).then((seq) => seen.push(`acknowledged ${seq}`)));
    await slow.asked;
    await turnOfTheLoop();
    assert.deepEqual(seen, []);
    slow.go();
    await Promise.all(appended);
    assert.deepEqual(seen.toSorted(), ["acknowledged 1", "acknowledged 2", "published 1", "published 2"]);
    assert.deepEqual((await log.read("room:a", 0, 9)).map(({ data }) => data), [1, 2]);
  }));

Deno.test("an append that is made anew stands before what was called after it", () =>
  withStorage(async ({ db }) => {
    const slow = held(db);
    await openLog(db);
    const log = await openLog(slow.db);
    const key = ["test", "relied on"];
    const relying = log.append<number>(["room:a"], async () => {
      const { versionstamp } = await db.get(key);
      return {
        checks: [{ key, versionstamp }],
        write: (place) => ({
          events: [{ stream: "room:a", type: "test.posted", by: "u1", data: "first" }],
          result: place("room:a").seq,
        }),
      };
    });
    await slow.asked;
    const later = post(log, "room:a", "second");
    await db.commit({ sets: [setAt(key, "moved")] });
    slow.go();
    assert.deepEqual(await Promise.all([relying, later]), [1, 2]);
    assert.deepEqual((await log.read("room:a", 0, 9)).map(({ data }) => data), ["first", "second"]);
  }));
