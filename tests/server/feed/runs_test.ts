/** Runs of unread direct messages: while anything in one stands, an entry tells of it, and never a second one. */
import assert from "node:assert/strict";
import { userStream } from "../../../lib/protocol/streams.ts";
import type { Person } from "../../support/services.ts";
import { withFeed } from "./with_feed.ts";

/** What "For you" says of the messages of a conversation, the newest first: "messaged 1". */
async function told(person: Person, room: string): Promise<string[]> {
  const { entries } = await person.call("feed.list", { view: "you", room, limit: 100 });
  return entries.filter(({ kind }) => kind !== "invited").map(({ kind, n }) => `${kind} ${n}`);
}

for (const group of [false, true]) {
  const where = group ? "of three" : "of two";
  Deno.test(`a run that began with a mention keeps an entry when the mention is edited out, in a conversation ${where}`, () =>
    withFeed(async ({ owner, join, send, services }) => {
      const [ann, ben] = [await join("ann"), await join("ben")];
      const users = [ann.user.id, ...(group ? [ben.user.id] : [])];
      const { room: { id } } = await owner.call("rooms.direct", { users });
      const seq = await send(owner, id, "hi @ann");
      assert.deepEqual(await told(ann, id), ["mentioned 1"]);
      await owner.call("messages.edit", { room: id, seq, text: "hi" });
      assert.deepEqual(await told(ann, id), ["messaged 1"]);
      for (const text of ["two", "three", "four"]) await send(owner, id, text);
      assert.deepEqual(await told(ann, id), ["messaged 1"]);
      if (group) assert.deepEqual(await told(ben, id), ["messaged 1"]);
      const types = (await services.log.read(userStream(ann.user.id), 0, 100)).map(({ type }) => type);
      assert.equal(types.filter((type) => type === "inbox.messaged").length, 1);
      await owner.call("messages.delete", { room: id, seq });
      assert.deepEqual(await told(ann, id), []);
      await send(owner, id, "five");
      assert.deepEqual(await told(ann, id), ["messaged 5"]);
    }));
}

Deno.test("a run that began with a mention gets another entry when that message is deleted, and one only", () =>
  withFeed(async ({ owner, join, send }) => {
    const ann = await join("ann");
    const { room: { id } } = await owner.call("rooms.direct", { users: [ann.user.id] });
    const seq = await send(owner, id, "hi @ann");
    await owner.call("messages.delete", { room: id, seq });
    for (const text of ["two", "three", "four"]) await send(owner, id, text);
    assert.deepEqual(await told(ann, id), ["messaged 2"]);
  }));

for (const back of [1, 2, 3]) {
  Deno.test(`the next message makes an entry for who went back to ${back} of 4, where nothing tells of what is past it`, () =>
    withFeed(async ({ owner, join, send }) => {
      const ann = await join("ann");
      const { room: { id } } = await owner.call("rooms.direct", { users: [ann.user.id] });
      const seqs = [await send(owner, id, "one"), await send(owner, id, "two")];
      for (const text of ["three", "four"]) seqs.push(await send(ann, id, text));
      const { unread } = await ann.call("reads.mark", { room: id, seq: seqs[back - 1] ?? 0, back: true });
      assert.equal(unread, 4 - back);
      assert.deepEqual(await told(ann, id), ["messaged 1"]);
      for (const text of ["five", "six"]) await send(owner, id, text);
      assert.deepEqual(await told(ann, id), ["messaged 5", "messaged 1"]);
    }));
}

Deno.test("a mention in the middle of a run that has an entry goes and leaves no second one", () =>
  withFeed(async ({ owner, join, send }) => {
    const ann = await join("ann");
    const { room: { id } } = await owner.call("rooms.direct", { users: [ann.user.id] });
    await send(owner, id, "one");
    const [edited, deleted] = [await send(owner, id, "two @ann"), await send(owner, id, "three @ann")];
    await owner.call("messages.edit", { room: id, seq: edited, text: "two" });
    await owner.call("messages.delete", { room: id, seq: deleted });
    await send(owner, id, "four");
    assert.deepEqual(await told(ann, id), ["messaged 1"]);
  }));

for (const text of ["two", "two @ann"]) {
  Deno.test(`a run whose first message was deleted makes no second entry when marked unread: ${text}`, () =>
    withFeed(async ({ owner, join, send }) => {
      const ann = await join("ann");
      const { room: { id } } = await owner.call("rooms.direct", { users: [ann.user.id] });
      const seq = await send(owner, id, "one");
      await owner.call("messages.delete", { room: id, seq });
      await ann.call("reads.mark", { room: id, seq });
      await send(owner, id, text);
      const before = await told(ann, id);
      assert.equal(before.length, 1);
      await ann.call("reads.mark", { room: id, seq: 0, back: true });
      for (const more of ["three", "four"]) await send(owner, id, more);
      assert.deepEqual(await told(ann, id), before);
    }));
}

Deno.test("what is left unread of a run whose first message was read and then deleted gets another entry", () =>
  withFeed(async ({ owner, join, send }) => {
    const ann = await join("ann");
    const { room: { id } } = await owner.call("rooms.direct", { users: [ann.user.id] });
    const [seq, second] = [await send(owner, id, "one"), await send(owner, id, "two")];
    await send(owner, id, "three");
    await ann.call("reads.mark", { room: id, seq: second });
    await owner.call("messages.delete", { room: id, seq });
    await send(owner, id, "four");
    assert.deepEqual(await told(ann, id), ["messaged 4"]);
  }));
