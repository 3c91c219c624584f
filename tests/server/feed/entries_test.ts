/** What becomes an entry, and whose. */
import assert from "node:assert/strict";
import { setAt } from "../../../lib/server/kv/key.ts";
import { FEED, roomStream, userStream } from "../../../lib/protocol/streams.ts";
import { notifiedAtOnce, QUIET_MS } from "../../../lib/server/messages/notifying.ts";
import { titleOf } from "../../../lib/server/entries/title.ts";
import { newKey, type Person } from "../../support/services.ts";
import { type FeedCase, withFeed } from "./with_feed.ts";

Deno.test("the feed names who came and which public rooms were made", () =>
  withFeed(async ({ owner, join, entriesOf, room }) => {
    const ann = await join("ann");
    await room(ann, "gauges", "public");
    await room(ann, "board", "private");
    await ann.call("rooms.direct", { users: [owner.user.id] });
    assert.deepEqual(await entriesOf(owner, "everything"), [
      "created ann gauges",
      "joined ann",
      "created owner general",
      "joined owner",
    ]);
  }));

Deno.test("the first message in a public room that was quiet for a day starts a conversation, and only that one", () =>
  withFeed(async ({ owner, join, clock, entriesOf, room, send }) => {
    const ann = await join("ann");
    const [open, closed] = [await room(owner, "gauges", "public", [ann]), await room(owner, "board", "private", [ann])];
    const started = async () => (await entriesOf(owner, "everything")).filter((it) => it.startsWith("started"));
    await send(owner, open.id, "a new room is not a quiet one");
    clock.now += QUIET_MS - 1;
    await send(owner, open.id, "nearly quiet");
    assert.deepEqual(await started(), []);
    clock.now += QUIET_MS;
    await Promise.all([send(ann, open.id, "good morning"), send(owner, open.id, "hi"), send(ann, open.id, "again")]);
    await send(owner, closed.id, "nobody else's business");
    await send(owner, open.id, "and so on");
    assert.deepEqual(await started(), ["started ann gauges"]);
    clock.now += QUIET_MS;
    await send(owner, open.id, "the next day");
    assert.deepEqual(await started(), ["started owner gauges", "started ann gauges"]);
  }));

Deno.test("mentions, reactions to mine, direct messages and invitations notify whom they are for", () =>
  withFeed(async ({ owner, join, entriesOf, room, send, lobby }) => {
    const [ann, ben] = [await join("ann"), await join("ben")];
    const { id } = await room(owner, "board", "private", [ann]);
    const seq = await send(owner, lobby, "hello @ann and @owner, nobody is @nobody");
    await send(owner, id, "@ann and @ben, who is not in here");
    for (let at = 0; at < 3; at++) { // taken back and given again it is no news
      await ann.call("messages.react", { room: lobby, seq, emoji: "👍" });
      await ann.call("messages.unreact", { room: lobby, seq, emoji: "👍" });
    }
    assert.deepEqual(await entriesOf(owner, "you"), []);
    await ann.call("messages.react", { room: lobby, seq, emoji: "👍" });
    await owner.call("messages.react", { room: lobby, seq, emoji: "🎉" });
    const { room: direct } = await ann.call("rooms.direct", { users: [owner.user.id] });
    await send(ann, direct.id, "just you");
    const notes = await ann.call("rooms.direct", { users: [] });
    await send(ann, notes.room.id, "for @ann herself");
    assert.deepEqual(await entriesOf(owner, "you"), ["messaged ann", "invited ann", "reacted ann general"]);
    assert.deepEqual(await entriesOf(ann, "you"), [
      "mentioned owner board",
      "mentioned owner general",
      "invited owner board",
    ]);
    assert.deepEqual(await entriesOf(ben, "you"), []);
  }));

Deno.test("a direct message makes an entry for who has read all before it: one for each run of unread ones", () =>
  withFeed(async ({ owner, join, entriesOf, send }) => {
    const [ann, ben] = [await join("ann"), await join("ben")];
    const { room } = await owner.call("rooms.direct", { users: [ann.user.id, ben.user.id] });
    for (const text of ["one", "two", "three"]) await send(owner, room.id, text);
    assert.deepEqual(await entriesOf(ann, "you"), ["messaged owner", "invited owner"]);
    await ann.call("reads.mark", { room: room.id, seq: 1_000 });
    await send(owner, room.id, "four");
    await send(ann, room.id, "five"); // who answers has read
    await send(owner, room.id, "six @ben");
    assert.deepEqual(await entriesOf(ann, "you"), [...Array(3).fill("messaged owner"), "invited owner"]);
    assert.deepEqual(await entriesOf(ben, "you"), ["mentioned owner", "messaged owner", "invited owner"]);
    assert.deepEqual(await entriesOf(owner, "you"), ["messaged ann"]);
  }));

Deno.test("of direct messages sent at once the first makes an entry, for whoever has read what is before it", () =>
  withFeed(async ({ owner, join, entriesOf, send }) => {
    const [ann, ben] = [await join("ann"), await join("ben")];
    const { room } = await owner.call("rooms.direct", { users: [ann.user.id, ben.user.id] });
    const texts = Array.from({ length: 8 }, (_, at) => `message ${at}`);
    await Promise.all(texts.map((text) => send(owner, room.id, text)));
    assert.deepEqual(await entriesOf(ann, "you"), ["messaged owner", "invited owner"]);
    await ann.call("reads.mark", { room: room.id, seq: 1_000 });
    // Who writes has read: the other's next one is news to them, also where it comes in the same moment.
    await Promise.all([send(ann, room.id, "one"), ...texts.map((text) => send(owner, room.id, text))]);
    assert.deepEqual(await entriesOf(ann, "you"), ["messaged owner", "messaged owner", "invited owner"]);
    assert.deepEqual(await entriesOf(owner, "you"), ["messaged ann"]);
    assert.deepEqual(await entriesOf(ben, "you"), ["messaged owner", "invited owner"]);
  }));

Deno.test("an edit notifies those whom it mentions newly", () =>
  withFeed(async ({ owner, join, entriesOf, send, lobby }) => {
    const [ann, ben] = [await join("ann"), await join("ben")];
    const seq = await send(owner, lobby, "hello @ann");
    await owner.call("messages.edit", { room: lobby, seq, text: "hello @ann and @ben" });
    assert.deepEqual(await entriesOf(ann, "you"), ["mentioned owner general"]);
    assert.deepEqual(await entriesOf(ben, "you"), ["mentioned owner general"]);
  }));

Deno.test("the same key again makes no second entry", () =>
  withFeed(async ({ owner, join, clock, entriesOf, send, lobby }) => {
    const ann = await join("ann");
    clock.now += QUIET_MS;
    const key = newKey();
    const seqs = await Promise.all(Array.from({ length: 5 }, () => send(owner, lobby, "hello @ann", key)));
    seqs.push(await send(owner, lobby, "hello @ann", key));
    assert.equal(new Set(seqs).size, 1);
    assert.deepEqual(await entriesOf(ann, "you"), ["mentioned owner general"]);
    assert.equal((await entriesOf(ann, "everything")).filter((it) => it.startsWith("started")).length, 1);
    const make = { name: "gauges", visibility: "public", key: newKey() } as const;
    for (let at = 0; at < 2; at++) await owner.call("rooms.create", make);
    assert.equal((await entriesOf(ann, "everything")).filter((it) => it === "created owner gauges").length, 1);
  }));

const crowd = (shared: boolean) => () =>
  withFeed(async ({ owner, services, send, lobby, clock, entriesOf }) => {
    const people: { id: string; handle: string }[] = [];
    for (let at = 0; at < 2 * notifiedAtOnce(services.log) + 5; at++) {
      const draft = await services.users.draft({ handle: `p${at}`, name: `P ${at}`, role: "member" }, "join");
      await services.db.commit({ checks: draft.checks, sets: draft.sets });
      people.push(draft.user);
    }
    clock.now += QUIET_MS; // so that the feed is one more stream of that commit
    const key = newKey();
    const text = people.map(({ handle }) => `@${handle}`).join(" ");
    const seq = await send(owner, lobby, text, key);
    await send(owner, lobby, text, key);
    const inboxes = await Promise.all(people.map(({ id }) => services.log.read(userStream(id), 0, 10)));
    assert.deepEqual(
      inboxes.map((events) => events.map(({ type }) => type)),
      people.map(() => ["inbox.mentioned"]),
    );
    const left = await services.db.list({ prefix: ["untold", lobby, seq] }, { limit: 1 });
    assert.deepEqual(left, []);
    assert.equal((await entriesOf(owner, "everything"))[0], "started owner general");
  }, { shared });

for (const shared of [false, true]) {
  const where = shared ? "several processes" : "one process";
  Deno.test(
    `a message may mention more people than one commit can notify: each is notified, once (${where})`,
    crowd(shared),
  );
}

/** As a process leaves it that died between a message's commit and the one behind it: none of these was notified. */
async function leave({ services }: FeedCase, room: string, seq: number, people: Person[]) {
  for (const { user } of people) {
    const [known] = await services.entries.findRecords([{ kind: "mentioned", user: user.id, room, seq }]);
    await services.db.commit({
      deletes: [
        ["told", room, seq, "mentioned", user.id, "", ""],
        ["entry", userStream(user.id), known?.seq ?? 0],
        ["room_entry", userStream(user.id), room, known?.seq ?? 0],
      ],
    });
  }
  const left = people.map(({ user }) => ({ user: user.id, kind: "mentioned" }));
  await services.db.commit({ sets: [setAt(["untold", room, seq], left)] });
}

for (const how of ["the send is tried again", "a process looks for pending notifications"]) {
  Deno.test(`who was left pending when the process died is notified when ${how}`, () =>
    withFeed(async (it) => {
      const { owner, services, send, lobby, join, entriesOf } = it;
      const ann = await join("ann");
      const key = newKey();
      const seq = await send(owner, lobby, "hello @ann", key);
      await leave(it, lobby, seq, [ann]);
      assert.deepEqual(await entriesOf(ann, "you"), []);
      for (let at = 0; at < 3; at++) {
        if (how === "the send is tried again") await send(owner, lobby, "hello @ann", key);
        else await services.notifyAllPending();
      }
      assert.deepEqual(await entriesOf(ann, "you"), ["mentioned owner general"]);
      assert.deepEqual(await services.db.list({ prefix: ["untold"] }, { limit: 1 }), []);
    }));
}

Deno.test("who was left pending when the process died, and is mentioned no more, is not notified when the send is tried again", () =>
  withFeed(async (it) => {
    const { owner, send, lobby, join, entriesOf } = it;
    const [ann, ben] = [await join("ann"), await join("ben")];
    const key = newKey();
    const text = "hello @ann and @ben";
    const seq = await send(owner, lobby, text, key);
    await leave(it, lobby, seq, [ann, ben]);
    await owner.call("messages.edit", { room: lobby, seq, text: "hello @ben" });
    await send(owner, lobby, text, key);
    assert.deepEqual(await entriesOf(ann, "you"), []);
    assert.deepEqual(await entriesOf(ben, "you"), ["mentioned owner general"]);
  }));

Deno.test("a message in a busy room writes nothing for the feed", () =>
  withFeed(async ({ owner, services, send, lobby, clock }) => {
    await send(owner, lobby, "first");
    const before = await services.log.heads([FEED, userStream(owner.user.id), roomStream(lobby)]);
    clock.now += 1_000;
    await send(owner, lobby, "plain");
    const after = await services.log.heads([FEED, userStream(owner.user.id), roomStream(lobby)]);
    assert.deepEqual(after.map(({ seq }, at) => seq - (before[at]?.seq ?? 0)), [0, 1, 1]);
  }));

Deno.test("a title is a plain sentence, and names only a place that the reader sees", () => {
  const room = { id: "r1", name: "lunch", topic: "", visibility: "public" as const, createdAt: 0, createdBy: "u1" };
  const title = (kind: string, visibility?: "public" | "direct") =>
    titleOf({ kind, name: "Ann", emoji: "👍", room: visibility && { ...room, visibility } });
  assert.deepEqual(["started", "mentioned", "reacted", "invited"].map((kind) => title(kind, "public")), [
    "Ann wrote in #lunch",
    "Ann mentioned you in #lunch",
    "Ann reacted 👍 to your message in #lunch",
    "Ann added you to #lunch",
  ]);
  assert.deepEqual(["mentioned", "replied", "reacted", "messaged", "invited"].map((kind) => title(kind, "direct")), [
    "Ann mentioned you in a direct message",
    "Ann replied to you in a direct message",
    "Ann reacted 👍 to your direct message",
    "Ann sent you a message",
    "Ann started a conversation with you",
  ]);
  assert.equal(title("invited"), "Ann added you to a private room");
});
