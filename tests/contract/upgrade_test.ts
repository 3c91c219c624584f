/** The real server on data that an earlier version left. */
import assert from "node:assert/strict";
import { readLayout2, writeClones } from "../server/kv/layout_2.ts";
import { createApi } from "../support/api.ts";
import { assertEncoded } from "../support/encoded.ts";
import { startServer } from "../support/server.ts";

Deno.test("a server that starts on data of layout 2 says so, and serves what is in it", async () => {
  const { workspace: { password, newest: { room, text } }, values } = await readLayout2();
  const dataDir = await Deno.makeTempDir();
  const file = `${dataDir}/rivulet.sqlite`;
  try {
    const before = await Deno.openKv(file);
    await writeClones(before, values);
    before.close();
    const server = await startServer({ dataDir });
    try {
      assert.match(server.stderr(), /^Storage is at layout 6: \d+ values in \d+ s$/m);
      const api = createApi(server.url);
      await api.signIn("ann", password);
      const { messages } = await api.call("messages.list", { room });
      assert.equal(messages.at(-1)?.text, text);
      const { message } = await api.call("messages.send", { room, text: "Still here", key: "k".repeat(16) });
      assert.equal(message.n, (messages.at(-1)?.n ?? 0) + 1);
    } finally {
      await server.stop();
    }
    const after = await Deno.openKv(file);
    await assertEncoded(after).finally(() => after.close());
    const again = await startServer({ dataDir });
    await again.stop();
    assert.doesNotMatch(again.stderr(), /layout/);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
