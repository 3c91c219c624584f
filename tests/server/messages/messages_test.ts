import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { roomStream, userStream } from "../../../lib/protocol/streams.ts";
import type { Write } from "../../../lib/server/kv/database.ts";
import { KEY_KEPT_MS } from "../../../lib/server/log/idempotency.ts";
import type { Message } from "../../../lib/protocol/messages.ts";
import { counting } from "../../support/storage.ts";
import { createServices } from "../../../lib/server/services.ts";
import { newKey, type Person, testConfig, withWorkspace, type Workspace } from "../../support/services.ts";

async function lobbyOf(person: Person): Promise<string> {
  return (await person.call("rooms.list", {})).rooms[0]?.room.id ?? "";
}

const send = (person: Person, room: string, text: string, key = newKey()) =>
  person.call("messages.send", { room, text, key });

Deno.test("send() numbers messages densely, in the order of the calls", () =>
  withWorkspace(async ({ owner }) => {
    const room = await lobbyOf(owner);
    const sent = await Promise.all(Array.from({ length: 100 }, (_, at) => send(owner, room, `m${at}`)));
    assert.deepEqual(sent.map(({ message }) => message.n), Array.from({ length: 100 }, (_, at) => at + 1));
    const { messages } = await owner.call("messages.list", { room, limit: 100 });
    assert.deepEqual(messages.map((message) => message.text), Array.from({ length: 100 }, (_, at) => `m${at}`));
  }));

Deno.test("send() with a used key returns the first message; for something else it is a conflict", () =>
  withWorkspace(async ({ owner }) => {
    const room = await lobbyOf(owner);
    const key = newKey();
    const sent = await Promise.all([send(owner, room, "once", key), send(owner, room, "once", key)]);
    const later = await send(owner, room, "once", key);
    assert.deepEqual(sent[0], sent[1]);
    assert.deepEqual(sent[0], later);
    assert.equal(await owner.code("messages.send", { room, text: "twice", key }), "conflict");
    assert.equal(await owner.code("rooms.create", { name: "x", visibility: "public", key }), "conflict");
    assert.equal((await owner.call("messages.list", { room })).messages.length, 1);
  }));

Deno.test("send() with a key whose commit has landed and is not yet answered gives that message", () =>
  withWorkspace(async ({ owner, services }) => {
    const room = await lobbyOf(owner);
    await send(owner, room, "warm"); // so that neither of the two reads anything first: they leave in one batch
    const key = newKey();
    const { commit, get } = services.db;
    const landed = Promise.withResolvers<void>();
    const seen = Promise.withResolvers<void>();
    Object.assign(services.db, {
      async commit(write: Write) {
        const done = await commit(write);
        landed.resolve();
        await seen.promise;
        return done;
      },
      async get(at: Deno.KvKey) {
        if (at[0] !== "sent") return await get(at);
        await landed.promise;
        const entry = await get(at);
        setImmediate(seen.resolve);
        return entry;
      },
    });
    const [one, two] = await Promise.all([send(owner, room, "once", key), send(owner, room, "once", key)]);
    assert.deepEqual(one, two);
  }));

Deno.test("send() of two people with one key makes two messages", () =>
  withWorkspace(async ({ owner, join }) => {
    const ann = await join("ann");
    const room = await lobbyOf(owner);
    const key = newKey();
    const [one, two] = await Promise.all([send(owner, room, "mine", key), send(ann, room, "mine", key)]);
    assert.notEqual(one.message.seq, two.message.seq);
  }));

Deno.test("a key is kept for 30 days and may be used anew after that", () =>
  withWorkspace(async ({ owner, clock }) => {
    const room = await lobbyOf(owner);
    const key = newKey();
    const { message } = await send(owner, room, "first", key);
    clock.now += 30 * 86_400_000 - 60_000;
    // The session is renewed on the way, so only the key's time counts here.
    assert.equal((await send(owner, room, "first", key)).message.seq, message.seq);
    clock.now += KEY_KEPT_MS - 30 * 86_400_000 + 120_000;
    assert.notEqual((await send(owner, room, "first", key)).message.seq, message.seq);
  }));

Deno.test("who was removed gets the message that they sent before again, and can't send another", () =>
  withWorkspace(async ({ owner, join }) => {
    const ann = await join("ann");
    const { room } = await owner.call("rooms.create", { name: "open", visibility: "public" });
    await ann.call("rooms.join", { room: room.id });
    const key = newKey();
    const { message } = await send(ann, room.id, "before", key);
    await owner.call("rooms.removeMember", { room: room.id, user: ann.user.id });
    assert.deepEqual((await send(ann, room.id, "before", key)).message, message);
    assert.equal(await ann.code("messages.send", { room: room.id, text: "after", key: newKey() }), "forbidden");
    assert.equal(await ann.code("messages.send", { room: room.id, text: "after", key }), "forbidden", "not a conflict");
  }));

Deno.test("no message stands after the removal of its author, however they race", () =>
  withWorkspace(async ({ owner, join, services }) => {
    const ann = await join("ann");
    const { room } = await owner.call("rooms.create", { name: "board", visibility: "private" });
    await owner.call("rooms.addMember", { room: room.id, user: ann.user.id });
    await send(ann, room.id, "warm"); // the view is cached now
    const work: Promise<unknown>[] = [];
    for (let at = 0; at < 20; at++) {
      work.push(ann.code("messages.send", { room: room.id, text: `${at}`, key: newKey() }));
      if (at === 10) work.push(owner.call("rooms.removeMember", { room: room.id, user: ann.user.id }));
    }
    await Promise.all(work);
    const events = await services.log.read(roomStream(room.id), 0, 100);
    const removal = events.findIndex((event) => event.type === "rooms.left");
    assert.ok(removal > 0);
    assert.deepEqual(events.slice(removal + 1).filter((event) => event.by === ann.user.id), []);
  }));

Deno.test("who is removed after they were found to be a member, and before what they ask for is read, is shown nothing", () =>
  withWorkspace(async ({ owner, services, join }) => {
    const ann = await join("ann");
    const { room: { id: room } } = await owner.call("rooms.create", { name: "board", visibility: "private" });
    const { message: { seq } } = await send(owner, room, "for all of us");
    let meanwhile: (() => Promise<unknown>) | undefined;
    const { getMany } = services.db;
    Object.assign(services.db, {
      async getMany(keys: Deno.KvKey[]) {
        const entries = await getMany(keys);
        const due = meanwhile;
        meanwhile = undefined;
        await due?.();
        return entries;
      },
    });
    for (
      const ask of [
        () => ann.call("messages.list", { room }),
        () => ann.call("messages.reactors", { room, seq, emoji: "👍" }),
        () => services.messages.get(ann.user, room, seq),
      ]
    ) {
      await owner.call("rooms.addMember", { room, user: ann.user.id });
      await ask();
      meanwhile = () => owner.call("rooms.removeMember", { room, user: ann.user.id });
      await assert.rejects(ask, /there is no such room/);
    }
  }));

Deno.test("list() pages before, after and around, and says whether there is more", () =>
  withWorkspace(async ({ owner }) => {
    const room = await lobbyOf(owner);
    const sent: Message[] = [];
    for (let at = 0; at < 20; at++) sent.push((await send(owner, room, `${at}`)).message);
    const seq = (at: number) => sent[at]?.seq ?? 0;
    const texts = async (fields: object) => {
      const { messages, more, moreAfter } = await owner.call("messages.list", { room, ...fields });
      return [messages.map((message) => Number(message.text)), more, moreAfter];
    };
    assert.deepEqual(await texts({ limit: 3 }), [[17, 18, 19], true, undefined]);
    assert.deepEqual(await texts({ before: seq(3), limit: 3 }), [[0, 1, 2], false, undefined]);
    assert.deepEqual(await texts({ after: seq(15), limit: 3 }), [[16, 17, 18], true, undefined]);
    assert.deepEqual(await texts({ after: seq(16), limit: 3 }), [[17, 18, 19], false, undefined]);
    assert.deepEqual(await texts({ around: seq(10), limit: 5 }), [[8, 9, 10, 11, 12], true, true]);
    assert.deepEqual(await texts({ around: seq(0), limit: 4 }), [[0, 1, 2, 3], false, true]);
    assert.deepEqual(await texts({ around: seq(19), limit: 4 }), [[17, 18, 19], true, false]);
    assert.equal(await owner.code("messages.list", { room, before: 3, after: 1 }), "invalid");
  }));

Deno.test("list()'s offset is a position that loses nothing that comes after the page", () =>
  withWorkspace(async ({ owner, services }) => {
    const room = await lobbyOf(owner);
    await send(owner, room, "before");
    const { messages, offset } = await owner.call("messages.list", { room });
    await send(owner, room, "after");
    const located = await services.log.locate(roomStream(room), offset);
    assert.ok("seq" in located);
    const events = await services.log.read(roomStream(room), located.seq, 10);
    assert.equal(events.length, 1);
    assert.ok(messages.every((message) => message.seq <= located.seq));
  }));

Deno.test("sending marks the room read for its author, on all devices; others have it unread", () =>
  withWorkspace(async ({ owner, join, services }) => {
    const ann = await join("ann");
    const room = await lobbyOf(owner);
    const { message } = await send(owner, room, "hello");
    const unread = async (person: Person) => (await person.call("rooms.list", {})).rooms[0]?.unread;
    assert.deepEqual([await unread(owner), await unread(ann)], [0, 1]);
    const inbox = await services.log.read(userStream(owner.user.id), 0, 100);
    assert.deepEqual(inbox.at(-1)?.data, { room, seq: message.seq, n: message.n });
  }));

Deno.test("reads.mark clamps, goes back only on request, and publishes only changes", () =>
  withWorkspace(async ({ owner, join, services }) => {
    const ann = await join("ann");
    const room = await lobbyOf(owner);
    const sent: Message[] = [];
    for (let at = 0; at < 5; at++) sent.push((await send(owner, room, `${at}`)).message);
    const seq = (at: number) => sent[at]?.seq ?? 0;
    const events = async () => (await services.log.head(userStream(ann.user.id))).seq;
    assert.deepEqual(await ann.call("reads.mark", { room, seq: seq(2) }), { n: 3, unread: 2 });
    const after = await events();
    assert.deepEqual(await ann.call("reads.mark", { room, seq: seq(1) }), { n: 3, unread: 2 });
    assert.deepEqual(await ann.call("reads.mark", { room, seq: seq(2) }), { n: 3, unread: 2 });
    assert.equal(await events(), after);
    assert.deepEqual(await ann.call("reads.mark", { room, seq: seq(0), back: true }), { n: 1, unread: 4 });
    assert.deepEqual(await ann.call("reads.mark", { room, seq: 1_000_000 }), { n: 5, unread: 0 });
    assert.deepEqual(await ann.call("reads.mark", { room, seq: 0, back: true }), { n: 0, unread: 5 });
    // A seq that is no message (here the joining) means the message before it.
    assert.deepEqual(await ann.call("reads.mark", { room, seq: 1 }), { n: 0, unread: 5 });
  }));

Deno.test("of marks that meet in one commit the highest holds, whichever comes first", () =>
  withWorkspace(async ({ owner, join }) => {
    const ann = await join("ann");
    const room = await lobbyOf(owner);
    const seqs: number[] = [];
    for (let at = 0; at < 5; at++) seqs.push((await send(owner, room, `${at}`)).message.seq);
    for (const order of [[4, 1, 2], [1, 4, 2], [2, 1, 4]]) {
      await ann.call("reads.mark", { room, seq: 0, back: true });
      await Promise.all(order.map((at) => ann.call("reads.mark", { room, seq: seqs[at] ?? 0 })));
      assert.equal((await ann.call("rooms.get", { room })).line.unread, 0, `${order}`);
    }
  }));

Deno.test("mentions are counted past my mark, for those who can see the room", () =>
  withWorkspace(async ({ owner, join }) => {
    const ann = await join("ann");
    const room = await lobbyOf(owner);
    const { message } = await send(owner, room, "@ann and @Ann. look, not `@owner` nor @nobody");
    assert.deepEqual(message.mentions, [ann.user.id]);
    const line = async () => (await ann.call("rooms.list", {})).rooms[0];
    assert.equal((await line())?.mentions, 1);
    await ann.call("reads.mark", { room, seq: message.seq });
    assert.equal((await line())?.mentions, 0);
    const { room: board } = await owner.call("rooms.create", { name: "board", visibility: "private" });
    assert.deepEqual((await send(owner, board.id, "@ann")).message.mentions, []);
  }));

Deno.test("a message costs the same writes, whatever the number of members", () =>
  withWorkspace(async ({ owner, join, services }) => {
    const room = await lobbyOf(owner);
    const { count, db } = counting({ ...services.db });
    Object.assign(services.db, { commit: db.commit });
    const cost = async () => {
      await send(owner, room, "warm");
      count.mutations = 0;
      await send(owner, room, "measured");
      return count.mutations;
    };
    const alone = await cost();
    for (let at = 0; at < 5; at++) await join(`p${at}`);
    assert.equal(await cost(), alone);
    count.mutations = 0;
    await Promise.all(Array.from({ length: 60 }, (_, at) => send(owner, room, `${at}`)));
    assert.ok(count.mutations / 60 <= 5, `${count.mutations / 60} a message`);
  }));

Deno.test("a message's events name it; replay sends it as it is stored", () =>
  withWorkspace(async ({ owner, services }: Workspace) => {
    const room = await lobbyOf(owner);
    const { message } = await send(owner, room, "**bold** <b>no</b>");
    const stream = roomStream(room);
    const stored = await services.log.read(stream, message.seq - 1, 1);
    assert.deepEqual(stored[0]?.data, {});
    const [event] = await services.messages.join(stream, stored);
    assert.deepEqual(event?.data, { message });
    assert.deepEqual(message.body, [{ t: "p", c: [{ t: "strong", c: ["bold"] }, " <b>no</b>"] }]);
  }));

Deno.test("who came in by another process may send here, though they were seen outside before", () =>
  withWorkspace(async ({ owner, join, services, clock, errors }) => {
    const ann = await join("ann");
    const { room } = await owner.call("rooms.create", { name: "gauges", visibility: "public" });
    const other = await createServices({
      config: testConfig,
      db: services.db,
      shared: true,
      now: () => clock.now,
      failed: (error) => errors.push(error),
    });
    try {
      const call = { address: "127.0.0.1", agent: "test", origin: "http://localhost", setSession() {} };
      const signedIn = { ...call, user: ann.user, session: "s1" };
      await other.run("rooms.get", { room: room.id }, signedIn); // as a page does before one joins
      await ann.call("rooms.join", { room: room.id });
      const { message } = await other.run("messages.send", { room: room.id, text: "in", key: newKey() }, signedIn);
      assert.equal(message.by, ann.user.id);
    } finally {
      other.hub.close();
    }
  }));
