/** A hash of all that a build is made of: content, not times, so that a fresh clone agrees with the last build. */
import { createHash } from "node:crypto";

/** Folders and files below the root whose content decides whether a build is stale; missing ones count too. */
const SOURCES = [
  "deno.lock",
  "islands/",
  "lib/build/",
  "lib/server/auth/argon2.ts",
  "lib/server/auth/argon2_worker.ts",
  "lib/client/",
  "lib/server/limits/in_worker.ts",
  "lib/server/messages/address_end.ts",
  "lib/server/messages/handles.ts",
  "lib/server/messages/highlight.ts",
  "lib/server/messages/hosts.ts",
  "lib/server/messages/links.ts",
  "lib/server/messages/markdown.ts",
  "lib/server/messages/parse.ts",
  "lib/server/messages/parse_worker.ts",
  "lib/server/messages/shows.ts",
  "lib/model/",
  "lib/protocol/",
  "lib/ui/",
  "static/art/",
  "static/styles/",
];

/** Whether the fingerprint changes with this file. */
export function isStamped(path: string): boolean {
  return SOURCES.some((source) => source.endsWith("/") ? path.startsWith(source) : path === source);
}

/** The fingerprint of the sources below `root`, a folder's address. */
export async function fingerprintOf(root: URL): Promise<string> {
  const paths = (await Promise.all(SOURCES.map((path) => filesIn(root, path)))).flat().sort();
  const digests = await Promise.all(paths.map(async (path) => {
    const content = await Deno.readFile(new URL(path, root));
    return `${path} ${createHash("sha256").update(content).digest("hex")}`;
  }));
  return createHash("sha256").update(digests.join("\n")).digest("hex");
}

async function filesIn(root: URL, path: string): Promise<string[]> {
  if (!path.endsWith("/")) return await exists(new URL(path, root)) ? [path] : [];
  const found: Promise<string[]>[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(new URL(path, root))) {
      found.push(filesIn(root, isDirectory ? `${path}${name}/` : `${path}${name}`));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return (await Promise.all(found)).flat();
}

async function exists(file: URL): Promise<boolean> {
  try {
    return (await Deno.stat(file)).isFile;
  } catch {
    return false;
  }
}
