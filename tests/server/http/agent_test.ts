/** What of a User-Agent is kept, to be shown among one's devices. */
import assert from "node:assert/strict";
import { Hono } from "hono";
import { type Env, toCall } from "../../../lib/server/http/env.ts";

Deno.test("a device's User-Agent is kept as printable ASCII, cut", async () => {
  const app = new Hono<Env>().get("/", (c) => {
    c.set("origin", "http://localhost");
    return c.text(toCall(c).agent);
  });
  const agent = async (text: string) => await (await app.request("/", { headers: { "user-agent": text } })).text();
  assert.equal(await agent("Mozilla/5.0 (X11; Linux) Firefox/140.0"), "Mozilla/5.0 (X11; Linux) Firefox/140.0");
  assert.equal(await agent("\u0085a\u00adb\u00a0\t\u009bc\u00ff"), "abc");
  assert.equal((await agent("x".repeat(500))).length, 200);
});
