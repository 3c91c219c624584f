/** The list of my rooms costs what is new in them, and is never behind. */
import assert from "node:assert/strict";
import { userStream } from "../../../lib/protocol/streams.ts";
import { createDatabase, type Database } from "../../../lib/server/kv/database.ts";
import { setAt } from "../../../lib/server/kv/key.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { createLog } from "../../../lib/server/log/log.ts";
import { createKnownMentions, MENTIONS_KEPT_BYTES } from "../../../lib/server/rooms/known_mentions.ts";
import { createMyRooms, MY_ROOMS_KEPT_BYTES } from "../../../lib/server/rooms/my_rooms.ts";
import { createRoomsStore } from "../../../lib/server/rooms/store.ts";
import { newKey, type Person, withWorkspace } from "../../support/services.ts";
import { withStorage } from "../../support/storage.ts";

const mine = async (person: Person) => (await person.call("rooms.list", { mine: true, limit: 100 })).rooms;

Deno.test("each change of my rooms is in the next list", () =>
  withWorkspace(async ({ owner, join }) => {
    const ann = await join("ann");
    const names = async () => (await mine(ann)).map(({ room }) => room.name).sort();
    const of = async (id: string) => (await mine(ann)).find(({ room }) => room.id === id);
    const { room: { id } } = await owner.call("rooms.create", { name: "gauges", visibility: "private" });
    assert.deepEqual(await names(), ["general"]);
    await owner.call("rooms.addMember", { room: id, user: ann.user.id });
    assert.deepEqual(await names(), ["gauges", "general"]);

    const { message } = await owner.call("messages.send", { room: id, text: "@ann look", key: newKey() });
    assert.deepEqual([(await of(id))?.unread, (await of(id))?.mentions], [1, 1]);
    await owner.call("messages.edit", { room: id, seq: message.seq, text: "look" });
    assert.deepEqual([(await of(id))?.unread, (await of(id))?.mentions], [1, 0]);
    await owner.call("messages.edit", { room: id, seq: message.seq, text: "look @ann" });
    assert.equal((await of(id))?.mentions, 1);
    await ann.call("reads.mark", { room: id, seq: message.seq });
    assert.deepEqual([(await of(id))?.unread, (await of(id))?.mentions], [0, 0]);
    await ann.call("reads.mark", { room: id, seq: 0, back: true });
    assert.deepEqual([(await of(id))?.unread, (await of(id))?.mentions], [1, 1]);
    await owner.call("messages.delete", { room: id, seq: message.seq });
    assert.equal((await of(id))?.mentions, 0);

    await ann.call("rooms.setLevel", { room: id, level: "nothing" });
    assert.equal((await of(id))?.level, "nothing");
    await owner.call("rooms.update", { room: id, name: "weirs" });
    assert.deepEqual(await names(), ["general", "weirs"]);
    await owner.call("rooms.removeMember", { room: id, user: ann.user.id });
    assert.deepEqual(await names(), ["general"]);
    await ann.call("rooms.direct", { users: [owner.user.id] });
    assert.equal((await mine(ann)).length, 2);
  }));

Deno.test("a person's other devices learn of a level", () =>
  withWorkspace(async ({ owner, services }) => {
    const [{ room } = { room: { id: "" } }] = await mine(owner);
    const { seq } = await services.log.head(userStream(owner.user.id));
    for (const level of ["nothing", "nothing", "everything"] as const) {
      await owner.call("rooms.setLevel", { room: room.id, level });
    }
    const events = await services.log.read(userStream(owner.user.id), seq, 10);
    assert.deepEqual(
      events.map(({ type, data }) => [type, data]),
      ["nothing", "everything"].map((level) => ["rooms.levelSet", { room: room.id, level }]),
    );
  }));

/** Counts what is read beside heads. */
function counting(db: Database): { db: Database; reads: () => number } {
  let count = 0;
  return {
    db: {
      ...db,
      getMany(wanted) {
        if (wanted.some(([kind]) => kind !== "head")) count++;
        return db.getMany(wanted);
      },
      list(selector, options) {
        count++;
        return db.list(selector, options);
      },
    },
    reads: () => count,
  };
}

Deno.test("without news nothing but heads is read, and many who ask at once read once", async () => {
  const kv = await Deno.openKv(":memory:");
  const { db, reads } = counting(createDatabase(kv));
  const log = await createLog({
    db,
    now: Date.now,
    random: (n) => crypto.getRandomValues(new Uint8Array(n)),
    shared: true,
  });
  const store = createRoomsStore(db, log);
  const myRooms = createMyRooms({ log, store });
  await db.commit({ sets: [setAt(keys.membership("ann", "a"), { level: "mentions", at: 1 })] });
  const ids = async () => (await myRooms("ann")).rooms.map(({ id, mark }) => `${id} ${mark.n}`);
  const mark = (from: typeof log, n: number) =>
    from.append(["user:ann"], () =>
      Promise.resolve({
        write: () => ({
          events: [{
            stream: "user:ann",
            type: "reads.marked",
            by: "ann",
            data: { room: "a", seq: n, n },
            compactionKey: "reads a",
          }],
          result: undefined,
        }),
      }));
  await mark(log, 1);
  const before = reads();
  assert.deepEqual((await Promise.all(Array.from({ length: 50 }, ids))).flat(), Array(50).fill("a 1"));
  assert.equal(reads() - before, 2); // memberships and marks
  await mark(log, 2);
  assert.deepEqual(await ids(), ["a 2"]);
  assert.equal(reads() - before, 2);
  // Another instance writes: its head is newer than what is kept.
  const other = await createLog({
    db,
    now: Date.now,
    random: (n) => crypto.getRandomValues(new Uint8Array(n)),
    shared: true,
  });
  await mark(other, 3);
  assert.deepEqual(await ids(), ["a 3"]);
  assert.equal(reads() - before, 4);
  log.close();
  other.close();
  kv.close();
});

/** The least bytes that anything kept takes for a room or a number. */
const LEAST_BYTES = { room: 200, number: 8 };

Deno.test("the rooms that are kept are bounded, and those who came longest ago go first", () =>
  withStorage(async ({ log }) => {
    const rooms = 5_000;
    const read: string[] = [];
    const membership = { level: "mentions" as const, at: 1 };
    const all = Array.from({ length: rooms }, (_, i) => ({ id: `r${String(i).padStart(5, "0")}`, membership }));
    const myRooms = createMyRooms({
      log,
      store: {
        joinedIds(user, after, limit) {
          if (after === "") read.push(user);
          const from = after === "" ? 0 : Number(after.slice(1)) + 1;
          return Promise.resolve(all.slice(from, from + limit));
        },
      },
    });
    const people = Array.from(
      { length: Math.ceil(MY_ROOMS_KEPT_BYTES / (rooms * LEAST_BYTES.room)) + 1 },
      (_, i) => `u${i}`,
    );
    for (const user of people) assert.equal((await myRooms(user)).rooms.length, rooms);
    read.length = 0;
    for (const user of [people.at(-1), people[0]]) await myRooms(user ?? "");
    assert.deepEqual(read, ["u0"]);
  }));

Deno.test("the mentions that are kept are bounded, and those asked for longest ago go first", () =>
  withStorage(async ({ log }) => {
    const head = await log.head("room:r");
    const numbers = Array.from({ length: 1_000 }, (_, i) => i);
    const read: string[] = [];
    const mentions = createKnownMentions((user) => {
      read.push(user);
      return Promise.resolve(numbers);
    });
    const people = Array.from(
      { length: Math.ceil(MENTIONS_KEPT_BYTES / (numbers.length * LEAST_BYTES.number)) + 1 },
      (_, i) => `u${i}`,
    );
    for (const user of people) await mentions(user, "r", 0, head);
    read.length = 0;
    for (const user of [people.at(-1), people[0]]) await mentions(user ?? "", "r", 0, head);
    assert.deepEqual(read, ["u0"]);
  }));
