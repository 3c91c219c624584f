import assert from "node:assert/strict";
import { createHashWorker, type HashWorker } from "../../../lib/server/auth/hash_worker.ts";
import { refused } from "./refused.ts";

const COST = { memory: 1024, passes: 2 };
const SALT = new TextEncoder().encode("sixteen bytes ok");
const FRAIL = new URL("./frail_worker.ts", import.meta.url);
const HANG_MS = 2_000; // for a worker that hangs; a hash of so little takes 10 ms, and its worker begins in 500

const derive = (it: HashWorker, password: string) => it.derive(password, SALT, COST, 32);

async function withWorker(entry: URL, body: (it: HashWorker) => Promise<void>, deadlineMs?: number): Promise<void> {
  const it = createHashWorker({ entry, ...(deadlineMs !== undefined && { deadlineMs }) });
  try {
    await body(it);
  } finally {
    it.close();
  }
}

async function expected(password: string): Promise<Uint8Array> {
  const { argon2id } = await import("hash-wasm");
  return await argon2id({
    password,
    salt: SALT,
    memorySize: COST.memory,
    iterations: COST.passes,
    parallelism: 1,
    hashLength: 32,
    outputType: "binary",
  });
}

Deno.test("derive() gives in a worker what another implementation gives", () =>
  withWorker(new URL("../../../lib/server/auth/argon2_worker.ts", import.meta.url), async (it) => {
    for (const password of ["correct horse", "pä 🐎", "x"]) {
      assert.deepEqual(await derive(it, password), await expected(password));
    }
    assert.equal((await derive(it, "")).length, 32);
  }));

Deno.test("a worker that dies is replaced; what kills it twice is refused", () =>
  withWorker(FRAIL, async (it) => {
    await derive(it, "before");
    await assert.rejects(derive(it, "die"), refused("unavailable"));
    assert.deepEqual(await derive(it, "after"), await expected("after"));
  }));

Deno.test("a worker that hangs is replaced", () =>
  withWorker(FRAIL, async (it) => {
    await assert.rejects(derive(it, "hang"), refused("unavailable"));
    assert.deepEqual(await derive(it, "after"), await expected("after"));
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
    await derive(it, "before");
    await ended.promise;
    assert.deepEqual(await derive(it, "after"), await expected("after"));
  } finally {
    it.close();
    Worker.prototype.terminate = terminate;
  }
});

Deno.test("where no worker can be had, hashes are made on this thread", () =>
  withWorker(new URL("./no_such_worker.ts", import.meta.url), async (it) => {
    assert.deepEqual(await derive(it, "correct horse"), await expected("correct horse"));
  }));

Deno.test("close() refuses the hash under way, and those that come", async () => {
  const it = createHashWorker({ entry: FRAIL });
  await derive(it, "before");
  const underWay = derive(it, "hang");
  it.close();
  await assert.rejects(underWay, refused("unavailable"));
  await assert.rejects(derive(it, "after"), refused("unavailable"));
});
