/** The import table of ARCHITECTURE.md, as a test: who may import whom. */
import assert from "node:assert/strict";

const FEATURES = ["entries", "users", "auth", "rooms", "messages", "reads", "presence", "feed"];
const ROOT = new URL("../", import.meta.url);

/** By zone: the zones (or single files) and packages that it may import. Its own files it always may. */
const rules: Record<string, { zones: string[]; packages: string[] }> = {
  "lib/protocol": { zones: [], packages: ["zod/mini"] },
  "lib/ui": { zones: ["lib/protocol"], packages: ["preact", "preact/hooks", "@preact/signals", "zod/mini"] },
  "lib/client": { zones: ["lib/protocol"], packages: ["@preact/signals", "@preact/signals-core", "idb"] },
  "islands": {
    zones: ["lib/client", "lib/ui", "lib/protocol"],
    packages: ["preact", "preact/hooks", "@preact/signals", "fuzzysort", "zod/mini"],
  },
  "lib/server/limits": { zones: [], packages: ["@logtape/logtape"] },
  "lib/server/kv": { zones: [], packages: ["@deno/kv"] },
  "lib/server/log": { zones: ["lib/server/kv", "lib/protocol"], packages: [] },
  "lib/live": { zones: ["lib/server/limits", "lib/server/log", "lib/protocol"], packages: ["zod/mini"] },
  "lib/assets": { zones: [], packages: ["esbuild", "terser", "zod/mini"] },
  "lib/http": {
    zones: [
      "lib/server/limits",
      "lib/protocol",
      "lib/server/auth/service.ts",
      "lib/server/config.ts",
      "lib/server/kv/database.ts",
    ],
    packages: ["hono", "zod", "rate-limiter-flexible", "@logtape/logtape", "ws"],
  },
  "routes": {
    zones: [
      "lib/http",
      "lib/server/limits",
      "lib/live",
      "lib/ui",
      "lib/protocol",
      "lib/build/manifest.ts",
      "lib/server/services.ts",
      "deno.json", // for the version
      ...FEATURES.map((feature) => `lib/${feature}/service.ts`),
    ],
    packages: ["hono", "preact", "preact-render-to-string", "zod/mini"],
  },
};

const featurePackages: Record<string, string[]> = {
  messages: [
    "markdown-it",
    "markdown-it-cjk-friendly",
    "@codemirror/streamparser",
    "@codemirror/legacy-modes/",
    "lru-cache",
  ],
  rooms: ["lru-cache"],
  auth: ["rate-limiter-flexible", "libsodium-wrappers-sumo", "@logtape/logtape"],
};
FEATURES.forEach((feature, at) => {
  const before = FEATURES.slice(0, at).map((earlier) => `lib/${earlier}/service.ts`);
  // Presence is latest state, which the hub keeps.
  const live = feature === "presence" ? ["lib/live"] : [];
  const config = feature === "auth" ? ["lib/server/config.ts"] : [];
  rules[`lib/${feature}`] = {
    zones: ["lib/server/limits", "lib/protocol", "lib/server/kv", "lib/server/log", ...before, ...live, ...config],
    packages: featurePackages[feature] ?? [],
  };
});

/** Files that stand for themselves. */
const free = new Set(["lib/server/services.ts", "main.ts", "lib/server/config.ts"]);

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(folder, ROOT))) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory) yield* sources(`${path}/`);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

/** What a file imports, statically or lazily. */
function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:from\s+|import\s*\(\s*|^import\s+)"([^"]+)"/gm)].map(([, name = ""]) => name);
}

function violations(file: string, text: string): string[] {
  const zone = Object.keys(rules).find((name) => file.startsWith(`${name}/`));
  if (!zone) return free.has(file) ? [] : [`${file} is in no zone`];
  const rule = rules[zone] ?? { zones: [], packages: [] };
  return importsOf(text).flatMap((name) => {
    if (!name.startsWith(".")) {
      const fits = rule.packages.some((it) => it === name || name.startsWith(it.endsWith("/") ? it : `${it}/`)) ||
        name.startsWith("node:");
      return fits ? [] : [`${file} imports ${name}`];
    }
    const target = new URL(name, new URL(file, ROOT)).href.slice(ROOT.href.length);
    const fits = target.startsWith(`${zone}/`) || rule.zones.some((it) => target === it || target.startsWith(`${it}/`));
    return fits ? [] : [`${file} imports ${target}`];
  });
}

Deno.test("each file imports only what ARCHITECTURE.md lets its zone import", async () => {
  const found: string[] = [];
  for (const folder of ["lib/", "routes/", "islands/"]) {
    for await (const file of sources(folder)) {
      found.push(...violations(file, await Deno.readTextFile(new URL(file, ROOT))));
    }
  }
  assert.deepEqual(found, []);
});

Deno.test("the import rules notice what they forbid", () => {
  assert.deepEqual(violations("lib/live/x.ts", `import { a } from "../rooms/service.ts";`), [
    "lib/live/x.ts imports lib/server/rooms/service.ts",
  ]);
  assert.deepEqual(violations("lib/server/users/x.ts", `const a = await import("../auth/service.ts");`), [
    "lib/server/users/x.ts imports lib/server/auth/service.ts",
  ]);
  assert.deepEqual(violations("lib/messages/x.ts", `import type { S } from "../rooms/store.ts";`), [
    "lib/messages/x.ts imports lib/server/rooms/store.ts",
  ]);
  assert.deepEqual(violations("lib/protocol/x.ts", `import "preact";`), ["lib/protocol/x.ts imports preact"]);
});
