import assert from "node:assert/strict";
import { inPieces } from "../../../lib/server/http/give.ts";
import { createBacklog } from "../../../lib/server/limits/backlog.ts";

const TEXT = "é".repeat(500_000); // 1,000,000 bytes

Deno.test("a long answer is backlog until all of it has been sent", async () => {
  const backlog = createBacklog();
  const completed = Promise.withResolvers<void>();
  const stream = inPieces(TEXT, { backlog, user: "eve", completed: completed.promise });
  assert.equal(backlog.of("eve"), 1_000_000);
  assert.equal(await new Response(stream).text(), TEXT);
  assert.ok(backlog.of("eve") > 0, "the runtime may hold some of it");
  completed.resolve();
  await completed.promise;
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(backlog.of("eve"), 0);
});

Deno.test("a long answer whose client goes away is no backlog any more", async () => {
  const backlog = createBacklog();
  const reader = inPieces(TEXT, { backlog, user: "eve", completed: undefined }).getReader();
  await reader.read();
  await reader.cancel();
  assert.equal(backlog.of("eve"), 0);
});

Deno.test("a long answer that is not read on is given up, and only what the runtime holds of it is backlog still", async () => {
  const backlog = createBacklog();
  const completed = Promise.withResolvers<void>();
  const stream = inPieces(TEXT, { backlog, user: "eve", completed: completed.promise, notReadingMs: 50 });
  const reader = stream.getReader();
  await reader.read();
  await assert.rejects(reader.closed, /not read/);
  assert.equal(backlog.of("eve"), 512 * 1024);
  completed.reject(new Error("the client has gone"));
  await completed.promise.catch(() => {});
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(backlog.of("eve"), 0);
});
