/** What an event stream's address may name (lib/protocol/README.md §4, §5). */
import assert from "node:assert/strict";
import { withApp } from "./with_app.ts";

Deno.test("an event stream follows 16 streams at most; `me` and my own stream's full name are one", () =>
  withApp(async ({ ask, setUp }) => {
    const { cookie, id } = await setUp();
    const status = async (streams: string[]) => {
      const response = await ask(`/live/sse?v=1&streams=${streams.join(",")}`, { headers: { cookie } });
      await response.body?.cancel();
      return response.status;
    };
    const rooms = Array.from({ length: 14 }, (_, n) => `room:x${n}`);
    assert.equal(await status(["feed", "me", `user:${id}`, ...rooms]), 200);
    assert.equal(await status(["feed", "feed", ...rooms, "me", "me"]), 200);
    assert.equal(await status(["feed", "me", ...rooms, "room:y"]), 400);
    assert.equal(await status([]), 400);
  }));
