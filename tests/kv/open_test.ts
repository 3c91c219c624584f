import assert from "node:assert/strict";
import { openDatabase } from "../../lib/kv/open.ts";

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
