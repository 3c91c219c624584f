/** Starts that cannot be, on the real process: status not 0, one line, the right setting, no stack, no secret. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { cpuSeconds } from "../bench/processes.ts";
import { isMemorySeen, NOISE_BYTES, residentOf } from "../faults/memory.ts";
import { freePort, startServer } from "../support/server.ts";
import { assertOneLine, failedStart } from "./failed_start.ts";

const PAGE_BYTES = 4_096; // of SQLite
const ROOT = new URL("../../", import.meta.url);
const ANSWER_MS = 10_000;
const CALM_MS = 2_000; // over which it is measured what an idle server does
const CALM_SHARE = 0.2; // of a core

/** A folder of its own, thrown away after `use`. */
async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rivulet_start_" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Copies of the data folder that `source` is, one for each `use`, with the database in it. */
function copiesOf(source: string) {
  return (use: (dataDir: string, file: string) => Promise<void>) =>
    withFolder(async (dataDir) => {
      for await (const { name } of Deno.readDir(source)) await Deno.copyFile(`${source}/${name}`, `${dataDir}/${name}`);
      await use(dataDir, `${dataDir}/rivulet.sqlite`);
    });
}

/** Makes the database large enough that its tables are trees of many pages. */
async function fill(file: string): Promise<void> {
  const kv = await Deno.openKv(file);
  for (let at = 0; at < 20; at++) {
    const atomic = kv.atomic();
    for (let one = 0; one < 100; one++) atomic.set(["filler", at, one], new Uint8Array(400));
    await atomic.commit();
  }
  kv.close();
}

async function zero(file: string, first: number, pages: number): Promise<void> {
  const open = await Deno.open(file, { write: true });
  await open.seek(first * PAGE_BYTES, Deno.SeekMode.Start);
  await open.write(new Uint8Array(pages * PAGE_BYTES));
  open.close();
}

const damages: [what: string, damage: (file: string) => Promise<void>][] = [
  ["cut in half", async (file) => await Deno.truncate(file, (await Deno.stat(file)).size / 2)],
  ["cut at an odd byte", async (file) => await Deno.truncate(file, (await Deno.stat(file)).size - 777)],
  ["with its first page zeroed", (file) => zero(file, 0, 1)],
  ["with KV's own small tables zeroed", (file) => zero(file, 2, 8)],
  ["with pages zeroed in the middle", (file) => zero(file, 60, 20)],
  ["with another kind of file in its place", (file) => Deno.writeTextFile(file, "not a database\n".repeat(999))],
];

Deno.test("a damaged database ends the start with one line that names DATA_DIR", (t) =>
  withFolder(async (whole) => {
    const server = await startServer({ dataDir: whole });
    await server.stop();
    await fill(`${whole}/rivulet.sqlite`);
    const withCopy = copiesOf(whole);
    for (const [what, damage] of damages) {
      await t.step(what, () =>
        withCopy(async (dataDir, file) => {
          await damage(file);
          assertOneLine(await failedStart({ dataDir }), "DATA_DIR");
        }));
    }
    await t.step("of a layout that is not known", () =>
      withCopy(async (dataDir, file) => {
        const kv = await Deno.openKv(file);
        await kv.set(["format"], 1_000_000);
        kv.close();
        assertOneLine(await failedStart({ dataDir }), "DATA_DIR");
      }));
    for (const table of ["kv", "queue"]) {
      await t.step(`without KV's table ${table}`, () =>
        withCopy(async (dataDir, file) => {
          const sqlite = new DatabaseSync(file);
          sqlite.exec(`DROP TABLE ${table}`);
          sqlite.close();
          assertOneLine(await failedStart({ dataDir }), "DATA_DIR");
        }));
    }
    await t.step("and a copy that nothing was done to starts", () =>
      withCopy(async (dataDir) => {
        const good = await startServer({ dataDir });
        await good.stop();
      }));
  }));

Deno.test("a database of another program ends with a line, and stays as it is", () =>
  withFolder(async (dataDir) => {
    const file = `${dataDir}/rivulet.sqlite`;
    const theirs = new DatabaseSync(file);
    theirs.exec("CREATE TABLE notes (text TEXT)");
    theirs.close();
    const before = await Deno.readFile(file);
    const ended = await failedStart({ dataDir });
    assertOneLine(ended, "DATA_DIR");
    assert.match(ended.lines[0] ?? "", /another program/);
    assert.deepEqual(await Deno.readFile(file), before);
  }));

Deno.test("a second process on one DATA_DIR ends with a line, and the first goes on", async () => {
  const first = await startServer();
  try {
    assertOneLine(await failedStart({ dataDir: first.dataDir }), "DATA_DIR");
    const { status, body } = await fetch(`${first.url}/healthz`);
    await body?.cancel();
    assert.equal(status, 200);
    assert.equal((await first.kill("SIGKILL")).code, 137);
    const next = await startServer({ dataDir: first.dataDir }); // a lock that outlived its process would stop it
    await next.stop();
  } finally {
    await first.stop();
  }
});

const TOKEN = "a-token-that-nobody-may-read";
const metadata = {
  version: 3,
  databaseId: "not-a-uuid",
  endpoints: [{ url: "/v2", consistency: "strong" }],
  token: TOKEN,
  expiresAt: "2100-01-01T00:00:00Z",
};
const answers: [what: string, setting: string, status: number, body: unknown][] = [
  ["that has another protocol", "KV_URL", 501, "Not implemented"],
  ["that refuses the token", "KV_TOKEN", 401, `no such token: ${TOKEN}`],
  ["that forbids", "KV_TOKEN", 403, ""],
  ["that has no such database", "KV_URL", 404, "nothing"],
  ["that limits", "KV_URL", 429, "slow down"],
  ["that answers HTML", "KV_URL", 200, "<html>"],
  ["whose metadata the client refuses", "KV_URL", 200, metadata],
  ["of an older protocol", "KV_URL", 200, { ...metadata, version: 1 }],
];

Deno.test("a KV server that is none ends the start with one line, without what it said", async (t) => {
  for (const [what, setting, status, body] of answers) {
    await t.step(what, async () => {
      const server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        () => typeof body === "string" ? new Response(body, { status }) : Response.json(body, { status }),
      );
      const env = { KV_URL: `http://me:${TOKEN}@127.0.0.1:${server.addr.port}`, KV_TOKEN: TOKEN };
      try {
        const failed = await failedStart({ env });
        assertOneLine(failed, `^${setting}: `);
        assert.doesNotMatch(failed.lines.join("\n"), new RegExp(TOKEN));
      } finally {
        await server.shutdown();
      }
    });
  }
  await t.step("where nobody listens", async () => {
    const env = { KV_URL: `http://127.0.0.1:${freePort()}`, KV_TOKEN: TOKEN };
    assertOneLine(await failedStart({ env }), "^KV_URL: ");
  });
  await t.step("whose name is not known", async () => {
    const failed = await failedStart({ env: { KV_URL: `http://nobody.invalid/?k=${TOKEN}`, KV_TOKEN: "another" } });
    assertOneLine(failed, "^KV_URL: ");
    assert.doesNotMatch(failed.lines.join("\n"), new RegExp(TOKEN));
  });
});

Deno.test("SIGTERM drains from the moment that the address is said", async () => {
  for (let round = 0; round < 3; round++) {
    const server = await startServer();
    try {
      assert.equal((await server.kill("SIGTERM")).code, 0);
    } finally {
      await server.stop();
    }
  }
});

Deno.test({
  name: "a server goes on when nobody reads its log any more, and does nothing about it",
  ignore: !isMemorySeen,
  async fn() {
    const server = await startServer();
    try {
      /** Each request is a line of the log. */
      const ask = async () => {
        for (let asked = 0; asked < 100; asked++) {
          const { status, body } = await fetch(`${server.url}/favicon.svg`, { signal: AbortSignal.timeout(ANSWER_MS) });
          await body?.cancel();
          assert.equal(status, 200);
        }
      };
      // What a server loads after its start is there once a password was hashed.
      const body = JSON.stringify({ handle: "nobody", password: "wrong but long enough" });
      const headers = { "content-type": "application/json", origin: server.url };
      const tried = await fetch(`${server.url}/api/auth.signIn`, { method: "POST", headers, body });
      assert.equal(tried.status, 401, await tried.text());
      await ask();
      await server.stopReading();
      await ask();
      const [bytes, seconds] = [await residentOf(server.pid), await cpuSeconds(server.pid)];
      await delay(CALM_MS);
      const spent = await cpuSeconds(server.pid) - seconds;
      assert.ok(spent < CALM_MS / 1_000 * CALM_SHARE, `${spent} s of a core in ${CALM_MS} ms`);
      await ask();
      assert.ok(await residentOf(server.pid) - bytes < NOISE_BYTES);
      assert.equal((await server.kill("SIGTERM")).code, 0);
    } finally {
      await server.stop();
    }
  },
});

Deno.test("DENO_DEPLOYMENT_ID is no sign of Deno Deploy: data lies in DATA_DIR", async () => {
  const server = await startServer({ env: { DENO_DEPLOYMENT_ID: "7f3a" } });
  try {
    assert((await Deno.stat(`${server.dataDir}/rivulet.sqlite`)).size > 0);
  } finally {
    await server.stop();
  }
});

Deno.test("on Deno Deploy, storage that would be thrown away is refused", async () => {
  assertOneLine(await failedStart({ env: { DENO_DEPLOY: "1" } }), "database is assigned");
});

Deno.test("without a build that can be read there is no server", async () => {
  const copy = await Deno.makeTempDir({ prefix: "rivulet_copy_" });
  try {
    for (const name of ["main.ts", "deno.json", "deno.lock", "lib", "routes", "islands"]) {
      assert((await new Deno.Command("cp", { args: ["-r", `${ROOT.pathname}${name}`, copy] }).output()).success);
    }
    await Deno.symlink(`${ROOT.pathname}node_modules`, `${copy}/node_modules`);
    const assertNoStart = async (line: RegExp) => {
      const command = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--cached-only", "--frozen", "main.ts"],
        cwd: copy,
        env: { PORT: String(freePort()), DATA_DIR: `${copy}/data`, NO_COLOR: "1" },
      });
      const { code, stdout, stderr } = await command.output();
      assert.match(new TextDecoder().decode(stderr).trimEnd(), line);
      assert.notEqual(code, 0);
      assert.equal(new TextDecoder().decode(stdout), "");
    };
    await assertNoStart(/^Cannot start: .*not built.*deno task build$/);
    await Deno.mkdir(`${copy}/static/build/manifest.json`, { recursive: true });
    await assertNoStart(/^Cannot start: Is a directory.*$/);
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
});
