import assert from "node:assert/strict";
import { argon2id, argon2Verify } from "hash-wasm";
import { createHashWorker, type HashWorker } from "../../../lib/server/auth/hash_worker.ts";
import { refused } from "./refused.ts";

const SALT = new TextEncoder().encode("sixteen bytes ok");
const FRAIL = new URL("./frail_worker.ts", import.meta.url);
const HANG_MS = 2_000; // for a worker that hangs; a hash of so little takes 10 ms, and its worker begins in 500

/** Whether `it` knows a hash of the password, which another implementation made with little work. */
const verify = async (it: HashWorker, password: string) => (await it.argon2id(password, await cheap(password))).fits;

async function withWorker(entry: URL, body: (it: HashWorker) => Promise<void>, deadlineMs?: number): Promise<void> {
  const it = createHashWorker({ entry, ...(deadlineMs !== undefined && { deadlineMs }) });
  try {
    await body(it);
  } finally {
    it.close();
  }
}

async function cheap(password: string): Promise<string> {
  const [memorySize, iterations] = [1024, 2];
  return await argon2id({
    password,
    salt: SALT,
    memorySize,
    iterations,
    parallelism: 1,
    hashLength: 32,
    outputType: "encoded",
  });
}

Deno.test("in a worker it makes hashes that another implementation knows, and knows those of the other one", () =>
  withWorker(new URL("../../../lib/server/auth/argon2_worker.ts", import.meta.url), async (it) => {
    for (const password of ["correct horse", "pä 🐎", "x"]) {
      const { phc } = await it.argon2id(password);
      assert.ok(await argon2Verify({ password, hash: phc }));
      assert.deepEqual(await it.argon2id(password, phc), { phc, fits: true, stale: false });
      assert.ok(await verify(it, password));
      assert.deepEqual(await it.argon2id(`${password}!`, phc), { phc, fits: false, stale: false });
    }
    assert.equal((await it.argon2id("")).phc.length, 97);
  }));

Deno.test("a worker that dies is replaced; what kills it twice is refused", () =>
  withWorker(FRAIL, async (it) => {
    await verify(it, "before");
    await assert.rejects(verify(it, "die"), refused("unavailable"));
    assert.ok(await verify(it, "after"));
  }));

Deno.test("a worker that hangs is replaced", () =>
  withWorker(FRAIL, async (it) => {
    await assert.rejects(verify(it, "hang"), refused("unavailable"));
    assert.ok(await verify(it, "after"));
  }, HANG_MS));

Deno.test("a worker without a hash ends after a while, and the next hash begins another", async () => {
  const { terminate } = Worker.prototype;
  const ended = Promise.withResolvers<void>();
  Worker.prototype.terminate = function () {
    terminate.call(this);
    ended.resolve();
  };
  const it = createHashWorker({ entry: FRAIL, idleMs: 1 });
  try {
    await verify(it, "before");
    await ended.promise;
    assert.ok(await verify(it, "after"));
  } finally {
    it.close();
    Worker.prototype.terminate = terminate;
  }
});

Deno.test("where no worker can be had, hashes are made on this thread", () =>
  withWorker(new URL("./no_such_worker.ts", import.meta.url), async (it) => {
    assert.ok(await verify(it, "correct horse"));
  }));

Deno.test("close() refuses the hash under way, and those that come", async () => {
  const it = createHashWorker({ entry: FRAIL });
  await verify(it, "before");
  const underWay = verify(it, "hang");
  it.close();
  await assert.rejects(underWay, refused("unavailable"));
  await assert.rejects(verify(it, "after"), refused("unavailable"));
});
