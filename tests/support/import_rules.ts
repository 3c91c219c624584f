/** Who may import whom (lib/README.md). A zone is a folder with all below it that is no zone of its own, or a file. */
import type { Imports } from "./imports.ts";

interface Rule {
  /** Zones, folders or single files. Its own files a zone always may. */
  may: string[];
  packages?: string[];
}

const FEATURES = ["users", "auth", "rooms", "messages", "reads", "presence", "feed"];
const PREACT = ["preact", "@preact/signals"];

const rules: Record<string, Rule> = {
  // Both sides.
  "lib/protocol": { may: [], packages: ["zod/mini"] },
  "lib/model": { may: ["lib/protocol"] },
  "lib/ui/shell": { may: ["lib/protocol", "lib/model"], packages: [...PREACT, "zod/mini"] },
  "lib/ui/room": { may: ["lib/protocol", "lib/model", "lib/ui/shell"], packages: [...PREACT, "zod/mini"] },
  "lib/ui/feed": { may: ["lib/protocol", "lib/model", "lib/ui/shell"], packages: [...PREACT, "zod/mini"] },

  // The browser.
  "lib/client/connection": { may: ["lib/protocol"], packages: ["@preact/signals"] },
  "lib/client/transports": { may: ["lib/protocol", "lib/client/connection"], packages: ["zod/mini"] },
  "lib/client/stores": {
    may: ["lib/protocol", "lib/model", "lib/client/connection"],
    packages: ["@preact/signals", "idb"],
  },
  "islands/shared": {
    may: ["lib/protocol", "lib/model", "lib/ui/shell", "lib/client"],
    packages: [...PREACT, "fuzzysort"],
  },
  "islands/inspector": {
    may: ["lib/protocol", "lib/model", "lib/ui/shell", "lib/client", "islands/shared"],
    packages: PREACT,
  },
  "islands/room": {
    may: [
      "lib/protocol",
      "lib/model",
      "lib/ui/shell",
      "lib/ui/room",
      "lib/client",
      "islands/shared",
      "islands/inspector",
    ],
    packages: PREACT,
  },
  "islands/feed": {
    may: ["lib/protocol", "lib/model", "lib/ui", "lib/client", "islands/shared", "islands/inspector"],
    packages: [...PREACT, "zod/mini"],
  },
  "islands/shell": {
    may: ["lib/protocol", "lib/model", "lib/ui/shell", "lib/client", "islands/shared", "islands/inspector"],
    packages: PREACT,
  },

  // The server.
  "lib/server/config.ts": { may: ["lib/server/http/address.ts"], packages: ["zod"] },
  "lib/server/limits": { may: [], packages: ["@logtape/logtape"] },
  "lib/server/kv": { may: ["lib/protocol", "lib/server/config.ts"], packages: ["@deno/kv", "zod/mini"] },
  "lib/server/log": { may: ["lib/server/kv", "lib/protocol"], packages: ["lru-cache"] },
  "lib/server/metrics": { may: ["lib/server/kv", "lib/server/log"], packages: [] },
  "lib/server/commands": {
    may: ["lib/protocol", "lib/server/limits"],
    packages: ["zod/mini", "rate-limiter-flexible"],
  },
  "lib/server/live": {
    may: ["lib/protocol", "lib/server/commands", "lib/server/limits", "lib/server/log"],
    packages: ["zod/mini"],
  },
  "lib/server/http": {
    may: [
      "lib/protocol",
      "lib/server/limits",
      "lib/server/commands",
      "lib/server/auth/service.ts",
      "lib/server/config.ts",
      "lib/server/kv/database.ts",
    ],
    packages: ["hono", "zod/mini", "@logtape/logtape", "lru-cache", "ws"],
  },
  // The first of the features: the others report what happens in them.
  "lib/server/entries": { may: ["lib/protocol", "lib/server/kv", "lib/server/log"] },
  "lib/server/services.ts": { may: ["lib"] },
  "lib/server/operate": { may: ["lib/server", "lib/build/manifest.ts", "deno.json"] },
  "lib/build": { may: [], packages: ["esbuild", "zod/mini"] },
  "lib/hosting": { may: [], packages: [] },
  "routes": {
    may: [
      "lib/protocol",
      "lib/model",
      "lib/ui",
      "lib/build/manifest.ts",
      "lib/server/commands",
      "lib/server/http",
      "lib/server/limits",
      "lib/server/live",
      "lib/server/services.ts",
      ...FEATURES.map((feature) => `lib/server/${feature}/service.ts`),
      "deno.json", // for the version
    ],
    packages: ["hono", "preact", "preact-render-to-string"],
  },
  "main.ts": { may: ["lib", "routes"] },
};

const featurePackages: Record<string, string[]> = {
  rooms: ["lru-cache"],
  feed: ["lru-cache"],
  messages: [
    "markdown-it",
    "markdown-it-cjk-friendly",
    "@codemirror/streamparser",
    "@codemirror/legacy-modes",
    "lru-cache",
  ],
  auth: ["rate-limiter-flexible", "libsodium-wrappers-sumo", "@logtape/logtape", "lru-cache"],
};
/** What features may use of lib/server/limits. */
const featureLimits: Record<string, string[]> = {
  auth: ["in_worker", "joined", "worker"],
  messages: ["in_worker", "lanes", "slices", "slots", "worker"],
};
FEATURES.forEach((feature, at) => {
  rules[`lib/server/${feature}`] = {
    may: [
      "lib/protocol",
      "lib/model",
      "lib/server/kv",
      "lib/server/log",
      "lib/server/commands/handlers.ts",
      ...(featureLimits[feature] ?? []).map((name) => `lib/server/limits/${name}.ts`),
      "lib/server/entries/service.ts",
      ...FEATURES.slice(0, at).map((earlier) => `lib/server/${earlier}/service.ts`),
      // Presence is latest state, which the hub keeps.
      ...(feature === "presence" ? ["lib/server/live"] : []),
      ...(feature === "auth" ? ["lib/server/config.ts"] : []),
    ],
    packages: featurePackages[feature] ?? [],
  };
});

const zones = Object.keys(rules).sort((a, b) => b.length - a.length);

/** The zone of a file, or undefined where it is in none. */
export function zoneOf(file: string): string | undefined {
  return zones.find((zone) => isIn(zone, file));
}

/** What breaks the table, in words. */
export function brokenRules(imports: Imports): string[] {
  return [...imports].flatMap(([file, targets]) => {
    const zone = zoneOf(file);
    if (zone === undefined) return [`${file} is in no zone`];
    const { may, packages = [] } = rules[zone] ?? { may: [] };
    const fits = (target: string) =>
      target.startsWith("node:") || zoneOf(target) === zone || [...may, ...packages].some((it) => isIn(it, target));
    return targets.filter((target) => !fits(target)).map((target) => `${file} imports ${target}`);
  });
}

/** Files that are neither stores nor the log, and touch keys or commit. */
export function storageLeaks(texts: Map<string, string>): string[] {
  const isFree = (file: string) => /\/store\.ts$|^lib\/server\/(?:kv|log)\//.test(file);
  return [...texts].filter(([file, text]) =>
    !isFree(file) && /\/kv\/(?:keys|transact)\.ts"|\bdb\.commit\(|\.atomic\(/.test(text)
  ).map(([file]) => file);
}

function isIn(zone: string, file: string): boolean {
  return file === zone || file.startsWith(`${zone}/`);
}
