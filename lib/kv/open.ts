/** Opens the one handle that this process has on its storage (PLATFORM.md: two handles on one SQLite file lock it). */
import { createDatabase, type Database, type KvHandle } from "./database.ts";

/** Of a request that is answered with 5xx, a second apart: more would take longer than a call may, and hide the answer. */
const RETRIES_MAX = 1;

export interface OpenOptions {
  dataDir: string;
  /** KV Connect instead of the embedded file. */
  kv?: { url: string; token: string };
  /** Runs on Deno Deploy, which provides the database. */
  deploy?: boolean;
}

export interface Opened {
  db: Database;
  /** Whether other processes may write to the same database. */
  shared: boolean;
}

/** Opens the embedded file under `dataDir`, or KV Connect, or what Deno Deploy provides. Throws where it can't. */
export async function openDatabase({ dataDir, kv, deploy }: OpenOptions): Promise<Opened> {
  if (kv) {
    const { openKv } = await import("@deno/kv");
    // Without an implementation named it would take the built-in one, which reads its token from the environment only.
    const handle: unknown = await openKv(kv.url, {
      accessToken: kv.token,
      implementation: "remote",
      maxRetries: RETRIES_MAX,
    });
    if (!isHandle(handle)) throw new Error("@deno/kv gave no database");
    return { db: createDatabase(handle), shared: true };
  }
  if (deploy) return { db: createDatabase(await Deno.openKv()), shared: true };
  await Deno.mkdir(dataDir, { recursive: true });
  return { db: createDatabase(await Deno.openKv(`${dataDir}/rivulet.sqlite`)), shared: false };
}

/** The client's own types differ from the built-in ones in nothing that we use. */
function isHandle(value: unknown): value is KvHandle {
  return typeof value === "object" && value !== null && "atomic" in value && "watch" in value;
}
