import assert from "node:assert/strict";
import { createDatabase } from "../../../lib/server/kv/database.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { Trimmed } from "../../../lib/server/log/log.ts";
import { KEEP_MS, trim } from "../../../lib/server/log/trim.ts";
import { openLog, post, withStorage } from "../../support/storage.ts";

Deno.test("locate() finds the oldest, the tail, and each offset that was given", () =>
  withStorage(async ({ log }) => {
    for (let at = 0; at < 3; at++) await post(log, "room:a");
    const head = await log.head("room:a");
    assert.deepEqual(await log.locate("room:a", "now"), { seq: 3, tag: head.tag, head });
    assert.deepEqual(await log.locate("room:a", "-1"), { seq: 0, tag: "0000", head });
    for (const event of await log.read("room:a", 0, 10)) {
      const located = await log.locate("room:a", log.offset(event));
      assert.deepEqual(located, { seq: event.seq, tag: event.tag, head });
    }
  }));

Deno.test("offsets sort as text within a stream", () =>
  withStorage(async ({ log }) => {
    for (let at = 0; at < 12; at++) await post(log, "room:a");
    const offsets = (await log.read("room:a", 0, 20)).map((event) => log.offset(event));
    assert.deepEqual([...offsets].sort(), offsets);
  }));

for (
  const [what, offset] of [
    ["a text that is no offset", "hello"],
    ["an empty text", ""],
    ["another epoch's offset", "otherepoch_0000000000000001_abcd"],
  ] as const
) {
  Deno.test(`locate() of ${what} is gone, epoch`, () =>
    withStorage(async ({ log }) => {
      await post(log, "room:a");
      const located = await log.locate("room:a", offset);
      assert.ok("gone" in located && located.gone === "epoch");
    }));
}

Deno.test("locate() of a seq beyond the head, or of another tag, is gone, epoch", () =>
  withStorage(async ({ log }) => {
    await post(log, "room:a");
    await post(log, "room:a");
    const [first] = await log.read("room:a", 0, 1);
    assert.ok(first);
    for (const at of [{ seq: 9, tag: first.tag }, { seq: 1, tag: "zzzz" }, { seq: 2, tag: "zzzz" }]) {
      const located = await log.locate("room:a", log.offset(at));
      assert.ok("gone" in located && located.gone === "epoch", JSON.stringify(at));
    }
  }));

Deno.test("a data folder copied back, that went on differently, is noticed by its tags", async () => {
  const folder = await Deno.makeTempDir();
  const [path, copy] = [`${folder}/a.sqlite`, `${folder}/b.sqlite`];
  try {
    const before = createDatabase(await Deno.openKv(path));
    const log = await openLog(before);
    await post(log, "room:a", "kept");
    const kept = log.offset(await log.head("room:a"));
    before.close();
    await Deno.copyFile(path, copy);

    const lost = createDatabase(await Deno.openKv(path));
    const went = await openLog(lost);
    await post(went, "room:a", "lost");
    const held = went.offset(await went.head("room:a"));
    await post(went, "room:a", "lost too");
    const beyond = went.offset(await went.head("room:a"));
    lost.close();

    const back = createDatabase(await Deno.openKv(copy));
    const restored = await openLog(back);
    await post(restored, "room:a", "other");
    assert.equal(restored.epoch, log.epoch);
    assert.ok("seq" in await restored.locate("room:a", kept));
    for (const offset of [held, beyond]) {
      const located = await restored.locate("room:a", offset);
      assert.ok("gone" in located && located.gone === "epoch");
    }
    back.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("trim() keeps the newest events and the young ones, and the tag just before them", () =>
  withStorage(async ({ db, log, clock }) => {
    for (let at = 0; at < 30; at++) await post(log, "room:a", at);
    const offsets = (await log.read("room:a", 0, 30)).map((event) => log.offset(event));
    const now = () => clock.now;
    assert.equal(await trim({ db, log, now, keepEvents: 10 }, "room:a"), 0); // all are young
    clock.now += KEEP_MS + 1;
    assert.equal(await trim({ db, log, now, keepEvents: 10 }, "room:a"), 20);
    const head = await log.head("room:a");
    assert.equal(head.first, 21);
    assert.deepEqual((await log.read("room:a", 20, 30)).map((event) => event.data), [
      20,
      21,
      22,
      23,
      24,
      25,
      26,
      27,
      28,
      29,
    ]);
    assert.ok("seq" in await log.locate("room:a", offsets[19] ?? ""));
    const old = await log.locate("room:a", offsets[18] ?? "");
    assert.ok("gone" in old && old.gone === "trimmed");
    assert.deepEqual(await log.locate("room:a", "-1"), await log.locate("room:a", offsets[19] ?? ""));
    await assert.rejects(log.read("room:a", 5, 10), Trimmed);
  }));

Deno.test("a reader that is overtaken by trimming gets an error, and never sees a hole", () =>
  withStorage(async ({ db, log, clock }) => {
    for (let at = 0; at < 40; at++) await post(log, "room:a", at);
    const first = await log.read("room:a", 0, 10);
    clock.now += KEEP_MS + 1;
    await trim({ db, log, now: () => clock.now, keepEvents: 5 }, "room:a");
    await assert.rejects(log.read("room:a", first.length, 10), Trimmed);
  }));

Deno.test("the epoch is made once, whoever opens the log first", () =>
  withStorage(async ({ db, log }) => {
    const others = await Promise.all([openLog(db), openLog(db), openLog(db)]);
    assert.deepEqual(others.map((other) => other.epoch), [log.epoch, log.epoch, log.epoch]);
    assert.equal((await db.get(keys.epoch())).value, log.epoch);
  }));
