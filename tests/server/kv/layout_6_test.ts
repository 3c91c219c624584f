/** From layout 5 to 6: a room's head counts its members. */
import assert from "node:assert/strict";
import { createDatabase } from "../../../lib/server/kv/database.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { LAYOUT, migrate } from "../../../lib/server/kv/layout.ts";
import { newKey, withWorkspace } from "../../support/services.ts";
import { writeEncoded } from "./layout_3.ts";

const MANY = 1_201; // more than is read at once

Deno.test("heads of layout 5 have their rooms' members from the next start on, and all else as it was", async () => {
  using kv = await Deno.openKv(":memory:");
  const head = { seq: 3, tag: "abcd", first: 1, n: 2, lastAt: 5, authority: 1, tail: [{ seq: 3, type: "t" }] };
  const inside = (room: string, count: number) =>
    Array.from({ length: count }, (_, at) => ({ key: keys.member(room, `u${at}`), value: true }));
  await writeEncoded(kv, [
    { key: keys.epoch(), value: "e" },
    { key: keys.format(), value: 5 },
    ...["room:a", "room:b", "room:c", "user:u1", "feed"].map((stream) => ({ key: keys.head(stream), value: head })),
    ...inside("a", MANY),
    ...inside("b", 2),
  ]);
  const db = createDatabase(kv);
  await migrate(db, { now: () => 0, say() {} });
  assert.equal((await db.get(keys.format())).value, LAYOUT);
  const members: Record<string, unknown> = {};
  for (const { key: [, stream], value } of await db.list({ prefix: ["head"] }, { limit: 10 })) {
    const { members: count, ...rest }: { members?: number } = Object(value);
    assert.deepEqual(rest, head);
    members[String(stream)] = count;
  }
  assert.deepEqual(members, { "room:a": MANY, "room:b": 2, "room:c": 0, "user:u1": undefined, feed: undefined });
});

Deno.test("a room's summary counts its members, whoever comes and goes and however", () =>
  withWorkspace(async ({ owner, join }) => {
    const [ann, bo] = [await join("ann"), await join("bo")];
    const count = async (room: string) => (await owner.call("rooms.get", { room })).line.members;
    const { room: { id } } = await owner.call("rooms.create", { name: "gauges", visibility: "public" });
    assert.equal(await count(id), 1);
    await Promise.all([ann.call("rooms.join", { room: id }), bo.call("rooms.join", { room: id })]);
    await ann.call("rooms.join", { room: id });
    assert.equal(await count(id), 3);
    await ann.call("rooms.leave", { room: id });
    await ann.call("rooms.leave", { room: id });
    assert.equal(await count(id), 2);
    await owner.call("rooms.removeMember", { room: id, user: bo.user.id });
    assert.equal(await count(id), 1);
    await owner.call("rooms.addMember", { room: id, user: bo.user.id });
    await owner.call("messages.send", { room: id, text: "hello", key: newKey() });
    assert.equal(await count(id), 2);
    const { room } = await owner.call("rooms.direct", { users: [ann.user.id, bo.user.id] });
    assert.equal(await count(room.id), 3);
    assert.equal((await ann.call("rooms.list", { mine: true })).rooms.find((it) => it.room.id === room.id)?.members, 3);
  }));
