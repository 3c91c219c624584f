import assert from "node:assert/strict";
import { withApp } from "./with_app.ts";

const UPGRADE = {
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version": "13",
};

for (const [path, headers] of [["/live/sse?v=1&streams=feed", {}], ["/live/ws?v=1", UPGRADE]] as const) {
  Deno.test(`HEAD ${path} is 404 and connects nobody`, () =>
    withApp(async ({ setUp, ask, services, origin }) => {
      const { id, cookie } = await setUp();
      const response = await ask(path, { method: "HEAD", headers: { ...headers, cookie, origin } });
      assert.deepEqual([response.status, response.body], [404, null]);
      assert.equal(services.hub.sessionsOf(id), 0);
    }));
}
