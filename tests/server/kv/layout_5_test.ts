/** From layout 4 to 5: the names of rooms are in use. */
import assert from "node:assert/strict";
import { createDatabase } from "../../../lib/server/kv/database.ts";
import { setAt } from "../../../lib/server/kv/key.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { LAYOUT, migrate } from "../../../lib/server/kv/layout.ts";
import { newKey, withWorkspace } from "../../support/services.ts";
import { writeEncoded } from "./layout_3.ts";

const NOW = 1_764_000_000_000;
const ROOMS = 1_200; // more than a page of a migration

Deno.test("rooms of layout 4 have their names from the next start on, and doubles stay", async () => {
  using kv = await Deno.openKv(":memory:");
  const room = (id: string, name: string, visibility = "public") => ({
    key: keys.room(id),
    value: { id, name, topic: "", visibility, createdAt: NOW, createdBy: "u1" },
  });
  const rooms = [
    room("a", "Gauges"),
    room("b", "gauges"),
    room("c", "ＷＥＩＲＳ", "private"),
    room("d", "", "direct"),
    ...Array.from({ length: ROOMS }, (_, at) => room(`r${at}`, `Room ${at}`)),
  ];
  await writeEncoded(kv, [{ key: keys.epoch(), value: "e" }, { key: keys.format(), value: 4 }, ...rooms]);
  const db = createDatabase(kv);
  await migrate(db, { now: () => NOW, say() {} });
  assert.equal((await db.get(keys.format())).value, LAYOUT);
  const names = await db.list({ prefix: ["room_name"] }, { limit: 2 * ROOMS });
  assert.equal(names.length, ROOMS + 2);
  const holder = (name: string) => names.find(({ key: [, it] }) => it === name)?.value;
  assert.deepEqual([holder("gauges"), holder("weirs"), holder("room 7")], ["b", "c", "r7"]);
  for (const { key, value } of rooms.slice(0, 4)) assert.deepEqual((await db.get(key)).value, value);
});

Deno.test("a room of before whose name another has too can be read, written in and renamed", () =>
  withWorkspace(async ({ owner, services }) => {
    const { room } = await owner.call("rooms.create", { name: "gauges", visibility: "public" });
    const { room: double } = await owner.call("rooms.create", { name: "other", visibility: "public" });
    await services.db.commit({
      sets: [setAt(keys.room(double.id), { ...double, name: "gauges" })],
      deletes: [keys.roomName("other")],
    });
    await owner.call("messages.send", { room: double.id, text: "hi", key: newKey() });
    await owner.call("rooms.update", { room: double.id, topic: "The second" });
    await owner.call("rooms.update", { room: double.id, name: "weirs" });
    const create = { name: "Gauges", visibility: "public" as const };
    assert.equal(await owner.code("rooms.create", create), "conflict", "the first one has it still");
    await owner.call("rooms.update", { room: room.id, name: "rain" });
    await owner.call("rooms.create", create);
  }));
