import assert from "node:assert/strict";
import { CannotOpen } from "../../../lib/server/kv/cannot_open.ts";
import { openDatabase } from "../../../lib/server/kv/open.ts";

Deno.test("KV Connect is asked with KV_TOKEN, and with nothing else of the environment", async () => {
  const asked = Promise.withResolvers<string | null>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    asked.resolve(request.headers.get("authorization"));
    return new Response("no", { status: 403 }); // what it is told then is none of this test's business
  });
  try {
    const url = `http://127.0.0.1:${server.addr.port}/`;
    const opened = await openDatabase({ dataDir: "", kv: { url, token: "a-token-of-32-letters-and-digits" } })
      .catch((error: unknown) => error);
    if (opened instanceof Error) asked.reject(opened);
    assert.equal(await asked.promise, "Bearer a-token-of-32-letters-and-digits");
  } finally {
    await server.shutdown();
  }
});

Deno.test("a KV server that accepts and never answers is given up at the deadline, KV_URL named", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = Array.fromAsync(listener, (connection) => connection);
  const kv = { url: `http://127.0.0.1:${listener.addr.port}/`, token: "a-token-of-32-letters-and-digits" };
  try {
    await assert.rejects(openDatabase({ dataDir: "", kv, deadlineMs: 300 }), (error) => {
      assert(error instanceof CannotOpen);
      assert.equal(`${error.setting}: ${error.message}`, "KV_URL: storage did not answer within 0.3 s");
      return true;
    });
  } finally {
    listener.close();
    for (const connection of await accepted) connection.close();
  }
});

Deno.test("a KV server whose metadata comes and whose data doesn't is given up too", async () => {
  const held = Promise.withResolvers<Response>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    if (new URL(request.url).pathname !== "/") return held.promise;
    return Response.json({
      version: 3,
      databaseId: "00000000-0000-4000-8000-000000000000",
      endpoints: [{ url: "/v2", consistency: "strong" }],
      token: "a-token-of-32-letters-and-digits",
      expiresAt: "2100-01-01T00:00:00Z",
    });
  });
  const kv = { url: `http://127.0.0.1:${server.addr.port}/`, token: "a-token-of-32-letters-and-digits" };
  try {
    await assert.rejects(openDatabase({ dataDir: "", kv, deadlineMs: 300 }), { setting: "KV_URL" });
  } finally {
    held.resolve(new Response("gone", { status: 400 }));
    await server.shutdown();
  }
});
