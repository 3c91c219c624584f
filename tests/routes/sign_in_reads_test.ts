/** The reads of storage that sign-ins of requests take: they stand before everybody's commits in one queue. */
import assert from "node:assert/strict";
import type { Database } from "../../lib/server/kv/database.ts";
import { withApp } from "./with_app.ts";

const REQUESTS = 64;

/** Storage that counts reads of sessions. Once told to, it has read but not answered the next one until it is let go. */
function watched() {
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let count = 0;
  let isHeld = false;
  return {
    over: (db: Database): Database => ({
      ...db,
      async get(key) {
        const entry = await db.get(key);
        if (key[0] !== "session") return entry;
        count++;
        if (isHeld) {
          isHeld = false;
          begun.resolve();
          await ended.promise;
        }
        return entry;
      },
    }),
    hold: () => void (isHeld = true),
    held: begun.promise,
    letGo: ended.resolve,
    count: () => count,
  };
}

Deno.test("requests of one session that come at once look it up a few times, not once each", async () => {
  const { over, count } = watched();
  await withApp(async ({ call, setUp }) => {
    const { cookie } = await setUp();
    const before = count();
    const answers = await Promise.all(Array.from({ length: REQUESTS }, () => call("auth.me", {}, { cookie })));
    for (const { status } of answers) assert.equal(status, 200);
    assert(count() - before <= 3, `${count() - before} reads`);
  }, { over });
});

Deno.test("a request that came after a sign-in ended is refused, though a look-up from before is under way", async () => {
  const { over, hold, held, letGo } = watched();
  await withApp(async ({ call, setUp, services: { auth } }) => {
    const { cookie } = await setUp();
    const signedIn = await auth.identify(cookie.slice(cookie.indexOf("=") + 1));
    assert(signedIn);
    hold();
    const before = call("auth.me", {}, { cookie });
    await held;
    await auth.revokeSession(signedIn.user, signedIn.session);
    const after = call("auth.me", {}, { cookie });
    letGo();
    assert.equal((await before).status, 200);
    assert.equal((await after).status, 401);
  }, { over });
});
