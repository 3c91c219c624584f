import assert from "node:assert/strict";
import { createOutboxStorage } from "../../lib/client/outbox_storage.ts";

Deno.test("where a browser stores nothing the outbox forgets, and never fails", async () => {
  assert.equal("indexedDB" in globalThis, false); // Deno is such a browser.
  const storage = createOutboxStorage("me");
  await storage.put({ room: "r1", key: "key-of-a-message-1", text: "text", at: 1, state: "pending" });
  await storage.remove("key-of-a-message-1");
  assert.deepEqual(await storage.load(), []);
});
