/** Opens the one handle that this process has on its storage: two handles on one SQLite file lock each other out. */
import { openDataDir } from "./data_dir.ts";
import { createDatabase, type Database } from "./database.ts";
import { openDeployed } from "./deployed.ts";
import { connectKv } from "./kv_connect.ts";
import { CannotOpen } from "./cannot_open.ts";

/** Storage must open and answer a first read within this, or the start fails. */
const OPEN_DEADLINE_MS = 20_000;

export interface OpenOptions {
  dataDir: string;
  /** KV Connect instead of the embedded file. */
  kv?: { url: string; token: string };
  /** Runs on Deno Deploy, which provides the database. */
  deploy?: boolean;
  /** Where Deno Deploy has put the database. */
  deployedAt?: string;
  deadlineMs?: number;
}

export interface Opened {
  db: Database;
  /** Whether other processes may write to the same database. */
  shared: boolean;
}

/**
 * Opens the embedded file under `dataDir`, or KV Connect, or what Deno Deploy provides, and makes sure that it answers.
 * Throws `CannotOpen`, which names the setting at fault, within 20 s.
 */
export async function openDatabase(options: OpenOptions): Promise<Opened> {
  const { kv, deploy = false, deadlineMs = OPEN_DEADLINE_MS } = options;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const why = `storage did not answer within ${deadlineMs / 1_000} s`;
    timer = setTimeout(() => reject(new CannotOpen(settingOf(options), why)), deadlineMs);
  });
  try {
    return await Promise.race([late, opened()]);
  } catch (error) {
    if (error instanceof CannotOpen) throw error;
    throw new CannotOpen(settingOf(options), error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    clearTimeout(timer);
  }

  async function opened(): Promise<Opened> {
    if (kv) return { db: createDatabase(await connectKv(kv)), shared: true };
    if (deploy) return { db: createDatabase(await openDeployed(options.deployedAt)), shared: true };
    const { handle, close } = await openDataDir(options.dataDir);
    return { db: { ...createDatabase(handle), close }, shared: false };
  }
}

/** The setting that says where storage is. */
export function settingOf({ kv, deploy }: Pick<OpenOptions, "kv" | "deploy">): string {
  return kv ? "KV_URL" : deploy ? "DENO_DEPLOY" : "DATA_DIR";
}
