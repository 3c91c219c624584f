/** Hashing passwords in the real server, started with the permissions of `deno task start`. */
import assert from "node:assert/strict";
import { isMemorySeen, residentOf } from "../faults/memory.ts";
import { createApi } from "../support/api.ts";
import { setUpWorkspace } from "../support/people.ts";
import { startServer } from "../support/server.ts";

const SIGN_INS = 50;
const GROWTH_MAX = 60e6; // bytes: the runtime's own Argon2id keeps 19 MB of each
const END_MAX_MS = 5_000;

Deno.test(
  "signing in, rightly or wrongly, leaves no memory behind, and hashes in a worker",
  { ignore: !isMemorySeen },
  async () => {
    const server = await startServer({ env: { LIMITS: "off" } });
    try {
      await setUpWorkspace(server.url, server.token);
      const before = await residentOf(server.pid);
      const statuses = new Set<number>();
      for (let n = 0; n < SIGN_INS; n++) {
        const password = n % 2 ? "wrong horse battery" : "correct horse battery";
        const response = await createApi(server.url).post("auth.signIn", { handle: "noor", password });
        await response.body?.cancel();
        statuses.add(response.status);
      }
      assert.deepEqual([...statuses].sort(), [200, 401]);
      const grown = await residentOf(server.pid) - before;
      assert.ok(grown <= GROWTH_MAX, `grown by ${grown} bytes`);
      assert.doesNotMatch(server.stderr(), /main thread|worker/i);
    } finally {
      await server.stop();
    }
  },
);

Deno.test("SIGTERM ends the process within 5 s while a hundred passwords wait to be looked at", async () => {
  const server = await startServer();
  try {
    await setUpWorkspace(server.url, server.token);
    const tries = Array.from(
      { length: 101 },
      (_, n) =>
        createApi(server.url).post("auth.signIn", { handle: `h${n}`, password: "wrong horse battery" }).then(
          async (response) => {
            await response.body?.cancel();
            return response.status;
          },
          () => undefined, // cut off
        ),
    );
    await Promise.race(tries); // they are under way
    const told = performance.now();
    const { code } = await server.kill("SIGTERM");
    assert.ok(performance.now() - told < END_MAX_MS);
    assert.equal(code, 0);
    assert.ok((await Promise.all(tries)).includes(503), "those who wait are told");
  } finally {
    await server.stop();
  }
});
