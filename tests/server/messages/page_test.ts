import assert from "node:assert/strict";
import { readFitting } from "../../../lib/server/messages/page.ts";
import type { MessageDocument } from "../../../lib/server/messages/store.ts";
import { newKey, withWorkspace } from "../../support/services.ts";
import { countReads } from "../../support/storage.ts";

const LONG = "word ".repeat(3_190); // nearly the longest that is allowed

Deno.test("a page of long texts holds as many as fit in about 1 MiB, and says that there is more; all come, each once", () =>
  withWorkspace(async ({ owner }) => {
    const { room } = await owner.call("rooms.create", { name: "Long", visibility: "public" });
    const seqs: number[] = [];
    for (let i = 0; i < 40; i++) {
      const { message } = await owner.call("messages.send", { room: room.id, text: `${i} ${LONG}`, key: newKey() });
      seqs.push(message.seq);
    }
    const older: number[] = [];
    for (let more = true; more;) {
      const page = await owner.call("messages.list", { room: room.id, before: older[0] ?? 1e9, limit: 100 });
      assert.ok(JSON.stringify(page).length < 1_600_000);
      assert.ok(page.messages.length > 0 && page.messages.length < 20);
      older.unshift(...page.messages.map(({ seq }) => seq));
      more = page.more;
    }
    assert.deepEqual(older, seqs);
    const newer: number[] = [];
    for (let more = true; more;) {
      const page = await owner.call("messages.list", { room: room.id, after: newer.at(-1) ?? 1, limit: 100 });
      newer.push(...page.messages.map(({ seq }) => seq));
      more = page.more;
    }
    assert.deepEqual(newer, seqs);
    const about = await owner.call("messages.list", { room: room.id, around: seqs[20] ?? 0, limit: 100 });
    assert.ok(about.messages.some(({ seq }) => seq === seqs[20]));
    assert.ok(about.more && about.moreAfter && about.messages.length < 20);
  }));

Deno.test("a room of long texts is read little by little once a page of it was cut", () =>
  withWorkspace(async ({ owner, services: { db } }) => {
    const { room } = await owner.call("rooms.create", { name: "Long", visibility: "public" });
    for (let i = 0; i < 60; i++) {
      await owner.call("messages.send", { room: room.id, text: `${i} ${LONG}`, key: newKey() });
    }
    const page = () => owner.call("messages.list", { room: room.id, limit: 50 });
    const first = await page();
    const reads = countReads(db);
    assert.deepEqual(await page(), first);
    assert.ok(reads.count <= 20, `${reads.count} were read`);
  }));

Deno.test("a page of ordinary messages holds as many as were asked for", () =>
  withWorkspace(async ({ owner }) => {
    const { room } = await owner.call("rooms.create", { name: "Short", visibility: "public" });
    for (let i = 0; i < 101; i++) {
      await owner.call("messages.send", { room: room.id, text: "x".repeat(1_000), key: newKey() });
    }
    const page = await owner.call("messages.list", { room: room.id, limit: 100 });
    assert.deepEqual([page.messages.length, page.more], [100, true]);
  }));

/** A room of so many messages of so long a text, and how many were read of it. */
function stored(count: number, length: number) {
  const text = "x".repeat(length);
  const documents = Array.from({ length: count }, (_, at): MessageDocument => {
    return { seq: at + 1, n: at + 1, rev: at + 1, key: `k${at}`, by: "u1", at: 0, text };
  });
  const room = {
    read: 0,
    after(seq: number, limit: number) {
      const some = documents.filter((it) => it.seq > seq).slice(0, limit);
      room.read += some.length;
      return Promise.resolve(some);
    },
  };
  return room;
}

Deno.test("of long texts little more is read than a page holds; a page of short ones is as many as were asked for", async () => {
  const long = stored(1_000, 16_000);
  const page = await readFitting(long.after, 0, 100);
  assert.deepEqual(page.shown.map(({ seq }) => seq), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(page.more, true);
  assert.ok(long.read <= 20, `${long.read} were read`);

  const short = stored(1_000, 10);
  const whole = await readFitting(short.after, 500, 100);
  assert.deepEqual(whole.shown.map(({ seq }) => seq), Array.from({ length: 100 }, (_, at) => 501 + at));
  assert.equal(whole.more, true);
  assert.equal(short.read, 101);
});

Deno.test("where a room ends, exactly or before its page does, there is no more", async () => {
  for (const limit of [0, 1, 19, 20, 21, 59, 60, 61, 100]) {
    for (const count of [limit - 1, limit, limit + 1]) {
      if (count < 0) continue;
      const { shown, more } = await readFitting(stored(count, 10).after, 0, limit);
      assert.deepEqual([shown.length, more], [Math.min(count, limit), count > limit], `${count} of ${limit}`);
    }
  }
});
