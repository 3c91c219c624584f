import assert from "node:assert/strict";
import { ConfigError, readConfig, SETTINGS } from "../../lib/server/config.ts";
import deno from "../../deno.json" with { type: "json" };

Deno.test("readConfig() of nothing gives the defaults, and an empty value counts as unset", () => {
  const defaults = {
    host: "0.0.0.0",
    port: 8000,
    dataDir: "./data",
    trustProxy: [],
    logLevel: "info",
    logFormat: "text",
    limits: true,
    deploy: false,
  };
  assert.deepEqual(readConfig({}), defaults);
  const names = ["HOST", "PORT", "DATA_DIR", "PUBLIC_URL", "TRUST_PROXY", "KV_URL", "KV_TOKEN", "SETUP_TOKEN"];
  for (const empty of ["", " "]) {
    const env = Object.fromEntries(
      [...names, "LOG_LEVEL", "LOG_FORMAT", "METRICS_TOKEN", "LIMITS"].map((name) => [name, empty]),
    );
    assert.deepEqual(readConfig(env), defaults);
  }
});

Deno.test("readConfig() takes every setting", () => {
  const config = readConfig({
    HOST: "::1",
    PORT: "0",
    DATA_DIR: "/srv/rivulet",
    PUBLIC_URL: "https://chat.example/",
    TRUST_PROXY: "10.0.0.0/8, ::1 ,fd00::/8",
    KV_URL: "http://127.0.0.1:4512",
    KV_TOKEN: "secret",
    SETUP_TOKEN: "first",
    LOG_LEVEL: "debug",
    LOG_FORMAT: "json",
    METRICS_TOKEN: "metrics-token-of-16",
    LIMITS: "off",
  });
  assert.deepEqual(config, {
    host: "::1",
    port: 0,
    dataDir: "/srv/rivulet",
    publicUrl: "https://chat.example",
    trustProxy: ["10.0.0.0/8", "::1", "fd00::/8"],
    kv: { url: "http://127.0.0.1:4512", token: "secret" },
    setupToken: "first",
    logLevel: "debug",
    logFormat: "json",
    metricsToken: "metrics-token-of-16",
    limits: false,
    deploy: false,
  });
});

const bad: [name: string, env: Record<string, string>][] = [
  ...["x", "-1", "65536", "80.5", "1e3", "0x50"].map((PORT): [string, Record<string, string>] => ["PORT", { PORT }]),
  ...["no host", "a/b", "http://x"].map((HOST): [string, Record<string, string>] => ["HOST", { HOST }]),
  ...[
    "chat.example",
    "ftp://chat.example",
    "https://chat.example/path",
    "https://chat.example?",
    "https://u@x",
    "https://",
  ]
    .map((PUBLIC_URL): [string, Record<string, string>] => ["PUBLIC_URL", { PUBLIC_URL }]),
  ...["localhost", "10.0.0.0/33", "::/129", "10.0.0", "10.0.0.1/", "1.2.3.4/8/8", "*", "fe80::1%eth0"]
    .map((TRUST_PROXY): [string, Record<string, string>] => ["TRUST_PROXY", { TRUST_PROXY }]),
  ["KV_URL", { KV_URL: "127.0.0.1:4512", KV_TOKEN: "x" }],
  ["KV_URL", { KV_TOKEN: "x" }],
  ["KV_TOKEN", { KV_URL: "http://127.0.0.1:4512" }],
  ["KV_TOKEN", { KV_URL: "http://127.0.0.1:4512", KV_TOKEN: "clé" }],
  ["KV_TOKEN", { KV_URL: "http://127.0.0.1:4512", KV_TOKEN: "two\nlines" }],
  ["PUBLIC_URL", { PUBLIC_URL: "https://ann:hunter2@chat.example" }],
  ["SETUP_TOKEN", { SETUP_TOKEN: "x".repeat(201) }],
  ["LOG_LEVEL", { LOG_LEVEL: "INFO" }],
  ["LOG_FORMAT", { LOG_FORMAT: "JSON" }],
  ["METRICS_TOKEN", { METRICS_TOKEN: "only-15-letters" }],
  ["METRICS_TOKEN", { METRICS_TOKEN: "sixteen letters, and spaces" }],
  ["LIMITS", { LIMITS: "on" }],
  ["DATA_DIR", { DATA_DIR: "a\0b" }],
  ["DATA_DIR", { DATA_DIR: "a,b" }],
];

for (const [name, env] of bad) {
  Deno.test(`readConfig() refuses ${JSON.stringify(env).slice(0, 80)} in one line that names ${name}`, () => {
    assert.throws(() => readConfig(env), (error) => {
      assert(error instanceof ConfigError);
      assert.match(error.message, new RegExp(`^${name} [^\\n]+$`));
      return true;
    });
  });
}

Deno.test("readConfig() names a bad value on one line and no secret", () => {
  assert.throws(() => readConfig({ PORT: "1\n2" }), { message: 'PORT must be a number from 0 to 65535, not "1\\n2"' });
  assert.throws(() => readConfig({ SETUP_TOKEN: "s".repeat(201) }), (error) => !String(error).includes("sss"));
  assert.throws(() => readConfig({ METRICS_TOKEN: "too-short" }), (error) => !String(error).includes("too-short"));
  const secret = ["https://ann:hunter2@chat.example", "ftp://ann:hunter2@chat.example", "https://ann:hunter2@x:99999"];
  for (const PUBLIC_URL of [...secret, "ann:hunter2@chat.example", "https://chat.example/welcome?token=hunter2"]) {
    assert.throws(() => readConfig({ PUBLIC_URL }), (error) => !String(error).includes("hunter2"), PUBLIC_URL);
  }
  for (const name of ["HOST", "TRUST_PROXY"]) {
    assert.throws(
      () => readConfig({ [name]: "http://ann:hunter2@proxy" }),
      (error) => !String(error).includes("hunter2"),
    );
  }
});

Deno.test("SETTINGS are what readConfig() reads, what the server may read, and what the README lists", async () => {
  const read = new Set<string>();
  readConfig(
    new Proxy({ DENO_DEPLOY: "1" }, {
      get: (env, name) => (read.add(String(name)), Reflect.get(env, name)),
    }),
  );
  assert.deepEqual([...read].sort(), [...SETTINGS].sort());
  const [, allowed = ""] = /--allow-env=(\S+)/.exec(deno.tasks.serve.command) ?? [];
  assert.deepEqual(allowed.split(",").sort(), [...SETTINGS, "WS_NO_BUFFER_UTIL"].sort()); // which `ws` reads
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const [, table = ""] = /^\| setting .*\n\| -.*\n((?:\|.*\n)+)/m.exec(readme) ?? [];
  const listed = table.trim().split("\n").flatMap((row) => row.split("|")[1]?.match(/[A-Z_]+/g) ?? []);
  assert.deepEqual(listed.sort(), SETTINGS.filter((name) => !name.startsWith("DENO_")).sort());
});
