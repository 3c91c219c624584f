import assert from "node:assert/strict";
import { newKey, withWorkspace } from "../support/services.ts";

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

Deno.test("a page of ordinary messages holds as many as were asked for", () =>
  withWorkspace(async ({ owner }) => {
    const { room } = await owner.call("rooms.create", { name: "Short", visibility: "public" });
    for (let i = 0; i < 101; i++) {
      await owner.call("messages.send", { room: room.id, text: "x".repeat(1_000), key: newKey() });
    }
    const page = await owner.call("messages.list", { room: room.id, limit: 100 });
    assert.deepEqual([page.messages.length, page.more], [100, true]);
  }));
