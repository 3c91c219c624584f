/** The feed of one room, however much else there is. */
import assert from "node:assert/strict";
import { createEntriesStore } from "../../../lib/server/entries/store.ts";
import { setAt } from "../../../lib/server/kv/key.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import type { FeedView } from "../../../lib/protocol/feed.ts";
import { FEED, userStream } from "../../../lib/protocol/streams.ts";
import { countReads } from "../../support/storage.ts";
import { type FeedCase, withFeed } from "./with_feed.ts";

const OTHERS = 10_600; // entries about another room, all newer
const ATOMIC = 400;

/** Lists the newest entry of a stream over and over, as many new ones. */
async function repeatNewest({ services: { db, log } }: FeedCase, stream: string, count: number): Promise<void> {
  const store = createEntriesStore(db);
  const head = await db.get(keys.head(stream));
  assert.ok(head.value);
  const { seq } = head.value;
  const [newest] = await store.listBefore(stream, seq, 1);
  assert.ok(newest);
  const { tag, entry } = newest;
  for (let at = 1; at <= count; at += ATOMIC) {
    const some = Array.from({ length: Math.min(ATOMIC, count - at + 1) }, (_, n) => seq + at + n);
    assert.ok(await db.commit({ sets: some.flatMap((to) => store.sets(stream, { seq: to, tag }, entry)) }));
  }
  assert.ok(await db.commit({ sets: [setAt(keys.head(stream), { ...head.value, seq: seq + count })] }));
  assert.equal((await log.head(stream)).seq, seq + count);
}

Deno.test("feed.list by room finds the entries that lie behind 10,600 about other rooms, page by page", () =>
  withFeed(async (it) => {
    const { owner, room } = it;
    const quiet = await room(owner, "quiet", "public");
    await room(owner, "busy", "public");
    await repeatNewest(it, FEED, OTHERS);

    const list = (limit: number) => owner.call("feed.list", { view: "everything", room: quiet.id, limit });
    for (const limit of [1, 50]) {
      const page = await list(limit);
      assert.deepEqual(page.entries.map((entry) => entry.room), [quiet.id]);
      assert.equal(page.more, false, `of a page of ${limit}`);
      const { entries, more } = await owner.call("feed.list", {
        view: "everything",
        room: quiet.id,
        before: page.entries.at(-1)?.offset,
      });
      assert.deepEqual([entries, more], [[], false], `after a page of ${limit}`);
    }
  }, { shared: true }));

Deno.test("feed.list by room reads no more, whether 600 entries about other rooms are listed or 10,600", () =>
  withFeed(async (it) => {
    const { owner, join, room, send, services } = it;
    const ann = await join("ann");
    // Something about `few` is in both views; about the others in none, as who made a private room gets no entry.
    const few = await room(ann, "few", "public", [owner]);
    const none = { you: await room(ann, "none", "public"), everything: await room(owner, "mine", "private") };
    const busy = await room(ann, "busy", "public", [owner]);
    await send(ann, busy.id, "hello @owner");
    const streams = { you: userStream(owner.user.id), everything: FEED };
    const cost = async (view: FeedView, room: string) => {
      const reads = countReads(services.db);
      const { entries } = await owner.call("feed.list", { view, room, limit: 100 });
      return { entries: entries.length, reads: reads.count };
    };
    for (const view of ["you", "everything"] as const) {
      await repeatNewest(it, streams[view], 600);
      const before = [await cost(view, few.id), await cost(view, none[view].id)];
      await repeatNewest(it, streams[view], OTHERS - 600);
      const after = [await cost(view, few.id), await cost(view, none[view].id)];
      assert.deepEqual(before.map(({ entries }) => entries), [1, 0]);
      const what = `${view}: ${JSON.stringify({ before, after })}`;
      after.forEach(({ entries, reads }, at) => {
        assert.equal(entries, before[at]?.entries, what);
        assert.ok(reads <= (before[at]?.reads ?? 0), what); // less by what the first list of a room keeps of it
      });
    }
  }, { shared: true }));
