/** `deno task admin` makes an owner's recovery link, and its page lets them in again. */
import assert from "node:assert/strict";
import { ApiError, createApi, OWNER } from "../support/api.ts";
import { setUpWorkspace } from "../support/people.ts";
import { startServer } from "../support/server.ts";
import { runTask } from "../support/task.ts";

const NEW = "another horse battery";

Deno.test("an owner who lost the password sets another by the link that deno task admin makes", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "rivulet_admin_" });
  let server = await startServer({ dataDir });
  try {
    const { port, url } = server;
    const { owner } = await setUpWorkspace(url, server.token);
    const env = { DATA_DIR: dataDir, PUBLIC_URL: url };
    const beside = await runTask("admin", ["recover", "noor"], env);
    assert.equal(beside.code, 2);
    assert.match(beside.stderr, /^DATA_DIR: another process has .* open; only one may/);
    await server.stop();

    const nobody = await runTask("admin", ["recover", "nobody"], env);
    assert.deepEqual([nobody.code, nobody.stdout], [2, ""]);
    assert.match(nobody.stderr, /nobody is called @nobody/);
    const { code, stdout, stderr } = await runTask("admin", ["recover", "@Noor"], env);
    assert.equal(code, 0, stderr);
    const link = stdout.trim();
    assert.match(link, new RegExp(`^${url}/recover/[\\w-]{43}$`));

    server = await startServer({ dataDir, port });
    const post = (password: string) =>
      fetch(link, {
        method: "POST",
        headers: { origin: url },
        body: new URLSearchParams({ password }),
        redirect: "manual",
      });
    const opened = await fetch(link);
    assert.equal(opened.status, 200);
    assert.match(await opened.text(), /For @noor\. This signs you out everywhere else\./);
    const short = await post("short");
    assert.equal(short.status, 400);
    assert.match(await short.text(), /role="alert"/);
    const set = await post(NEW);
    await set.body?.cancel();
    assert.deepEqual([set.status, set.headers.get("location")], [303, "/"]);
    const cookie = set.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    assert.equal((await createApi(url, cookie).call("auth.me", {})).user.id, owner.id);
    await assert.rejects(owner.api.call("auth.me", {}), (error) => error instanceof ApiError && error.status === 401);
    for (const used of [await fetch(link), await post(NEW)]) {
      assert.equal(used.status, 410);
      assert.match(await used.text(), /This link no longer works/);
    }
    await createApi(url).signIn(OWNER.handle, NEW);
    assert.doesNotMatch(server.stdout() + server.stderr(), new RegExp(link.slice(-43)), "no log has it");
  } finally {
    await server.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
});
