/** Hashing passwords in the real server, started with the permissions of `deno task start`. */
import assert from "node:assert/strict";
import { isMemorySeen, residentOf } from "../faults/memory.ts";
import { createApi } from "../support/api.ts";
import { setUpWorkspace } from "../support/people.ts";
import { startServer } from "../support/server.ts";

const SIGN_INS = 50;
const GROWTH_MAX = 60e6; // bytes: the runtime's own Argon2id keeps 19 MB of each
const WAIT_MAX_MS = 5_000;
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

Deno.test("590 tries at once from one address don't make another wait for over 5 s", async () => {
  const server = await startServer({ env: { TRUST_PROXY: "127.0.0.1" } });
  try {
    await setUpWorkspace(server.url, server.token);
    const signIn = async (handle: string, password: string, address: string) => {
      const headers = { "x-forwarded-for": address };
      const response = await createApi(server.url).post("auth.signIn", { handle, password }, headers);
      await response.body?.cancel();
      return response.status;
    };
    const flood = Array.from({ length: 590 }, (_, n) => signIn(`h${n}`, "wrong horse battery", "203.0.113.9"));
    await Promise.race(flood);
    const began = performance.now();
    assert.equal(await signIn("noor", "correct horse battery", "198.51.100.7"), 200);
    assert.ok(performance.now() - began < WAIT_MAX_MS);
    const tried = (await Promise.all(flood)).filter((status) => status === 401).length;
    assert.ok(tried <= 100, `${tried} were looked at`);
  } finally {
    await server.stop();
  }
});

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
    const stoppedAt = performance.now();
    const { code } = await server.kill("SIGTERM");
    assert.ok(performance.now() - stoppedAt < END_MAX_MS);
    assert.equal(code, 0);
    assert.ok((await Promise.all(tries)).includes(503), "those who wait are told");
  } finally {
    await server.stop();
  }
});
