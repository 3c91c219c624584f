/** `deno task doctor` says what is wrong, and its status tells whether anything is. */
import assert from "node:assert/strict";
import { encode } from "../../lib/server/kv/codec.ts";
import { keys } from "../../lib/server/kv/keys.ts";
import { LAYOUT, RESTORING } from "../../lib/server/kv/layout.ts";
import { readConfig } from "../../lib/server/config.ts";
import {
  checkDataDir,
  checkPublicUrl,
  checkSettings,
  checkVersions,
  type Finding,
} from "../../lib/server/operate/checks.ts";
import deno from "../../deno.json" with { type: "json" };
import { freePort, startServer } from "../support/server.ts";
import { runTask } from "../support/task.ts";

const TOKEN = "an-access-token-of-ours";
const DAY_MS = 86_400_000;

const said = (found: Finding[]) => found.map(({ how, text }) => `${how} ${text}`).join("\n");

Deno.test("doctor finds a server that runs well, beside it and without touching it", async () => {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer({ port, env: { PUBLIC_URL: url } });
  try {
    await Deno.chmod(server.dataDir, 0o700);
    const { code, stdout } = await runTask("doctor", [], { DATA_DIR: server.dataDir, PUBLIC_URL: url });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^ok {4}DATA_DIR: the database can be read$/m);
    assert.match(stdout, new RegExp(`^ok {4}PUBLIC_URL: ${url} answers$`, "m"));
    assert.doesNotMatch(stdout, /^wrong/m);
    assert.match(said(await checkPublicUrl(url, "0.0.0", () => Date.now() - DAY_MS)), /not 0\.0\.0\nmind The clock/);

    await Deno.chmod(server.dataDir, 0o755);
    assert.match(said(await checkDataDir(server.dataDir, Date.now())), /mind DATA_DIR: others on this machine/);
    assert.match(said(await checkDataDir(server.dataDir, Date.now() - DAY_MS)), /wrong The clock is wrong/);
    assert.deepEqual(
      (await Array.fromAsync(Deno.readDir(server.dataDir))).filter(({ name }) => /doctor/.test(name)),
      [],
    );
  } finally {
    await server.stop();
  }
});

Deno.test("doctor's status is 1 where something is wrong, 2 where a setting is, and it shows no secret", async () => {
  const port = freePort();
  const kv = { KV_URL: `http://127.0.0.1:${port}`, KV_TOKEN: TOKEN, PUBLIC_URL: `http://127.0.0.1:${port}` };
  const away = await runTask("doctor", [], kv);
  assert.equal(away.code, 1, away.stdout);
  assert.match(away.stdout, /^wrong KV_URL: cannot reach 127\.0\.0\.1/m);
  assert.match(away.stdout, /^wrong PUBLIC_URL: .* does not answer/m);
  assert.doesNotMatch(away.stdout + away.stderr, new RegExp(TOKEN));
  const setting = await runTask("doctor", [], { PORT: "none" });
  assert.equal(setting.code, 2);
  assert.match(setting.stderr, /^PORT must be/);
});

Deno.test("doctor says which settings do not fit, and what is too old or missing", () => {
  const of = (env: Record<string, string>) => said(checkSettings(readConfig(env)));
  assert.match(of({ PUBLIC_URL: "http://chat.example" }), /mind .*plain http/);
  assert.match(of({ PUBLIC_URL: "https://chat.example" }), /mind TRUST_PROXY is unset/);
  assert.match(of({ PUBLIC_URL: "https://chat.example", TRUST_PROXY: "0.0.0.0/0" }), /wrong TRUST_PROXY trusts every/);
  assert.match(of({ LIMITS: "off" }), /wrong LIMITS is off/);
  assert.equal(of({ PUBLIC_URL: "https://chat.example", TRUST_PROXY: "10.0.0.1" }), "ok The settings fit together");
  assert.match(
    said(checkVersions(deno.version, "2.4.9", false)),
    /wrong Deno 2\.4\.9.*\nwrong The pages are not built/,
  );
  assert.doesNotMatch(said(checkVersions(deno.version, "2.10.0", true)), /wrong/);
});

Deno.test("doctor finds a folder that is none, one that is not there, and a database of another program", async () => {
  const dir = await Deno.makeTempDir({ prefix: "rivulet_doctor_" });
  try {
    const now = Date.now();
    assert.match(said(await checkDataDir(`${dir}/none`, now)), /^mind .*the first start makes it$/);
    await Deno.writeTextFile(`${dir}/file`, "");
    assert.match(said(await checkDataDir(`${dir}/file`, now)), /^wrong .* is no folder$/);
    await Deno.writeTextFile(`${dir}/rivulet.sqlite`, "no database, whatever its name says");
    assert.match(said(await checkDataDir(dir, now)), /wrong DATA_DIR: .*rivulet\.sqlite cannot be read/);

    for (
      const [layout, says] of [
        [RESTORING, "wrong DATA_DIR: a restore was not finished"],
        [LAYOUT - 1, "mind DATA_DIR: an older"],
        [LAYOUT, "ok DATA_DIR: the database can be read"],
        [LAYOUT + 1, "wrong DATA_DIR: a newer"],
      ] as const
    ) {
      await Deno.remove(`${dir}/rivulet.sqlite`);
      const kv = await Deno.openKv(`${dir}/rivulet.sqlite`);
      await kv.set(keys.format(), encode(layout));
      kv.close();
      assert.match(said(await checkDataDir(dir, Date.now())), new RegExp(says));
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
