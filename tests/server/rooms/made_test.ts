import assert from "node:assert/strict";
import { createCountMade, MADE_BY_ADMINS_MAX, MADE_MAX } from "../../../lib/server/rooms/made.ts";
import { createRoomsStore } from "../../../lib/server/rooms/store.ts";
import { setAt } from "../../../lib/server/kv/key.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { withTimers } from "../../routes/with_app.ts";
import { withWorkspace } from "../../support/services.ts";

Deno.test(
  "rooms and conversations that a person makes are counted, also of many made at once; past the most they are forbidden",
  withTimers,
  () =>
    withWorkspace(async ({ owner, join, services: { db, log } }) => {
      const [mia, ben] = [await join("mia"), await join("ben")];
      await Promise.all(
        Array.from({ length: 30 }, (_, at) => mia.call("rooms.create", { name: `Room ${at}`, visibility: "public" })),
      );
      await mia.call("rooms.direct", { users: [ben.user.id] });
      await mia.call("rooms.direct", { users: [ben.user.id] }); // the same one
      const store = createRoomsStore(db, log);
      assert.equal((await store.made(mia.user.id)).count, 31);

      await db.commit({ sets: [setAt(keys.roomsMade(mia.user.id), MADE_MAX)] });
      assert.equal(await mia.code("rooms.create", { name: "One more", visibility: "private" }), "forbidden");
      assert.equal(await mia.code("rooms.direct", { users: [owner.user.id] }), "forbidden");
      assert.equal(await mia.code("rooms.direct", { users: [ben.user.id] }), "ok"); // made before
      assert.equal(await ben.code("rooms.create", { name: "His", visibility: "private" }), "ok");

      await db.commit({ sets: [setAt(keys.roomsMade(owner.user.id), MADE_MAX)] });
      assert.equal(await owner.code("rooms.create", { name: "The owner's", visibility: "private" }), "ok");
      await db.commit({ sets: [setAt(keys.roomsMade(owner.user.id), MADE_BY_ADMINS_MAX)] });
      assert.equal(await owner.code("rooms.create", { name: "One more", visibility: "private" }), "forbidden");
      assert.deepEqual(await createCountMade({ limits: false, store })(mia.user, "create room"), {
        checks: [],
        sets: [],
      });
    }, { limits: true }),
);
