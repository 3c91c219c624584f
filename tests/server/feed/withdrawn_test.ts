/** What no longer stands is in no list, and comes back as the same entry: never a second one for the same thing. */
import assert from "node:assert/strict";
import { setAt } from "../../../lib/server/kv/key.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { FEED, userStream } from "../../../lib/protocol/streams.ts";
import { notifiedAtOnce, QUIET_MS } from "../../../lib/server/messages/notifying.ts";
import type { Person } from "../../support/services.ts";
import { type FeedCase, following, withFeed } from "./with_feed.ts";

/** Types of the events that notify a person of entries, from storage. */
async function inbox({ services }: FeedCase, { user }: Person): Promise<string[]> {
  const events = await services.log.read(userStream(user.id), 0, 200);
  return events.map(({ type }) => type).filter((type) => type.startsWith("inbox."));
}

const unseen = async (person: Person) => (await person.call("feed.list", { view: "you", limit: 1 })).unseen;

Deno.test("a mention that is edited out goes; edited in again the same entry is back, and not as news", () =>
  withFeed(async (it) => {
    const { owner, join, send, lobby, entries } = it;
    const ann = await join("ann");
    await send(owner, lobby, "@ann first");
    const seq = await send(owner, lobby, "hello @ann");
    await send(owner, lobby, "@ann last");
    const before = await entries(ann, "you");
    const live = await following(it, ann, [userStream(ann.user.id)]);
    const edit = (text: string) => owner.call("messages.edit", { room: lobby, seq, text });
    for (let round = 0; round < 2; round++) {
      await edit("hello nobody");
      assert.deepEqual((await entries(ann, "you")).map((one) => one.offset), [before[0]?.offset, before[2]?.offset]);
      assert.equal(await unseen(ann), 2);
      await edit("@ann, hello again");
      const after = await entries(ann, "you");
      assert.deepEqual(after.map(({ text: _, ...one }) => one), before.map(({ text: _, ...one }) => one));
      assert.equal(after[1]?.text, "@ann, hello again");
      assert.equal(await unseen(ann), 3);
    }
    assert.deepEqual(await inbox(it, ann), [
      ...Array(3).fill("inbox.mentioned"),
      ...["inbox.withdrawn", "inbox.restored", "inbox.withdrawn", "inbox.restored"],
    ]);
    await live.until(() => live.seqs(userStream(ann.user.id)).length === 4);
    live.session.close();
    const refs = live.of("events").flatMap(({ events }) => events).map(({ data }) => data);
    const named = { kind: "mentioned", room: lobby, seq, n: 2, by: owner.user.id, offset: before[1]?.offset };
    assert.deepEqual(refs, Array(4).fill(named));
    // From storage as live.
    const replayed = JSON.parse(await it.replayed(ann, [userStream(ann.user.id)]));
    assert.equal(JSON.stringify(replayed).split(JSON.stringify(named)).length - 1, 4);
  }));

Deno.test("a deleted message takes all entries about it along, in every list", () =>
  withFeed(async (it) => {
    const { owner, join, send, lobby, entriesOf, clock } = it;
    const [ann, ben] = [await join("ann"), await join("ben")];
    clock.now += QUIET_MS;
    const seq = await send(owner, lobby, "good morning @ann and @ben");
    for (const who of [ann, ben]) await who.call("messages.react", { room: lobby, seq, emoji: "👍" });
    await ann.call("messages.react", { room: lobby, seq, emoji: "🎉" });
    assert.deepEqual((await entriesOf(ann, "everything"))[0], "started owner general");
    assert.equal((await entriesOf(owner, "you")).length, 3);
    await owner.call("messages.delete", { room: lobby, seq });
    for (const who of [owner, ann, ben]) assert.deepEqual(await entriesOf(who, "you"), []);
    assert.ok(!(await entriesOf(ann, "everything")).some((one) => one.startsWith("started")));
    assert.deepEqual(await inbox(it, owner), [...Array(3).fill("inbox.reacted"), "inbox.withdrawn"]);
    const feed = await it.services.log.read(FEED, 0, 100);
    assert.equal(feed.at(-1)?.type, "feed.withdrawn");
    for (const kind of ["entry", "room_entry"]) {
      assert.deepEqual(await it.services.db.list({ prefix: [kind, userStream(ann.user.id)] }, { limit: 1 }), []);
    }
  }));

Deno.test("who manages the room deletes: those it mentions, and they too where it mentions them, get the event", () =>
  withFeed(async (it) => {
    const { owner, join, send, lobby, entriesOf } = it;
    const ann = await join("ann");
    const seq = await send(ann, lobby, "hello @owner and @ann");
    await owner.call("messages.delete", { room: lobby, seq });
    assert.deepEqual(await entriesOf(owner, "you"), []);
    assert.deepEqual(await inbox(it, owner), ["inbox.mentioned", "inbox.withdrawn"]);
  }));

Deno.test("a message with very many reactions and mentions is forgotten whole, however many commits that takes", () =>
  withFeed(async (it) => {
    const { owner, join, send, lobby, entriesOf, services } = it;
    const crew: Person[] = [];
    for (let at = 0; at < 5; at++) crew.push(await join(`crew${at}`));
    const handles: string[] = [];
    for (let at = 0; at < 2 * notifiedAtOnce(services.log); at++) {
      const draft = await services.users.draft({ handle: `p${at}`, name: `P ${at}`, role: "member" }, "join");
      await services.db.commit({ checks: draft.checks, sets: draft.sets });
      handles.push(draft.user.handle);
    }
    const seq = await send(owner, lobby, handles.map((handle) => `@${handle}`).join(" "));
    const emojis = [..."😀😃😄😁😆😅😂🙂🙃😉😊😇🥰😍🤩😘😗😚😙😋😛😜🤪😝🤑🤗🤭🤫🤔🤐"];
    for (const who of crew) {
      for (const emoji of emojis) await who.call("messages.react", { room: lobby, seq, emoji });
    }
    assert.equal((await entriesOf(owner, "you")).length, 100);
    await owner.call("messages.delete", { room: lobby, seq });
    assert.deepEqual(await entriesOf(owner, "you"), []);
    for (const prefix of [["untold"], ["told", lobby, seq, "reacted"]]) {
      assert.deepEqual(await services.db.list({ prefix }, { limit: 1 }), []);
    }
    for (const kind of ["entry", "room_entry"]) {
      const listed = await services.db.list({ prefix: [kind] }, { limit: 1_000 });
      assert.ok(!JSON.stringify(listed.map(({ value }) => value)).includes(`"seq":${seq},`), kind);
    }
  }));

Deno.test("a reaction that is taken back goes, and is back as it was when given again; of another it is another", () =>
  withFeed(async (it) => {
    const { owner, join, send, lobby, entries } = it;
    const [ann, ben] = [await join("ann"), await join("ben")];
    const seq = await send(owner, lobby, "hello");
    const react = (who: Person, on: boolean) =>
      who.call(on ? "messages.react" : "messages.unreact", { room: lobby, seq, emoji: "👍" });
    await react(ann, true);
    await react(ben, true);
    const before = await entries(owner, "you");
    await react(ann, false);
    assert.deepEqual((await entries(owner, "you")).map(({ by }) => by), [ben.user.id]);
    await Promise.all([react(ann, true), react(ben, false)]);
    await react(ben, true);
    assert.deepEqual(await entries(owner, "you"), before);
    assert.equal((await inbox(it, owner)).filter((type) => type === "inbox.reacted").length, 2);
    // Given and taken back at once, by many, in one commit.
    await Promise.all([react(ann, false), react(ann, true), react(ben, false), react(ann, false)]);
    const { messages } = await owner.call("messages.list", { room: lobby });
    const left = messages[0]?.reactions["👍"]?.users ?? [];
    assert.deepEqual((await entries(owner, "you")).map(({ by }) => by).sort(), left.toSorted());
  }));

Deno.test("an invitation stands while one is in the room, and the same one makes no second entry", () =>
  withFeed(async (it) => {
    const { owner, join, room, entries } = it;
    const [ann, ben] = [await join("ann"), await join("ben")];
    const { id } = await room(owner, "board", "private", [ann, ben]);
    const add = (by: Person) => by.call("rooms.addMember", { room: id, user: ann.user.id });
    const remove = () => owner.call("rooms.removeMember", { room: id, user: ann.user.id });
    const before = await entries(ann, "you");
    await add(owner);
    await remove();
    assert.deepEqual(await entries(ann, "you"), []);
    assert.equal(await unseen(ann), 0);
    await add(owner);
    assert.deepEqual(await entries(ann, "you"), before);
    await remove();
    await add(ben);
    assert.deepEqual((await entries(ann, "you")).map(({ by }) => by), [ben.user.id]);
    await ann.call("rooms.leave", { room: id });
    assert.deepEqual(await entries(ann, "you"), []);
  }));

Deno.test("a run of direct messages whose entry went with its first message gets another, and one only", () =>
  withFeed(async (it) => {
    const { owner, join, send, entries } = it;
    const [ann, ben] = [await join("ann"), await join("ben")];
    const { room } = await owner.call("rooms.direct", { users: [ann.user.id, ben.user.id] });
    const first = await send(owner, room.id, "one");
    await send(owner, room.id, "two");
    await owner.call("messages.delete", { room: room.id, seq: first });
    const runs = async (who: Person) => (await entries(who, "you")).filter(({ kind }) => kind === "messaged");
    assert.deepEqual(await runs(ann), []);
    await Promise.all(["three", "four", "five"].map((text) => send(owner, room.id, text)));
    await send(owner, room.id, "six");
    for (const who of [ann, ben]) assert.deepEqual((await runs(who)).map(({ text }) => text), ["three"]);
    await ann.call("reads.mark", { room: room.id, seq: 1_000 });
    const second = await send(owner, room.id, "seven");
    assert.equal((await runs(ann)).length, 2);
    await owner.call("messages.delete", { room: room.id, seq: second });
    assert.deepEqual((await runs(ann)).map(({ text }) => text), ["three"]);
  }));

Deno.test("an invitation goes with the membership, behind more than a page of others that are gone", () =>
  withFeed(async ({ services: { db }, owner, join, entries }) => {
    const ann = await join("ann");
    const { room: { id } } = await owner.call("rooms.create", { name: "board", visibility: "private" });
    const gone = { seq: 1, tag: "t", at: 1, off: true as const };
    const byOthers = Array.from(
      { length: 250 },
      (_, at) => keys.entryRecord(id, 0, "invited", ann.user.id, `!${at}`, ""),
    );
    await db.commit({ sets: byOthers.map((key) => setAt(key, gone)) });
    await owner.call("rooms.addMember", { room: id, user: ann.user.id });
    assert.deepEqual((await entries(ann, "you")).map(({ kind }) => kind), ["invited"]);
    await owner.call("rooms.removeMember", { room: id, user: ann.user.id });
    assert.deepEqual(await entries(ann, "you"), []);
    assert.equal(await unseen(ann), 0);
  }));
