import assert from "node:assert/strict";
import { roomStream, userStream } from "../../../lib/protocol/streams.ts";
import { newKey, withWorkspace } from "../../support/services.ts";
import { createClient } from "../../support/hub.ts";
import { countTries } from "../../support/storage.ts";

Deno.test("everybody starts in the lobby, which the first one makes", () =>
  withWorkspace(async ({ owner, join }) => {
    const ann = await join("ann");
    const { rooms } = await ann.call("rooms.list", {});
    assert.deepEqual(rooms.map(({ room, joined }) => [room.name, joined]), [["general", true]]);
    const { members } = await owner.call("rooms.members", { room: rooms[0]?.room.id ?? "" });
    assert.deepEqual(members, [owner.user.id, ann.user.id].sort());
  }));

Deno.test("a private room is not there for those who are not in it, in every command", () =>
  withWorkspace(async ({ owner, join }) => {
    const ann = await join("ann");
    const { room } = await ann.call("rooms.create", { name: "board", visibility: "private" });
    const nowhere = "x".repeat(20);
    for (const id of [room.id, nowhere]) {
      assert.equal(await owner.code("rooms.get", { room: id }), "not_found");
      assert.equal(await owner.code("rooms.join", { room: id }), "not_found");
      assert.equal(await owner.code("messages.list", { room: id }), "not_found");
      assert.equal(await owner.code("messages.send", { room: id, text: "hi", key: newKey() }), "not_found");
      assert.equal(await owner.code("rooms.update", { room: id, name: "mine" }), "not_found");
    }
    assert.deepEqual((await owner.call("rooms.list", {})).rooms.map((line) => line.room.name), ["general"]);
  }));

Deno.test("joining, being added, leaving and being removed are events for the room and for the person", () =>
  withWorkspace(async ({ owner, join, services }) => {
    const ann = await join("ann");
    const { room } = await owner.call("rooms.create", { name: "gauges", visibility: "public" });
    await ann.call("rooms.join", { room: room.id });
    await ann.call("rooms.join", { room: room.id }); // changes nothing
    await ann.call("rooms.leave", { room: room.id });
    await owner.call("rooms.addMember", { room: room.id, user: ann.user.id });
    await owner.call("rooms.removeMember", { room: room.id, user: ann.user.id });
    const types = async (stream: string) => (await services.log.read(stream, 0, 100)).map((event) => event.type);
    assert.deepEqual(await types(roomStream(room.id)), [
      "rooms.joined", // the owner, making it
      "rooms.joined",
      "rooms.left",
      "rooms.joined",
      "rooms.left",
    ]);
    assert.deepEqual((await types(userStream(ann.user.id))).slice(1), [
      "rooms.added",
      "rooms.removed",
      "inbox.invited", // somebody else brought her in
      "rooms.added",
      "rooms.removed",
      "inbox.withdrawn", // that somebody brought her in
    ]);
  }));

Deno.test("who is in a room hears of its changes by digest, without following it, and reads what it is now", () =>
  withWorkspace(async ({ owner, join, services }) => {
    const ann = await join("ann");
    const { room: { id } } = await owner.call("rooms.create", { name: "board", visibility: "private" });
    await owner.call("rooms.addMember", { room: id, user: ann.user.id });
    const client = createClient(services.hub, ann.user);
    await services.hub.greet(client.session);
    const told = () => services.hub.digestOf(client.session)?.rooms[id];
    assert.deepEqual([told()?.n, told()?.rev], [0, undefined], "it was never changed");
    const changes = [
      () => owner.call("rooms.update", { room: id, name: "council" }),
      () => owner.call("rooms.update", { room: id, topic: "Thursdays" }),
      () => owner.call("rooms.archive", { room: id }),
      () => owner.call("rooms.unarchive", { room: id }),
    ];
    const revs: number[] = [];
    for (const change of changes) {
      const { room } = await change();
      const { seq } = await services.log.head(roomStream(id));
      assert.equal(room.rev, seq);
      assert.equal(told()?.rev, seq);
      assert.deepEqual((await ann.call("rooms.get", { room: id })).room, room);
      revs.push(seq);
    }
    await owner.call("messages.send", { room: id, text: "hi", key: newKey() });
    await owner.call("rooms.update", { room: id, name: "council" }); // changes nothing
    assert.deepEqual([told()?.n, told()?.rev], [1, revs.at(-1)]);
    const second = createClient(services.hub, ann.user);
    await services.hub.greet(second.session);
    assert.equal(second.of("digest")[0]?.rooms[id]?.rev, revs.at(-1));
    for (const { session } of [client, second]) session.close();
  }));

Deno.test("100 people who join at once do so in a few commits", () =>
  withWorkspace(async ({ owner, services }) => {
    const { room } = await owner.call("rooms.create", { name: "gauges", visibility: "public" });
    const people = Array.from(
      { length: 100 },
      (_, at) => ({ ...owner.user, id: `joiner${String(at).padStart(3, "0")}` }),
    );
    const tries = countTries(services.db);
    await Promise.all(people.map((person) => services.rooms.join(person, room.id)));
    assert.ok(tries.count <= 20, `${tries.count} commits`);
    const members = await owner.call("rooms.members", { room: room.id, limit: 100 });
    assert.deepEqual([members.members.length, members.more], [100, true]);
  }));

Deno.test("whoever begins a direct conversation at once with others, each enters it once", () =>
  withWorkspace(async ({ owner, join, services }) => {
    const people = [owner, await join("ann"), await join("ben"), await join("cay")];
    const users = people.map(({ user }) => user.id);
    const begun = await Promise.all(people.map((person) => person.call("rooms.direct", { users })));
    const stream = roomStream(begun[0]?.room.id ?? "");
    const events = await services.log.read(stream, 0, 100);
    assert.deepEqual(events.map(({ type }) => type), users.map(() => "rooms.joined"));
  }));

Deno.test("joining marks the room read up to its head", () =>
  withWorkspace(async ({ owner, join }) => {
    const { room } = await owner.call("rooms.create", { name: "gauges", visibility: "public" });
    for (let at = 0; at < 3; at++) await owner.call("messages.send", { room: room.id, text: `${at}`, key: newKey() });
    const ann = await join("ann");
    await ann.call("rooms.join", { room: room.id });
    const line = (await ann.call("rooms.list", {})).rooms.find((it) => it.room.id === room.id);
    assert.deepEqual([line?.n, line?.unread], [3, 0]);
    await owner.call("messages.send", { room: room.id, text: "new", key: newKey() });
    const after = (await ann.call("rooms.list", {})).rooms.find((it) => it.room.id === room.id);
    assert.deepEqual([after?.n, after?.unread], [4, 1]);
  }));

Deno.test("an archived room can be read; whatever writes to it is forbidden until it is unarchived", () =>
  withWorkspace(async ({ owner, join }) => {
    const ann = await join("ann");
    const { room } = await owner.call("rooms.create", { name: "gauges", visibility: "public" });
    await ann.call("rooms.join", { room: room.id });
    const archived = await owner.call("rooms.archive", { room: room.id });
    assert.ok(archived.room.archivedAt);
    assert.equal(await ann.code("messages.send", { room: room.id, text: "hi", key: newKey() }), "forbidden");
    assert.equal(await owner.code("rooms.update", { room: room.id, topic: "x" }), "forbidden");
    assert.equal(await ann.code("messages.list", { room: room.id }), "ok");
    const { room: back } = await owner.call("rooms.unarchive", { room: room.id });
    assert.equal(back.archivedAt, undefined);
    assert.equal(await ann.code("messages.send", { room: room.id, text: "hi", key: newKey() }), "ok");
  }));

Deno.test("a direct conversation is one for each set of people, whoever begins", () =>
  withWorkspace(async ({ owner, join }) => {
    const [ann, ben] = [await join("ann"), await join("ben")];
    const [first, second, other, alone] = await Promise.all([
      owner.call("rooms.direct", { users: [ann.user.id] }),
      ann.call("rooms.direct", { users: [owner.user.id, ann.user.id] }),
      owner.call("rooms.direct", { users: [ann.user.id, ben.user.id] }),
      owner.call("rooms.direct", { users: [] }),
    ]);
    assert.equal(first.room.id, second.room.id);
    assert.equal(new Set([first.room.id, other.room.id, alone.room.id]).size, 3);
    assert.deepEqual(first.room.name, "");
    assert.deepEqual(
      (await ann.call("rooms.members", { room: first.room.id })).members.sort(),
      [
        owner.user.id,
        ann.user.id,
      ].sort(),
    );
    assert.equal(await ben.code("rooms.get", { room: first.room.id }), "not_found");
    for (const name of ["rooms.leave", "rooms.archive"] as const) {
      assert.equal(await ann.code(name, { room: first.room.id }), "forbidden");
    }
  }));

const crowd = (shared: boolean) => () =>
  withWorkspace(
    async ({ owner, services }) => {
      const ids: string[] = [];
      for (let at = 0; at < 50; at++) {
        const draft = await services.users.draft({ handle: `p${at}`, name: `P ${at}`, role: "member" }, "join");
        await services.db.commit({ checks: draft.checks, sets: draft.sets });
        ids.push(draft.user.id);
      }
      const { room } = await owner.call("rooms.direct", { users: ids });
      const { members } = await owner.call("rooms.members", { room: room.id, limit: 100 });
      assert.deepEqual(members, [owner.user.id, ...ids].sort());
      const heads = await services.log.heads(ids.map(userStream));
      assert.ok(heads.every((head) => head.seq === 2)); // brought in, with an event
    },
    {},
    { shared },
  );

Deno.test("a direct conversation of 51 people has all of them in it", crowd(false));
Deno.test("the same in storage that takes ten checks in one atomic", crowd(true));

Deno.test("rooms.create with the same key makes one room, and refuses the key for another", () =>
  withWorkspace(async ({ owner }) => {
    const key = newKey();
    const fields = { name: "gauges", visibility: "public", key } as const;
    const made = await Promise.all([owner.call("rooms.create", fields), owner.call("rooms.create", fields)]);
    assert.equal(made[0].room.id, made[1].room.id);
    assert.equal(await owner.code("rooms.create", { ...fields, name: "other" }), "conflict");
    assert.equal((await owner.call("rooms.list", {})).rooms.length, 2);
  }));

Deno.test("rooms.list pages through my rooms and the public ones without repeating or missing any", () =>
  withWorkspace(async ({ owner, join }) => {
    const ann = await join("ann");
    for (let at = 0; at < 7; at++) {
      await owner.call("rooms.create", { name: `room ${at}`, visibility: at % 2 ? "private" : "public" });
      await ann.call("rooms.create", { name: `own ${at}`, visibility: "private" });
    }
    const seen: string[] = [];
    let after = "";
    for (;;) {
      const page = await ann.call("rooms.list", { limit: 3, ...(after && { after }) });
      seen.push(...page.rooms.map((line) => line.room.name));
      after = page.rooms.at(-1)?.room.id ?? "";
      if (!page.more) break;
    }
    assert.equal(seen.length, new Set(seen).size);
    assert.equal(seen.length, 1 + 4 + 7);
  }));

Deno.test("adding a deactivated person is a conflict only for who may add", () =>
  withWorkspace(async ({ owner, join }) => {
    const [ann, ben] = [await join("ann"), await join("ben")];
    const { room } = await ann.call("rooms.create", { name: "gauges", visibility: "public" });
    await owner.call("users.deactivate", { user: ben.user.id });
    assert.equal(await ann.code("rooms.addMember", { room: room.id, user: ben.user.id }), "conflict");
    assert.equal(await owner.code("rooms.addMember", { room: room.id, user: ben.user.id }), "forbidden");
  }));
