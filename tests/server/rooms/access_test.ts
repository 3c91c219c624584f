import assert from "node:assert/strict";
import { EMPTY } from "../../../lib/server/log/types.ts";
import { createRoomAccess, VIEWS_CACHED_MAX } from "../../../lib/server/rooms/access.ts";
import { createRoomsStore, type RoomsStore } from "../../../lib/server/rooms/store.ts";
import { tell, withStorage } from "../../support/storage.ts";

const ROOMS = 60;
const PEOPLE = 1_000;

/** A store of which every room is there, of this visibility, with one member; and how often it was read. */
function counting(store: RoomsStore, visibility: "public" | "private") {
  const read = { views: 0, memberships: 0 };
  const membership = { level: "mentions", at: 1 } as const;
  const counted: RoomsStore = {
    ...store,
    view(user, id) {
      read.views++;
      const room = { id, name: id, topic: "", visibility, createdAt: 1, createdBy: "u0" } as const;
      const mine = user === "u0" ? membership : undefined;
      return Promise.resolve({ room, head: EMPTY, membership: mine, roomVersion: "1", membershipVersion: null });
    },
    memberships(user, ids) {
      read.memberships++;
      return Promise.resolve(ids.map(() => user === "u0" ? membership : undefined));
    },
  };
  return { store: counted, read };
}

Deno.test("views of the rooms that were looked at last are kept, and of all rooms no more than their bound", () =>
  withStorage(async ({ db, log }) => {
    const { store, read } = counting(createRoomsStore(db, log), "public");
    const access = createRoomAccess({ store, log, shared: false });
    for (let room = 0; room < ROOMS; room++) {
      for (let user = 0; user < PEOPLE; user++) await access.authorize(`u${user}`, `r${room}`, "look");
    }
    read.views = 0;
    let known = 0;
    for (let room = ROOMS - 1; room >= 0 && read.views === 0; room--) {
      for (let user = 0; user < PEOPLE && read.views === 0; user++) {
        await access.fromCache(`u${user}`, `r${room}`, "look");
        if (read.views === 0) known++;
      }
    }
    assert.equal(known, VIEWS_CACHED_MAX);
  }));

Deno.test("reading a room proves it with storage where other processes write, else once", () =>
  withStorage(async ({ db, log }) => {
    const readings = [
      { visibility: "public", shared: false, expected: { views: 1, memberships: 0 } },
      { visibility: "public", shared: true, expected: { views: 2, memberships: 0 } },
      { visibility: "private", shared: false, expected: { views: 1, memberships: 0 } },
      { visibility: "private", shared: true, expected: { views: 2, memberships: 2 } },
    ] as const;
    for (const { visibility, shared, expected } of readings) {
      const { store, read } = counting(createRoomsStore(db, log), visibility);
      const access = createRoomAccess({ store, log, shared });
      for (let i = 0; i < 2; i++) {
        assert.deepEqual(await access.readAuthorized("u0", "r", "look", ({ seq }) => Promise.resolve(seq)), 0);
      }
      assert.deepEqual(read, expected, `${visibility}, shared: ${shared}`);
      if (visibility === "public") continue;
      await assert.rejects(
        access.readAuthorized("u1", "r", "look", () => Promise.reject(new Error("it was read"))),
        { code: "not_found" },
      );
    }
  }));

Deno.test("what was read of a room before a change of its people is not kept, and proves nothing", () =>
  withStorage(async ({ db, log }) => {
    const { store, read } = counting(createRoomsStore(db, log), "private");
    const change = () => tell(log, "room:r", "rooms.left", {});
    const { view } = store;
    let isOvertaken = true;
    store.view = async (user, id) => {
      const seen = await view(user, id);
      if (isOvertaken) await change();
      return seen;
    };
    const access = createRoomAccess({ store, log, shared: false });
    await access.authorize("u0", "r", "look");
    isOvertaken = false;
    await access.current("u0", "r", "look");
    assert.equal(read.views, 2);

    await access.readAuthorized("u0", "r", "look", change);
    assert.deepEqual(read, { views: 2, memberships: 1 }); // the change came while it was read
    store.memberships = () => Promise.resolve([undefined]);
    await access.current("u0", "r", "look");
    await assert.rejects(access.readAuthorized("u0", "r", "look", change), { code: "not_found" });
  }));
