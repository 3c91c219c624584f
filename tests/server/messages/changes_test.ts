import assert from "node:assert/strict";
import { setAt } from "../../../lib/server/kv/key.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { roomStream } from "../../../lib/protocol/streams.ts";
import type { User } from "../../../lib/protocol/users.ts";
import type { Services } from "../../../lib/server/services.ts";
import { createClient } from "../../support/hub.ts";
import { newKey, type Person, withWorkspace } from "../../support/services.ts";
import { countTries } from "../../support/storage.ts";

async function lobbyOf(person: Person): Promise<string> {
  return (await person.call("rooms.list", {})).rooms[0]?.room.id ?? "";
}

async function sent(person: Person, room: string, text: string) {
  return (await person.call("messages.send", { room, text, key: newKey() })).message;
}

/** People in a room who were never signed up. */
async function voters(owner: Person, room: string, services: Services, count: number): Promise<User[]> {
  const people = Array.from(
    { length: count },
    (_, at) => ({ ...owner.user, id: `voter${String(at).padStart(3, "0")}` }),
  );
  const { membership } = await services.rooms.access.authorize(owner.user.id, room, "test");
  assert.ok(membership);
  await services.db.commit({ sets: people.map(({ id }) => setAt(keys.membership(id, room), membership)) });
  return people;
}

Deno.test("edit() changes the text, its mentions and rev, publishes it, and keeps the former text", () =>
  withWorkspace(async ({ owner, join, services }) => {
    const [ann, ben] = [await join("ann"), await join("ben")];
    const room = await lobbyOf(owner);
    const { seq, n } = await sent(owner, room, "hello @ann");
    const { message } = await owner.call("messages.edit", { room, seq, text: "hello @ben" });
    assert.deepEqual([message.text, message.mentions, message.n], ["hello @ben", [ben.user.id], n]);
    assert.ok(message.rev > seq && message.editedAt);
    const mentions = async (person: Person) => (await person.call("rooms.list", {})).rooms[0]?.mentions;
    assert.deepEqual([await mentions(ann), await mentions(ben)], [0, 1]);
    const [event] = await services.log.read(roomStream(room), message.rev - 1, 1);
    assert.deepEqual([event?.type, event?.about], ["messages.edited", seq]);
    const { value } = await services.db.get(keys.edit(room, seq, message.rev));
    assert.equal(value?.text, "hello @ann");
    const again = await owner.call("messages.edit", { room, seq, text: "hello @ben" });
    assert.deepEqual(again.message, message);
  }));

Deno.test("only its author edits a message; its author and who manages the room delete it", () =>
  withWorkspace(async ({ owner, join }) => {
    const [ann, ben] = [await join("ann"), await join("ben")];
    const room = await lobbyOf(owner);
    const { seq } = await sent(ann, room, "mine");
    assert.equal(await owner.code("messages.edit", { room, seq, text: "yours" }), "forbidden");
    assert.equal(await ben.code("messages.delete", { room, seq }), "forbidden");
    assert.equal(await owner.code("messages.delete", { room, seq }), "ok");
    assert.equal(await ann.code("messages.edit", { room, seq, text: "again" }), "conflict");
    assert.equal(await ann.code("messages.edit", { room, seq: 9_999, text: "none" }), "not_found");
    const { room: direct } = await ann.call("rooms.direct", { users: [owner.user.id] });
    const { seq: theirs } = await sent(ann, direct.id, "between us");
    assert.equal(await owner.code("messages.delete", { room: direct.id, seq: theirs }), "forbidden");
    assert.equal(await ann.code("messages.delete", { room: direct.id, seq: theirs }), "ok");
  }));

Deno.test("who has left a public room still edits and deletes what they wrote there, and reacts no more", () =>
  withWorkspace(async ({ owner, join }) => {
    const ann = await join("ann");
    const { room } = await owner.call("rooms.create", { name: "open", visibility: "public" });
    await ann.call("rooms.join", { room: room.id });
    const { seq } = await sent(ann, room.id, "mine");
    const { seq: other } = await sent(owner, room.id, "not mine");
    await ann.call("rooms.leave", { room: room.id });
    assert.equal((await ann.call("messages.edit", { room: room.id, seq, text: "still" })).message.text, "still");
    assert.equal(await ann.code("messages.edit", { room: room.id, seq: other, text: "x" }), "forbidden");
    assert.equal(await ann.code("messages.react", { room: room.id, seq, emoji: "👍" }), "forbidden");
    assert.equal(await ann.code("messages.delete", { room: room.id, seq: other }), "forbidden");
    assert.equal(await ann.code("messages.delete", { room: room.id, seq }), "ok");
    const { room: hidden } = await owner.call("rooms.create", { name: "closed", visibility: "private" });
    await owner.call("rooms.addMember", { room: hidden.id, user: ann.user.id });
    const { seq: theirs } = await sent(ann, hidden.id, "mine");
    await ann.call("rooms.leave", { room: hidden.id });
    assert.equal(await ann.code("messages.delete", { room: hidden.id, seq: theirs }), "not_found");
  }));

Deno.test("a deleted text is gone from the page, from what it said before and from replay; its number stays", () =>
  withWorkspace(async ({ owner, services }) => {
    const room = await lobbyOf(owner);
    const client = createClient(services.hub, owner.user);
    await client.follows(roomStream(room));
    const first = await sent(owner, room, "secret one");
    await owner.call("messages.edit", { room, seq: first.seq, text: "secret two" });
    await owner.call("messages.react", { room, seq: first.seq, emoji: "👍" });
    const { message } = await owner.call("messages.delete", { room, seq: first.seq });
    assert.deepEqual([message.text, message.body, message.reactions, message.n], ["", [], {}, first.n]);
    assert.ok(message.deletedAt);
    const { messages } = await owner.call("messages.list", { room });
    assert.deepEqual(messages, [message]);
    await client.until(() => client.of("events").some((it) => it.events.some((e) => e.type === "messages.deleted")));
    client.session.close();
    // From the ring and from storage.
    for (const hub of [services.hub]) {
      const late = createClient(hub, owner.user);
      late.session.follow({ [roomStream(room)]: "-1" });
      await late.until(() => late.seqs(roomStream(room)).length === message.rev);
      assert.ok(!JSON.stringify(late.frames).includes("secret"));
      late.session.close();
    }
    const stored = await services.messages.join(
      roomStream(room),
      await services.log.read(roomStream(room), 0, 100),
    );
    assert.ok(!JSON.stringify(stored).includes("secret"));
    const kept = await services.db.list({ prefix: [] }, { limit: 1_000 });
    assert.ok(!JSON.stringify(kept.map((entry) => entry.value)).includes("secret"));
  }));

Deno.test("of a message that is edited over and over the newest 200 texts are kept, and none once it is deleted", () =>
  withWorkspace(async ({ owner, services }) => {
    const room = await lobbyOf(owner);
    const { seq } = await sent(owner, room, "text 0");
    const kept = async () =>
      (await services.db.list({ prefix: keys.edits(room, seq) }, { limit: 1_000 }))
        .map(({ value }) => value.text);
    for (let at = 1; at <= 203; at++) await owner.call("messages.edit", { room, seq, text: `text ${at}` });
    assert.deepEqual(await kept(), Array.from({ length: 200 }, (_, at) => `text ${at + 3}`));
    await owner.call("messages.delete", { room, seq });
    assert.deepEqual(await kept(), []);
  }));

Deno.test("what a follower gets of the ring after a deletion no longer has the text", () =>
  withWorkspace(async ({ owner, services }) => {
    const room = await lobbyOf(owner);
    const [watcher, late] = [createClient(services.hub, owner.user), createClient(services.hub, owner.user)];
    const { offset } = await owner.call("messages.list", { room });
    await watcher.follows(roomStream(room), offset); // keeps the topic and its ring
    const { seq } = await sent(owner, room, "secret");
    const { message } = await owner.call("messages.delete", { room, seq });
    late.session.follow({ [roomStream(room)]: offset });
    await late.until(() => late.seqs(roomStream(room)).includes(message.rev));
    assert.ok(!JSON.stringify(late.frames).includes("secret"));
    const types = late.of("events").flatMap((it) => it.events).map((event) => event.type);
    assert.deepEqual(types, ["messages.sent", "messages.deleted"]);
    for (const client of [watcher, late]) client.session.close();
  }));

Deno.test("reactions of 50 people at once are all counted; 20 are sent, all can be listed", () =>
  withWorkspace(async ({ owner, join, services }) => {
    const room = await lobbyOf(owner);
    const { seq } = await sent(owner, room, "vote");
    const ann = await join("ann");
    const people = await voters(owner, room, services, 48);
    await Promise.all([
      ...people.map((person) => services.messages.react(person, room, seq, "👍", true)),
      ann.call("messages.react", { room, seq, emoji: "👍" }),
      owner.call("messages.react", { room, seq, emoji: "👍" }),
      owner.call("messages.react", { room, seq, emoji: "🎉" }),
      owner.call("messages.edit", { room, seq, text: "vote now" }),
    ]);
    const { message } = await owner.call("messages.get", { room, seq });
    assert.deepEqual([message.text, message.reactions["👍"]?.count, message.reactions["🎉"]?.count], [
      "vote now",
      50,
      1,
    ]);
    assert.equal(message.reactions["👍"]?.users.length, 20);
    const listed: string[] = [];
    let after = "";
    for (;;) {
      const { users, more } = await owner.call("messages.reactors", {
        room,
        seq,
        emoji: "👍",
        limit: 15,
        ...(after && { after }),
      });
      listed.push(...users);
      after = users.at(-1) ?? "";
      if (!more) break;
    }
    assert.equal(new Set(listed).size, 50);
    const among = (user: string, emoji = "👍") => owner.call("messages.reactors", { room, seq, emoji, user });
    for (const user of listed) assert.deepEqual(await among(user), { users: [user], more: false });
    assert.deepEqual(await among(ann.user.id, "🎉"), { users: [], more: false });
    await Promise.all(people.map((person) => services.messages.react(person, room, seq, "👍", false)));
    const { message: left } = await ann.call("messages.unreact", { room, seq, emoji: "👍" });
    assert.deepEqual(left.reactions["👍"], { count: 1, users: [owner.user.id] });
    const { message: none } = await owner.call("messages.unreact", { room, seq, emoji: "👍" });
    assert.deepEqual(Object.keys(none.reactions), ["🎉"]);
  }));

Deno.test("reactions of 200 people at once, given and taken back, leave in a few commits", () =>
  withWorkspace(async ({ owner, services }) => {
    const room = await lobbyOf(owner);
    const { seq } = await sent(owner, room, "vote");
    const people = await voters(owner, room, services, 200);
    const tries = countTries(services.db);
    const all = (on: boolean, some = people) =>
      Promise.all(some.map((person) => services.messages.react(person, room, seq, "👍", on)));
    const [given] = await Promise.all([all(true), sent(owner, room, "a message meanwhile")]);
    assert.deepEqual(
      new Set(given.map(({ reactions }) => reactions["👍"]?.count)),
      new Set(people.keys().map((n) => n + 1)),
    );
    assert.ok(tries.count <= 30, `${tries.count} commits`);
    const { message } = await owner.call("messages.get", { room, seq });
    assert.deepEqual([message.reactions["👍"]?.count, message.reactions["👍"]?.users.length], [200, 20]);
    await all(false, people.slice(0, 190));
    const { message: left } = await owner.call("messages.get", { room, seq });
    assert.deepEqual(left.reactions["👍"]?.users.toSorted(), people.slice(190).map(({ id }) => id));
    assert.ok(tries.count <= 90, `${tries.count} commits`);
    await all(false);
    assert.deepEqual((await owner.call("messages.get", { room, seq })).message.reactions, {});
  }));

Deno.test("what leaves together keeps to one reaction of a person, to 50 emoji, and off a deleted message", () =>
  withWorkspace(async ({ owner, services }) => {
    const room = await lobbyOf(owner);
    const { seq } = await sent(owner, room, "vote");
    const people = await voters(owner, room, services, 60);
    const emoji = (at: number) => String.fromCodePoint(0x1f400 + at);
    const outcomes = await Promise.allSettled(people.flatMap((person, at) => [
      services.messages.react(person, room, seq, emoji(at), true),
      services.messages.react(person, room, seq, emoji(at), true),
    ]));
    assert.equal(outcomes.filter(({ status }) => status === "rejected").length, 20);
    const { message } = await owner.call("messages.get", { room, seq });
    assert.deepEqual(Object.values(message.reactions).map(({ count }) => count), Array(50).fill(1));
    const [gone, ...late] = await Promise.all([
      owner.call("messages.delete", { room, seq }),
      ...Array.from({ length: 3 }, () => owner.code("messages.react", { room, seq, emoji: emoji(0) })),
    ]);
    assert.deepEqual(late, Array(3).fill("conflict"));
    assert.deepEqual((await owner.call("messages.get", { room, seq })).message, gone.message);
  }));

Deno.test("reacting twice is reacting once; the 51st emoji is a conflict; what is no emoji is invalid", () =>
  withWorkspace(async ({ owner, services }) => {
    const room = await lobbyOf(owner);
    const { seq } = await sent(owner, room, "react");
    await owner.call("messages.react", { room, seq, emoji: "👍" });
    const head = await services.log.head(roomStream(room));
    await owner.call("messages.react", { room, seq, emoji: "👍" });
    assert.deepEqual(await services.log.head(roomStream(room)), head);
    for (let at = 1; at < 50; at++) {
      await owner.call("messages.react", { room, seq, emoji: String.fromCodePoint(0x1f400 + at) });
    }
    assert.equal(await owner.code("messages.react", { room, seq, emoji: "🎉" }), "conflict");
    assert.equal(await owner.code("messages.react", { room, seq, emoji: "👍" }), "ok");
    for (const emoji of ["x", "", "👍👍", "<b>", "1"]) {
      assert.equal(await owner.code("messages.react", { room, seq, emoji }), "invalid", emoji);
    }
    const { message } = await owner.call("messages.get", { room, seq });
    assert.equal(Object.keys(message.reactions).length, 50);
  }));

Deno.test("the longest text with the most reactions still fits", () =>
  withWorkspace(async ({ owner }) => {
    const room = await lobbyOf(owner);
    const { seq } = await sent(owner, room, "ж".repeat(16_000));
    const { message } = await owner.call("messages.react", { room, seq, emoji: "👍" });
    assert.equal(message.text.length, 16_000);
    assert.equal(await owner.code("messages.edit", { room, seq, text: "щ".repeat(16_000) }), "ok");
  }));
