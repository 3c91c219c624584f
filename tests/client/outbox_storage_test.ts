import assert from "node:assert/strict";
import { openOutbox } from "../../lib/client/stores/outbox_database.ts";
import { createOutboxStorage, type Outgoing } from "../../lib/client/stores/outbox_storage.ts";

const one: Outgoing = { room: "r1", key: "key-of-a-message-1", text: "text", at: 1, state: "pending" };

Deno.test("where a browser stores nothing the outbox forgets, and never fails", async () => {
  assert.equal("indexedDB" in globalThis, false); // Deno is such a browser.
  const storage = createOutboxStorage(() => Promise.resolve().then(() => openOutbox("me")));
  await storage.put(one);
  await storage.remove("key-of-a-message-1");
  assert.deepEqual(await storage.load(), []);
});

Deno.test("a library that did not come is asked for again by what is stored next", async () => {
  let asked = 0;
  const storage = createOutboxStorage(() => {
    asked++;
    return Promise.reject(new Error("no network"));
  });
  await Promise.all([storage.load(), storage.put(one)]);
  assert.equal(asked, 1);
  await storage.put(one);
  assert.equal(asked, 2);
});
