import assert from "node:assert/strict";
import { inPieces } from "../../../lib/server/http/give.ts";
import { createOwed } from "../../../lib/server/limits/owed.ts";

const TEXT = "é".repeat(500_000); // 1,000,000 bytes

Deno.test("a long answer is owed until all of it has been sent", async () => {
  const owed = createOwed();
  const completed = Promise.withResolvers<void>();
  const stream = inPieces(TEXT, { owed, user: "eve", completed: completed.promise });
  assert.equal(owed.of("eve"), 1_000_000);
  assert.equal(await new Response(stream).text(), TEXT);
  assert.ok(owed.of("eve") > 0, "the runtime may hold some of it");
  completed.resolve();
  await completed.promise;
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(owed.of("eve"), 0);
});

Deno.test("a long answer whose client goes away is owed no more", async () => {
  const owed = createOwed();
  const reader = inPieces(TEXT, { owed, user: "eve", completed: undefined }).getReader();
  await reader.read();
  await reader.cancel();
  assert.equal(owed.of("eve"), 0);
});

Deno.test("a long answer that is not read on is given up, and only what the runtime holds of it is owed still", async () => {
  const owed = createOwed();
  const completed = Promise.withResolvers<void>();
  const stream = inPieces(TEXT, { owed, user: "eve", completed: completed.promise, notReadingMs: 50 });
  const reader = stream.getReader();
  await reader.read();
  await assert.rejects(reader.closed, /not read/);
  assert.equal(owed.of("eve"), 512 * 1024);
  completed.reject(new Error("the client has gone"));
  await completed.promise.catch(() => {});
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(owed.of("eve"), 0);
});
