/** The room list: what it costs storage, and that what is kept of a room is never an old one. */
import assert from "node:assert/strict";
import type { Database } from "../../../lib/server/kv/database.ts";
import { newKey, withWorkspace, type Workspace } from "../../support/services.ts";

const ROOMS = 60;
const MINUTE_MS = 60_000;

async function makeRooms({ owner, clock }: Workspace): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < ROOMS; at++) {
    clock.now += MINUTE_MS; // ids are in the order in which rooms were made
    ids.push((await owner.call("rooms.create", { name: `room ${at}`, visibility: "public" })).room.id);
  }
  return ids;
}

/** Counts what a database is asked for from now on, but for the board of presence, which is read every few seconds. */
function countReads(db: Database): { lists: number; keys: number } {
  const count = { lists: 0, keys: 0 };
  const { list, getMany } = db;
  db.list = (selector, ...others) => {
    if (!("prefix" in selector && selector.prefix[0] === "board")) count.lists++;
    return list(selector, ...others);
  };
  db.getMany = (keys) => {
    count.keys += keys.length;
    return getMany(keys);
  };
  return count;
}

for (const shared of [false, true]) {
  const where = shared ? "where other processes write too" : "in one process";
  Deno.test(`a list of rooms is one list of storage, and what has changed since the last one, ${where}`, () =>
    withWorkspace(
      async (workspace) => {
        const { owner, join, services } = workspace;
        const ids = await makeRooms(workspace);
        const ann = await join("ann");
        const list = () => owner.call("rooms.list", { limit: 100 });
        const heads = shared ? ROOMS + 2 : 0; // others may have moved them; of these, the lobby and one's own stream
        const before = await list();
        const count = countReads(services.db);
        assert.deepEqual(await list(), before);
        assert.deepEqual(count, { lists: 1, keys: heads });

        const [first = "", second = ""] = ids;
        for (const room of [first, second]) {
          await ann.call("rooms.join", { room });
          await ann.call("messages.send", { room, text: "@owner look", key: newKey() });
        }
        await owner.call("rooms.update", { room: second, name: "renamed" });
        Object.assign(count, { lists: 0, keys: 0 });
        const unread = (await list()).rooms.filter((line) => line.mentions > 0);
        assert.deepEqual(unread.map(({ room, unread }) => [room.name, unread]), [["room 0", 1], ["renamed", 1]]);
        // Mentions are looked for where something is new, and what was changed is read anew.
        assert.deepEqual(count, { lists: 3, keys: heads + 1 });
      },
      {},
      { shared },
    ));
}

Deno.test("a room that was listed before is listed as it is now", () =>
  withWorkspace(async (workspace) => {
    const { owner, join } = workspace;
    const [first = ""] = await makeRooms(workspace);
    const ann = await join("ann");
    const nameOf = async () => {
      const { rooms } = await ann.call("rooms.list", { limit: 100 });
      const line = rooms.find(({ room }) => room.id === first);
      return [line?.room.name, line?.room.topic, line?.room.archivedAt !== undefined, line?.joined, line?.level];
    };
    assert.deepEqual(await nameOf(), ["room 0", "", false, false, "mentions"]);
    await owner.call("rooms.update", { room: first, name: "other", topic: "about it" });
    assert.deepEqual(await nameOf(), ["other", "about it", false, false, "mentions"]);
    await ann.call("rooms.join", { room: first });
    await ann.call("rooms.setLevel", { room: first, level: "nothing" });
    assert.deepEqual(await nameOf(), ["other", "about it", false, true, "nothing"]);
    await owner.call("rooms.archive", { room: first });
    assert.deepEqual(await nameOf(), ["other", "about it", true, true, "nothing"]);
    await owner.call("rooms.unarchive", { room: first });
    await ann.call("rooms.leave", { room: first });
    assert.deepEqual(await nameOf(), ["other", "about it", false, false, "mentions"]);
  }));
