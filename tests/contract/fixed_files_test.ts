import assert from "node:assert/strict";
import { startServer } from "../support/server.ts";

Deno.test("the files with fixed names are served by the server as it is started, with the permissions it is given", async () => {
  const server = await startServer({ env: { LOG_LEVEL: "error" } });
  try {
    for (
      const [path, type] of [["/favicon.svg", "image/svg+xml"], [
        "/manifest.webmanifest",
        "application/manifest+json",
      ]] as const
    ) {
      const response = await fetch(server.url + path);
      await response.body?.cancel();
      assert.equal(response.status, 200, path);
      assert.ok(response.headers.get("content-type")?.startsWith(type), path);
    }
    assert.equal(server.stderr(), "");
  } finally {
    await server.stop();
  }
});
