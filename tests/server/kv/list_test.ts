/** A long list is read a batch at a time: what is read at once is also decoded at once, while others wait. */
import assert from "node:assert/strict";
import { createDatabase } from "../../../lib/server/kv/database.ts";
import { setAt } from "../../../lib/server/kv/key.ts";

const BATCH = 100;
const COUNT = 1_050;

Deno.test("a list is read a hundred entries at a time, however many are asked for, and comes whole", async () => {
  const kv = await Deno.openKv(":memory:");
  const asked: (number | undefined)[] = []; // of KV at a time, by list
  const list = kv.list.bind(kv);
  kv.list = (selector, options) => {
    asked.push(options?.batchSize);
    return list(selector, options);
  };
  const db = createDatabase(kv);
  try {
    for (let at = 0; at < COUNT; at += BATCH / 2) {
      await db.commit({ sets: Array.from({ length: BATCH / 2 }, (_, n) => setAt(["list", at + n], at + n)) });
    }
    const all = Array.from({ length: COUNT }, (_, at) => at);
    const read = async (limit: number, reverse = false) =>
      (await db.list({ prefix: ["list"] }, { limit, reverse })).map(({ value }) => value);
    assert.deepEqual(await read(COUNT), all);
    assert.deepEqual(await read(COUNT, true), all.toReversed());
    assert.deepEqual(await read(BATCH / 4), all.slice(0, BATCH / 4));
    assert.deepEqual(asked, [BATCH, BATCH, BATCH / 4]);
  } finally {
    db.close();
  }
});
