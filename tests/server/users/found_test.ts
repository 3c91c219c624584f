/** People looked for among more than any list has at once. */
import assert from "node:assert/strict";
import type { Input } from "../../../lib/protocol/commands.ts";
import { seedPeople } from "../../support/many.ts";
import { type Person, withWorkspace } from "../../support/services.ts";

const ADDED = 5_000;

async function found(person: Person, body: Input<"users.list">): Promise<string[]> {
  return (await person.call("users.list", body)).users.map((it) => it.handle).sort();
}

Deno.test("users.list finds people by name and handle among 5,001, page by page", () =>
  withWorkspace(async ({ services, owner }) => {
    await seedPeople(services.db, ADDED);
    assert.deepEqual(await found(owner, { query: "nº 4999" }), ["person.4999"]);
    assert.deepEqual(await found(owner, { query: " @PERSON.4321" }), ["person.4321"]);
    assert.deepEqual(await found(owner, { query: "@ner" }), []);
    const first = await owner.call("users.list", { query: "Person", limit: 100 });
    assert.deepEqual([first.users.length, first.users.at(-1)?.handle, first.more], [100, "person.99", true]);
    const last = await owner.call("users.list", { query: "Person", limit: 100, after: "zseeded04899" });
    assert.deepEqual([last.users.length, last.users.at(-1)?.handle, last.more], [100, "person.4999", false]);
  }));

Deno.test("users.list gives who is in a room, who is not, and only active people, where that is asked for", () =>
  withWorkspace(async ({ services, owner, join }) => {
    const { room } = await owner.call("rooms.create", { name: "big", visibility: "private" });
    const [, bo, cy] = [await join("ann"), await join("bo"), await join("cy")];
    await owner.call("rooms.addMember", { room: room.id, user: cy.user.id });
    await owner.call("users.deactivate", { user: bo.user.id });
    await seedPeople(services.db, ADDED, room.id);
    assert.deepEqual(await found(owner, { outside: room.id }), ["ann", "bo"]);
    assert.deepEqual(await found(owner, { outside: room.id, active: true }), ["ann"]);
    assert.deepEqual(await found(owner, { outside: room.id, query: "cy" }), []);
    assert.deepEqual(await found(owner, { inside: room.id, limit: 3 }), ["cy", "owner", "person.0"]);
    assert.deepEqual(await found(owner, { inside: room.id, query: "person.4998" }), ["person.4998"]);
    assert.equal(await bo.code("users.list", { outside: room.id }), "not_found");
    assert.equal(await bo.code("users.list", { inside: room.id }), "not_found");
  }));
