/** Opens the one handle that this process has on its storage (PLATFORM.md: two handles on one SQLite file lock it). */
import { createDatabase, type Database } from "./database.ts";

export interface OpenOptions {
  dataDir: string;
  /** KV Connect instead of the embedded file. */
  kv?: { url: string; token: string };
}

export interface Opened {
  db: Database;
  /** Whether other processes may write to the same database. */
  shared: boolean;
}

/** Opens the embedded file under `dataDir`, or KV Connect, or what Deno Deploy provides. Throws where it can't. */
export async function openDatabase({ dataDir, kv }: OpenOptions): Promise<Opened> {
  if (kv) {
    const { openKv } = await import("@deno/kv");
    return { db: createDatabase(await openKv(kv.url, { accessToken: kv.token })), shared: true };
  }
  if (Deno.env.get("DENO_DEPLOYMENT_ID")) return { db: createDatabase(await Deno.openKv()), shared: true };
  await Deno.mkdir(dataDir, { recursive: true });
  return { db: createDatabase(await Deno.openKv(`${dataDir}/rivulet.sqlite`)), shared: false };
}
