/**
 * Fault 16 of tests/README.md: a commit that lands after its deadline. Whoever wrote may have been told that it is
 * unknown; whoever follows is told within 2 s, and the digest too, without another append.
 */
import assert from "node:assert/strict";
import { createDatabase } from "../../lib/server/kv/database.ts";
import { roomStream } from "../../lib/protocol/streams.ts";
import { person, withHub } from "../support/hub.ts";
import { openLog, post } from "../support/storage.ts";
import { createListener } from "./listener.ts";
import { createMessageCheck } from "./message_check.ts";
import { pause } from "./within.ts";

const COMMIT_MS = 16_000; // a second more than an append waits

/** Storage whose next commits wait until they are let through, and then land. */
function stalling(kv: Deno.Kv): { kv: Deno.Kv; stall(): () => void } {
  let gate: Promise<void> | undefined;
  const { atomic } = kv;
  kv.atomic = () => {
    const made = atomic.call(kv);
    const commit = made.commit.bind(made);
    made.commit = async () => {
      await gate;
      return await commit();
    };
    return made;
  };
  return {
    kv,
    stall() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
  };
}

Deno.test(`fault 16: a commit that lands ${COMMIT_MS} ms late is delivered, and in the digest, without another append`, async () => {
  const storage = stalling(await Deno.openKv(":memory:"));
  const db = createDatabase(storage.kv);
  const log = await openLog(db);
  const room = "quiet";
  try {
    await withHub(log, async ({ hub }) => {
      const listener = createListener(hub, person("u1"), createMessageCheck(new Map()));
      await listener.greet();
      await listener.follow(roomStream(room), "now");
      assert.equal(await post(log, roomStream(room)), 1);
      await listener.heard(roomStream(room), 1);
      const land = storage.stall();
      const posted = post(log, roomStream(room)).catch((error) => error.name);
      await pause(COMMIT_MS);
      land();
      await listener.heard(roomStream(room), 2);
      assert.deepEqual(listener.events.get(roomStream(room))?.map(({ seq }) => seq), [1, 2]);
      await listener.until(() => listener.digest.get(room)?.n === 2, "the digest");
      assert.ok([2, "StorageUnavailable"].includes(await posted));
      listener.close();
    }, { roomsOf: () => Promise.resolve([room]) });
  } finally {
    db.close();
  }
});
