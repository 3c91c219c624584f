/** What the build made, as the server reads it: which files there are, and which of them a page needs. */
import * as z from "zod/mini";

/** Where hashed files are served. */
export const ASSETS_PATH = "/assets/";
/** The sources of the workers that the server runs. */
export const HASH_WORKER = "lib/server/auth/argon2_worker.ts";
export const PARSE_WORKER = "lib/server/messages/parse_worker.ts";
export const WORKERS = [HASH_WORKER, PARSE_WORKER];
export const BUILD_DIR = new URL("../../static/build/", import.meta.url);

const file = z.object({
  type: z.string(),
  /** Plain, and as brotli. */
  bytes: z.int(),
  brotli: z.int(),
});

/** A script, and all that it imports before it runs. */
const scripts = z.array(z.string());

const page = z.object({
  scripts,
  /** What the page fetches when it wants it, by the base name of its source, e.g. `palette`. */
  deferred: z.record(z.string(), scripts),
});

export const manifest = z.object({
  /** A hash of all sources that it was made of. */
  fingerprint: z.string(),
  /** By source file of a page's script, e.g. `islands/room/room.tsx`. */
  pages: z.record(z.string(), page),
  /** By source file of a worker that the server runs: its bundle. It is not served. */
  workers: z.record(z.string(), z.string()),
  style: z.string(),
  files: z.record(z.string(), file),
});
export type Manifest = z.infer<typeof manifest>;

/** The manifest in `dir`, or undefined where nothing was built, or by another version, or files of it are missing. */
export async function readManifest(dir: URL = BUILD_DIR): Promise<Manifest | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(new URL("manifest.json", dir));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  try {
    const result = z.safeParse(manifest, JSON.parse(text));
    return result.success && isWhole(result.data, dir) ? result.data : undefined;
  } catch {
    return undefined; // A build that was cut off; the next one writes it anew.
  }
}

/** Whether all files are as long as they were made. Throws where one is missing. */
function isWhole({ files, workers }: Manifest, dir: URL): boolean {
  const sizeOf = (name: string) => Deno.statSync(new URL(name, dir)).size; // 5 ms less at a start than with promises
  return Object.entries(files).every(([name, { bytes, brotli }]) =>
    sizeOf(name) === bytes && sizeOf(`${name}.br`) === brotli
  ) && Object.values(workers).every((name) => sizeOf(name) > 0);
}
