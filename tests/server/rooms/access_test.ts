import assert from "node:assert/strict";
import { EMPTY } from "../../../lib/server/log/types.ts";
import { createRoomAccess, VIEWS_CACHED_MAX } from "../../../lib/server/rooms/access.ts";
import { createRoomsStore } from "../../../lib/server/rooms/store.ts";
import { withStorage } from "../../support/storage.ts";

const ROOMS = 60;
const PEOPLE = 1_000;

Deno.test("views of the rooms that were looked at last are kept, and of all rooms no more than their bound", () =>
  withStorage(async ({ db, log }) => {
    let reads = 0;
    const store = {
      ...createRoomsStore(db, log),
      view(_: string, id: string) {
        reads++;
        const room = { id, name: id, topic: "", visibility: "public", createdAt: 1, createdBy: "u0" } as const;
        return Promise.resolve({ room, head: EMPTY, membership: undefined, roomVersion: "1", membershipVersion: null });
      },
    };
    const access = createRoomAccess({ store, log, shared: false });
    for (let room = 0; room < ROOMS; room++) {
      for (let user = 0; user < PEOPLE; user++) await access.authorize(`u${user}`, `r${room}`, "look");
    }
    reads = 0;
    let known = 0;
    for (let room = ROOMS - 1; room >= 0 && reads === 0; room--) {
      for (let user = 0; user < PEOPLE && reads === 0; user++) {
        await access.fromCache(`u${user}`, `r${room}`, "look");
        if (reads === 0) known++;
      }
    }
    assert.equal(known, VIEWS_CACHED_MAX);
  }));
