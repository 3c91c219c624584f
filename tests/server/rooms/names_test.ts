/** A room's name is unique in the workspace. */
import assert from "node:assert/strict";
import { newKey, withWorkspace } from "../../support/services.ts";

Deno.test("a name is taken by one room, however its letters are written", () =>
  withWorkspace(async ({ owner, join }) => {
    const ann = await join("ann");
    const create = (name: string) => ({ name, visibility: "public" as const });
    const { room } = await owner.call("rooms.create", create("Gauges"));
    for (const name of ["Gauges", "gauges", "GAUGES", "ｇａｕｇｅｓ", "general"]) {
      assert.equal(await ann.code("rooms.create", create(name)), "conflict", name);
    }
    const { room: other } = await ann.call("rooms.create", create("gauges-2"));
    assert.equal(await ann.code("rooms.update", { room: other.id, name: "gauges" }), "conflict");
    await owner.call("rooms.archive", { room: room.id });
    assert.equal(await ann.code("rooms.create", create("gauges")), "conflict", "archived, it may come back");
    assert.equal((await ann.call("rooms.get", { room: other.id })).room.name, "gauges-2");
  }));

Deno.test("a private room has its name alone too", () =>
  withWorkspace(async ({ owner, join }) => {
    const ann = await join("ann");
    await owner.call("rooms.create", { name: "board", visibility: "private" });
    assert.equal(await ann.code("rooms.create", { name: "Board", visibility: "private" }), "conflict");
    await ann.call("rooms.direct", { users: [owner.user.id] });
    await ann.call("rooms.direct", { users: [ann.user.id] }); // These have no names.
  }));

Deno.test("a room may write its own name another way, and a name that it gives up is free", () =>
  withWorkspace(async ({ owner, join }) => {
    const ann = await join("ann");
    const { room } = await owner.call("rooms.create", { name: "gauges", visibility: "public" });
    await owner.call("rooms.update", { room: room.id, name: "Gauges" });
    await owner.call("rooms.update", { room: room.id, topic: "In the field" });
    assert.equal(await ann.code("rooms.create", { name: "gauges", visibility: "public" }), "conflict");
    await owner.call("rooms.update", { room: room.id, name: "Weirs" });
    await ann.call("rooms.create", { name: "gauges", visibility: "public" });
    assert.equal(await ann.code("rooms.create", { name: "weirs", visibility: "public" }), "conflict");
    assert.equal(await owner.code("rooms.update", { room: room.id, name: "Gauges" }), "conflict");
  }));

Deno.test("of many who take one name at once, one gets it; the same call again gives the same room", () =>
  withWorkspace(async ({ owner, join }) => {
    const ann = await join("ann");
    const tries = Array.from({ length: 10 }, (_, at) => ({
      who: at % 2 ? ann : owner,
      fields: { name: at % 3 ? "gauges" : "GAUGES", visibility: "public" as const, key: newKey() },
    }));
    const made = await Promise.allSettled(tries.map(({ who, fields }) => who.call("rooms.create", fields)));
    const rooms = made.flatMap((it) => it.status === "fulfilled" ? [it.value.room.id] : []);
    assert.equal(rooms.length, 1);
    const winner = tries[made.findIndex((it) => it.status === "fulfilled")];
    assert.ok(winner);
    assert.equal((await winner.who.call("rooms.create", winner.fields)).room.id, rooms[0]);
    assert.equal((await owner.call("rooms.list", {})).rooms.length, 2);
  }));

Deno.test("a name that folds to more than a key may have is one like others", () =>
  withWorkspace(async ({ owner }) => {
    const name = "\ufdfa".repeat(80); // each folds to 18 characters
    await owner.call("rooms.create", { name, visibility: "public" });
    assert.equal(await owner.code("rooms.create", { name, visibility: "public" }), "conflict");
  }));
