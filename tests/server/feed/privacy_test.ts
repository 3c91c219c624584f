/** Who gets to see what of an entry, and what is gone once a message is deleted or a person removed. */
import assert from "node:assert/strict";
import { setAt } from "../../../lib/server/kv/key.ts";
import { FEED, userStream } from "../../../lib/protocol/streams.ts";
import { following, withFeed } from "./with_feed.ts";

Deno.test("whoever is not in a private room or a direct conversation gets no byte about it, in any view or replay", () =>
  withFeed(async (it) => {
    const { owner, join, room, send, replayed } = it;
    const [ann, ben] = [await join("ann"), await join("ben")];
    const live = await following(it, ben, [FEED, userStream(ben.user.id)]);
    const { id } = await room(owner, "board-of-secrets", "private", [ann]);
    const seq = await send(owner, id, "plans for @ann and @ben");
    await ann.call("messages.react", { room: id, seq, emoji: "👍" });
    const { room: direct } = await owner.call("rooms.direct", { users: [ann.user.id] });
    await send(ann, direct.id, "plans between us, not for @ben");
    const pages = await Promise.all(
      (["you", "everything"] as const).map((view) => ben.call("feed.list", { view, limit: 100 })),
    );
    await owner.call("rooms.create", { name: "the end", visibility: "public" });
    await live.until(() => JSON.stringify(live.frames).includes("the end"));
    live.session.close();
    const all = JSON.stringify(pages) + await replayed(ben, [FEED, userStream(ben.user.id)]) +
      JSON.stringify(live.frames);
    for (const secret of [id, direct.id, "board-of-secrets", "plans"]) assert.ok(!all.includes(secret), secret);
    assert.equal(await ben.code("feed.list", { view: "you", room: id }), "not_found");
    const { entries } = await ann.call("feed.list", { view: "you", room: id });
    assert.deepEqual(entries.map(({ kind }) => kind), ["mentioned", "invited"]);
  }));

Deno.test("an entry gives the message's text as it is now: edited, and gone when deleted", () =>
  withFeed(async (it) => {
    const { owner, join, entries, send, lobby, replayed } = it;
    const ann = await join("ann");
    const streams = [FEED, userStream(ann.user.id)];
    const live = await following(it, ann, streams);
    const seq = await send(owner, lobby, "secret one for @ann");
    const [entry] = await entries(ann, "you");
    assert.deepEqual([entry?.text, entry?.seq, entry?.url], ["secret one for @ann", seq, `/rooms/${lobby}/${seq}`]);
    await owner.call("messages.edit", { room: lobby, seq, text: "secret **two** for @ann" });
    assert.equal((await entries(ann, "you"))[0]?.text, "secret two for @ann");
    await owner.call("messages.delete", { room: lobby, seq });
    assert.deepEqual(await entries(ann, "you"), []);
    await live.until(() => live.seqs(userStream(ann.user.id)).length > 0);
    live.session.close();
    // From the ring, which was filled while the text was there, and live.
    assert.ok(!(await replayed(ann, streams) + JSON.stringify(live.frames)).includes("secret"));
    const kept = await it.services.db.list({ prefix: [] }, { limit: 5_000 });
    assert.ok(!JSON.stringify(kept.map(({ value }) => value)).includes("secret"));
  }));

Deno.test("who was removed from a private room keeps the entry, without the room and without what was said", () =>
  withFeed(async ({ owner, join, room, send, entries }) => {
    const ann = await join("ann");
    const { id } = await room(owner, "board", "private", [ann]);
    await send(owner, id, "plans for @ann");
    const mine = await send(ann, id, "my own");
    const [before] = await entries(ann, "you");
    assert.deepEqual([before?.room, before?.title, before?.text], [
      id,
      "Owner mentioned you in #board",
      "plans for @ann",
    ]);
    await owner.call("rooms.removeMember", { room: id, user: ann.user.id });
    await owner.call("messages.react", { room: id, seq: mine, emoji: "👍" });
    await owner.call("rooms.update", { room: id, name: "renamed" });
    const after = await entries(ann, "you");
    assert.deepEqual(after.map(({ kind, title }) => [kind, title]), [
      ["mentioned", "Owner mentioned you in a private room"],
    ], "the invitation ended with the membership");
    const all = JSON.stringify(after);
    for (const gone of [id, "plans", "board", "renamed"]) assert.ok(!all.includes(gone), gone);
    await owner.call("rooms.addMember", { room: id, user: ann.user.id });
    const again = await entries(ann, "you");
    assert.deepEqual(again.map(({ kind, text }) => [kind, text]), [["mentioned", "plans for @ann"], [
      "invited",
      undefined,
    ]]);
  }));

Deno.test("a person removed while notifications of a message are pending is not notified", () =>
  withFeed(async ({ owner, join, room, send, services, entriesOf }) => {
    const ann = await join("ann");
    const { id } = await room(owner, "board", "private", [ann]);
    const key = "a-send-that-was-cut-off";
    const seq = await send(owner, id, "plans for @ann", key);
    const inbox = userStream(ann.user.id);
    const [known] = await services.entries.findRecords([{ kind: "mentioned", user: ann.user.id, room: id, seq }]);
    await services.db.commit({
      sets: [setAt(["untold", id, seq], [{ user: ann.user.id, kind: "mentioned" }])],
      deletes: [
        ["told", id, seq, "mentioned", ann.user.id, "", ""],
        ["entry", inbox, known?.seq ?? 0],
        ["room_entry", inbox, id, known?.seq ?? 0],
      ],
    });
    await owner.call("rooms.removeMember", { room: id, user: ann.user.id });
    await send(owner, id, "plans for @ann", key);
    assert.deepEqual(await entriesOf(ann, "you"), []);
  }));

Deno.test("who left a private room is not told that what they wrote of themselves there is deleted", () =>
  withFeed(async ({ owner, join, room, send, services }) => {
    const ann = await join("ann");
    const { id } = await room(owner, "board", "private", [ann]);
    const seq = await send(ann, id, "note to @ann");
    await ann.call("rooms.leave", { room: id });
    const before = await services.log.head(userStream(ann.user.id));
    await owner.call("messages.delete", { room: id, seq });
    const events = await services.log.read(userStream(ann.user.id), before.seq, 10);
    assert.deepEqual(events.map(({ type, data }) => ({ type, data })), []);
  }));
