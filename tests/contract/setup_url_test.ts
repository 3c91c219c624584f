import assert from "node:assert/strict";
import { startServer } from "../support/server.ts";

Deno.test("the first-run URL holds SETUP_TOKEN whole, whatever is in it", async () => {
  const token = "a b&c#d+e";
  const server = await startServer({ env: { LOG_LEVEL: "error", SETUP_TOKEN: token } });
  try {
    const url = /http:\S+.*/.exec(server.stdout())?.[0] ?? "";
    assert.equal(new URL(url).searchParams.get("token"), token);
  } finally {
    await server.stop();
  }
});
