/** Lists that hold all of what is mine, however much there is. */
import assert from "node:assert/strict";
import { createRoomsStore } from "../../../lib/client/stores/rooms_store.ts";
import { loadSide } from "../../../routes/pages/side_data.ts";
import { timing } from "../../client/samples.ts";
import { seedRooms } from "../../support/many.ts";
import { newKey, type Person, withWorkspace, type Workspace } from "../../support/services.ts";

const MINE = 1_201;
const OTHERS = 2_500;

const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${prefix}${String(at).padStart(5, "0")}`);

function callOf(person: Person) {
  return {
    ...{ token: person.token, address: "127.0.0.1", agent: "test", origin: "http://localhost" },
    user: person.user,
    session: "s",
    setSession: () => {},
  };
}

async function among({ services: { db }, owner }: Workspace): Promise<string[]> {
  const { room } = await owner.call("rooms.create", { name: "first", visibility: "public" });
  await seedRooms(db, room.id, { named: names("0other", OTHERS) });
  const mine = names("zmine", 3);
  await seedRooms(db, room.id, { named: mine, member: owner.user.id });
  return mine;
}

Deno.test("roomsOf() gives all 1,201 rooms of a person", () =>
  withWorkspace(async ({ services, owner }) => {
    const { room } = await owner.call("rooms.create", { name: "first", visibility: "public" });
    const mine = names("zmine", MINE);
    await seedRooms(services.db, room.id, { named: mine, member: owner.user.id });
    const all = await services.rooms.roomsOf(owner.user.id);
    assert.equal(all.length, MINE + 2); // and "general" and "first"
    assert.ok(all.includes(room.id));
    assert.deepEqual(all.filter((id) => id.startsWith("zmine")), mine);
  }));

Deno.test("rooms.list of joined rooms leaves out the public ones of others, and says whether there is more", () =>
  withWorkspace(async (workspace) => {
    const mine = await among(workspace);
    const joined = await workspace.services.rooms.roomsOf(workspace.owner.user.id);
    const page = await workspace.owner.call("rooms.list", { mine: true, limit: joined.length - 1 });
    assert.deepEqual([page.rooms.map((it) => it.room.id), page.more], [joined.slice(0, -1), true]);
    const last = await workspace.owner.call("rooms.list", { mine: true, after: joined.at(-2) });
    assert.deepEqual([last.rooms.map((it) => it.room.id), last.more], [mine.slice(-1), false]);
  }));

Deno.test("A page's sidebar has my rooms behind 2,500 public rooms of others", () =>
  withWorkspace(async (workspace) => {
    const mine = await among(workspace);
    const { rooms, moreRooms } = await loadSide(workspace.services, callOf(workspace.owner));
    const shown = new Set(rooms.filter((it) => it.joined).map((it) => it.room.id));
    assert.deepEqual(mine.filter((id) => !shown.has(id)), []);
    assert.equal(moreRooms, 0);
  }));

Deno.test("A page's sidebar has 120 of my rooms and all with something unread, and says how many it leaves out", () =>
  withWorkspace(async ({ services, owner }) => {
    const { room } = await owner.call("rooms.create", { name: "first", visibility: "public" });
    await seedRooms(services.db, room.id, { named: names("zmine", 300), member: owner.user.id });
    await owner.call("messages.send", { room: room.id, text: "One", key: newKey() }); // so that copies have news
    await seedRooms(services.db, room.id, { named: names("zznew", 5), member: owner.user.id });
    const { rooms, moreRooms } = await loadSide(services, callOf(owner));
    assert.deepEqual(rooms.map(({ room: { name } }) => name), [
      "first",
      "general",
      ...names("zmine", 118),
      ...names("zznew", 5),
    ]);
    assert.equal(moreRooms, 182);
  }));

Deno.test("The room list that a client loads has my rooms behind 2,500 public rooms of others", () =>
  withWorkspace(async (workspace) => {
    const mine = await among(workspace);
    const store = createRoomsStore({
      ...timing,
      summaries: [],
      call: (name, body) => workspace.owner.call(name, body),
    });
    await store.load();
    const shown = new Set(store.summaries.value.filter((it) => it.joined).map((it) => it.room.id));
    assert.deepEqual(mine.filter((id) => !shown.has(id)), []);
  }));

Deno.test("rooms.list finds public rooms and mine by name and topic among 2,500, and leaves out what I can't see", () =>
  withWorkspace(async (workspace) => {
    const { owner, join } = workspace;
    const [mine = ""] = await among(workspace);
    const ann = await join("ann");
    await ann.call("rooms.create", { name: "hidden", visibility: "private" });
    const { room } = await owner.call("rooms.create", { name: "weir", visibility: "private", topic: "Ledger 0other0" });
    await owner.call("rooms.direct", { users: [ann.user.id] });
    const found = async (query: string, limit = 50) => {
      const { rooms, more } = await owner.call("rooms.list", { query, limit });
      return [rooms.map((it) => it.room.id), rooms.map((it) => it.joined), more];
    };
    assert.deepEqual(await found("#0OTHER02499"), [["0other02499"], [false], false]);
    assert.deepEqual(await found("ledger"), [[room.id], [true], false]);
    assert.deepEqual(await found(mine), [[mine], [true], false]);
    assert.deepEqual(await found("hidden"), [[], [], false]);
    assert.deepEqual(await found("0other0", 2), [["0other00000", "0other00001"], [false, false], true]);
    const last = await owner.call("rooms.list", { query: "0other0", after: "0other02498" });
    assert.deepEqual([last.rooms.map((it) => it.room.id), last.more], [["0other02499", room.id], false]);
  }));

Deno.test("rooms.list of public rooms leaves out the others, to the last page", () =>
  withWorkspace(async (workspace) => {
    const { owner } = workspace;
    await among(workspace);
    await owner.call("rooms.create", { name: "weir", visibility: "private" });
    await owner.call("rooms.direct", { users: [owner.user.id] });
    const all: string[] = [];
    for (;;) {
      const { rooms, more } = await owner.call("rooms.list", { public: true, limit: 100, after: all.at(-1) });
      assert.ok(rooms.every((it) => it.room.visibility === "public"));
      all.push(...rooms.map((it) => it.room.id));
      if (!more) break;
    }
    assert.equal(all.length, OTHERS + 2); // and "general" and "first"
    const mine = await owner.call("rooms.list", { public: true, mine: true });
    assert.ok(mine.rooms.every((it) => it.joined && it.room.visibility === "public"));
    assert.deepEqual(mine.rooms.map((it) => it.room.name).slice(0, 2).sort(), ["first", "general"]);
  }));
