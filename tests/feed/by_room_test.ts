/** The feed of one room, however much else there is. */
import assert from "node:assert/strict";
import { keys } from "../../lib/kv/keys.ts";
import { FEED } from "../../lib/protocol/streams.ts";
import { withFeed } from "./with_feed.ts";

const OTHERS = 10_600; // entries about another room, all newer
const ATOMIC = 400;

Deno.test("feed.list by room finds the entries that lie behind 10,600 about other rooms, page by page", () =>
  withFeed(async ({ owner, room, services: { db, log } }) => {
    const quiet = await room(owner, "quiet", "public");
    await room(owner, "busy", "public");
    const head = await db.get<{ seq: number }>(keys.head(FEED));
    const { seq = 0 } = head.value ?? {};
    const [busy] = await db.list<object>({ prefix: keys.entries(FEED) }, { limit: 1, reverse: true });
    for (let at = 1; at <= OTHERS; at += ATOMIC) {
      const some = Array.from({ length: Math.min(ATOMIC, OTHERS - at + 1) }, (_, n) => seq + at + n);
      assert.ok(await db.commit({ sets: some.map((to) => ({ key: keys.entry(FEED, to), value: busy?.value })) }));
    }
    assert.ok(await db.commit({ sets: [{ key: keys.head(FEED), value: { ...head.value, seq: seq + OTHERS } }] }));
    assert.equal((await log.head(FEED)).seq, seq + OTHERS);

    const list = (limit: number) => owner.call("feed.list", { view: "everything", room: quiet.id, limit });
    for (const limit of [1, 50]) {
      const page = await list(limit);
      assert.deepEqual(page.entries.map((entry) => entry.room), [quiet.id]);
      const { entries, more } = await owner.call("feed.list", {
        view: "everything",
        room: quiet.id,
        before: page.entries.at(-1)?.offset,
      });
      assert.deepEqual([entries, more], [[], false], `after a page of ${limit}`);
    }
  }, { shared: true }));
