/** Pages of the feed, the seen marker, and following from a page. */
import assert from "node:assert/strict";
import { createEntries } from "../../../lib/server/entries/service.ts";
import { createFeed } from "../../../lib/server/feed/service.ts";
import type { Database } from "../../../lib/server/kv/database.ts";
import { FEED, userStream } from "../../../lib/protocol/streams.ts";
import { createClient } from "../../support/hub.ts";
import { withFeed } from "./with_feed.ts";

Deno.test("pages go back to the oldest entry with none twice and none missing", () =>
  withFeed(async ({ owner, room }) => {
    for (let at = 0; at < 7; at++) await room(owner, `room ${at}`, "public");
    const all = (await owner.call("feed.list", { view: "everything" })).entries;
    const titles: string[] = [];
    for (let before: string | undefined, more = true; more;) {
      const page = await owner.call("feed.list", { view: "everything", limit: 3, ...(before && { before }) });
      titles.push(...page.entries.map(({ title }) => title));
      before = page.entries.at(-1)?.offset;
      more = page.more;
    }
    assert.deepEqual(titles, all.map(({ title }) => title));
    assert.equal(titles[0], "Owner created #room 6");
    assert.equal(titles.at(-1), "Owner joined the workspace");
  }));

Deno.test("following from a page's offset gives each later entry once, named as pages name it", () =>
  withFeed(async (it) => {
    const { owner, services, join, send, lobby } = it;
    const ann = await join("ann");
    const stream = userStream(ann.user.id);
    await send(owner, lobby, "one @ann");
    const page = await ann.call("feed.list", { view: "you" });
    await send(owner, lobby, "two @ann");
    const client = createClient(services.hub, ann.user);
    client.session.follow({ [stream]: page.offset });
    const came = () =>
      client.of("events").flatMap(({ events }) => events).map(({ data }) => JSON.stringify(data)).filter((it) =>
        it.includes("mentioned")
      );
    await client.until(() => came().length === 1);
    await send(owner, lobby, "three @ann");
    await client.until(() => came().length === 2);
    client.session.close();
    const { entries } = await ann.call("feed.list", { view: "you" });
    const names = came().map((text) => JSON.parse(text).entry.offset);
    assert.deepEqual(entries.map(({ offset }) => offset), [...names.toReversed(), page.entries[0]?.offset]);
    // From storage as from the ring.
    const stored = await services.log.read(stream, 0, 100);
    const { data } = stored.at(-1) ?? {};
    assert.ok(!JSON.stringify(data).includes("offset"), "an epoch that is stored would outlive a restore");
  }));

Deno.test("the seen marker moves forward only, counts what is after it, and reaches all devices", () =>
  withFeed(async ({ owner, join, services, room }) => {
    const ann = await join("ann");
    for (const name of ["a", "b"]) await room(owner, name, "public");
    const page = await ann.call("feed.list", { view: "everything" });
    assert.equal(page.unseen, 2, "what happened before she came is nothing new to her");
    const [newest, second] = page.entries;
    const seen = async () => {
      const { seen, unseen } = await ann.call("feed.list", { view: "everything", limit: 1 });
      return [seen, unseen];
    };
    const heads = async () => (await services.log.head(userStream(ann.user.id))).seq;
    await ann.call("feed.markSeen", { view: "everything", offset: second?.offset ?? "" });
    assert.deepEqual(await seen(), [second?.offset, 1]);
    await ann.call("feed.markSeen", { view: "everything", offset: newest?.offset ?? "" });
    assert.deepEqual(await seen(), [newest?.offset, 0]);
    const before = await heads();
    const [event] = await services.log.read(userStream(ann.user.id), before - 1, 1);
    assert.deepEqual([event?.type, event?.data], ["feed.seen", { view: "everything", offset: newest?.offset }]);
    for (const offset of [second?.offset ?? "", newest?.offset ?? "", "-1"]) {
      await ann.call("feed.markSeen", { view: "everything", offset });
    }
    assert.deepEqual(await seen(), [newest?.offset, 0]);
    assert.equal(await heads(), before, "what changes nothing makes no event");
    await ann.call("feed.markSeen", { view: "everything", offset: "now" });
    assert.equal((await ann.call("feed.list", { view: "you" })).seen, undefined, "each view has its own");
    assert.equal(await services.feed.unseen(owner.user, "everything"), 4);
  }));

Deno.test("what was read in its room is not new in the feed either, and is again where the mark is moved back", () =>
  withFeed(async ({ owner, join, room, send, entries }) => {
    const ann = await join("ann");
    const { id } = await room(owner, "gauges", "public", [ann]);
    const unseen = async () => (await ann.call("feed.list", { view: "you", limit: 1 })).unseen;
    const before = await unseen(); // that she was added
    const first = await send(owner, id, "@ann look");
    const second = await send(owner, id, "@ann and here");
    const mine = await send(ann, id, "seen both");
    await owner.call("messages.react", { room: id, seq: mine, emoji: "👍" });
    assert.equal(await unseen(), before + 1, "by sending she has read both; the reaction is told nowhere else");
    await ann.call("reads.mark", { room: id, seq: first, back: true });
    assert.equal(await unseen(), before + 2);
    await ann.call("reads.mark", { room: id, seq: second });
    assert.equal(await unseen(), before + 1);
    const [reacted] = await entries(ann, "you");
    await ann.call("feed.markSeen", { view: "you", offset: reacted?.offset ?? "" });
    assert.equal(await unseen(), 0);
  }));

Deno.test("reactions to one message are one new item, however many react", () =>
  withFeed(async ({ owner, join, room, send }) => {
    const [ann, bo, cem] = [await join("ann"), await join("bo"), await join("cem")];
    const { id } = await room(owner, "gauges", "public", [ann, bo, cem]);
    const [first, second] = [await send(ann, id, "one"), await send(ann, id, "two")];
    await ann.call("feed.markSeen", { view: "you", offset: "now" });
    const unseen = async () => (await ann.call("feed.list", { view: "you", limit: 1 })).unseen;
    for (const who of [owner, bo, cem]) {
      for (const emoji of ["👍", "🎉"]) await who.call("messages.react", { room: id, seq: first, emoji });
    }
    assert.equal(await unseen(), 1);
    await bo.call("messages.react", { room: id, seq: second, emoji: "👍" });
    assert.equal(await unseen(), 2);
  }));

Deno.test("what is new is counted past many entries that were read in their rooms", () =>
  withFeed(async ({ owner, join, room, send }) => {
    const ann = await join("ann");
    const [{ id }, other] = [await room(owner, "gauges", "public", [ann]), await room(owner, "rain", "public", [ann])];
    await ann.call("feed.markSeen", { view: "you", offset: "now" });
    await send(owner, other.id, "@ann is new");
    let last = 0;
    for (let n = 0; n < 120; n++) last = await send(owner, id, "@ann again");
    const unseen = async () => (await ann.call("feed.list", { view: "you", limit: 1 })).unseen;
    assert.equal(await unseen(), 100, "it counts to a hundred");
    await ann.call("reads.mark", { room: id, seq: last });
    assert.equal(await unseen(), 1);
  }));

Deno.test("a page reads as many entries as it shows, however much its stream holds", () =>
  withFeed(async ({ owner, services }) => {
    const { db, log } = services;
    const stream = userStream(owner.user.id);
    let reads = 0;
    const counted: Database = {
      ...db,
      async list(selector, options) {
        const entries = await db.list(selector, options);
        reads += entries.length;
        return entries;
      },
    };
    const entries = createEntries({ db: counted, log });
    const feed = createFeed({ ...services, entries });
    const fill = (events: number, listed: boolean) =>
      log.append<void>([stream], () =>
        Promise.resolve({
          write(place) {
            const part = listed
              ? entries.notify(place, owner.user.id, { kind: "mentioned", by: owner.user })
              : { events: [], sets: [] };
            const marked = { stream, type: "reads.marked", by: owner.user.id, data: { room: "r1", seq: 1, n: 1 } };
            return { events: [...part.events, ...Array(events).fill(marked)], sets: part.sets, result: undefined };
          },
        }));
    for (let at = 0; at < 300; at++) await fill(0, true);
    for (let at = 0; at < 25; at++) await fill(400, false);
    const page = await feed.list(owner.user, { view: "you", limit: 50 });
    assert.deepEqual([page.entries.length, page.more, page.unseen], [50, true, 100]);
    assert.equal(reads, 51 + 100, "the page, one more, and those not seen");
  }));

Deno.test("an offset that the view never gave is gone, no text at all is invalid", () =>
  withFeed(async ({ owner, services, lobby, send }) => {
    await send(owner, lobby, "one");
    const [mine, feed] = await Promise.all(
      (["you", "everything"] as const).map((view) => owner.call("feed.list", { view })),
    );
    const head = await services.log.head(FEED);
    const none = [
      "hello",
      mine?.offset ?? "",
      services.log.offset({ seq: head.seq + 1, tag: "0000" }),
      feed?.offset.replace(/....$/, "zzzz") ?? "",
      feed?.offset.replace(/^[^_]+/, "other") ?? "",
    ];
    for (const offset of none) {
      assert.equal(await owner.code("feed.list", { view: "everything", before: offset }), "gone", offset);
      assert.equal(await owner.code("feed.markSeen", { view: "everything", offset }), "gone", offset);
    }
    for (const offset of [1, null, "", "\ud800", "x".repeat(65)]) {
      assert.equal(await owner.code("feed.list", { view: "everything", before: offset }), "invalid");
      assert.equal(await owner.code("feed.markSeen", { view: "everything", offset }), "invalid");
    }
    assert.equal(await owner.code("feed.list", { view: "mine" }), "invalid");
    assert.equal(await owner.code("feed.list", { view: "you", room: "none" }), "not_found");
  }));
