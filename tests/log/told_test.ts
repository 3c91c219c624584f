/** What is acknowledged and told is on disk. */
import assert from "node:assert/strict";
import type { Database } from "../../lib/kv/database.ts";
import { openLog, post, withStorage } from "../support/storage.ts";

/** A database whose commits wait until they are let through. */
function held(db: Database): { db: Database; asked: Promise<void>; go(): void } {
  const [asked, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  return {
    db: {
      ...db,
      async commit(write) {
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

Deno.test("an append is acknowledged and told once its commit is on disk, and not before", () =>
  withStorage(async ({ db }) => {
    const slow = held(db);
    const log = await openLog(db).then(() => openLog(slow.db));
    const seen: string[] = [];
    log.onAppended(({ events }) => seen.push(...events.map(({ seq }) => `told ${seq}`)));
    const appended = [1, 2].map((n) => post(log, "room:a", n).then((seq) => seen.push(`acknowledged ${seq}`)));
    await slow.asked;
    await turnOfTheLoop();
    assert.deepEqual(seen, []);
    slow.go();
    await Promise.all(appended);
    assert.deepEqual(seen.toSorted(), ["acknowledged 1", "acknowledged 2", "told 1", "told 2"]);
    assert.deepEqual((await log.read("room:a", 0, 9)).map(({ data }) => data), [1, 2]);
  }));
