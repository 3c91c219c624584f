/** The embedded database: one SQLite file in the data folder, which one process at a time may open. */
import { CannotOpen } from "./cannot_open.ts";
import type { KvHandle } from "./database.ts";

const FILE = "rivulet.sqlite";
/** What SQLite keeps beside it while it is open. */
const BESIDE = ["-wal", "-shm"].map((end) => FILE + end);
/** SQLITE_CORRUPT and SQLITE_NOTADB (https://sqlite.org/rescode.html), the codes of a file that is damaged. */
const DAMAGED = new Set<unknown>([11, 26]);
/** This file is locked while the process has the database open. The system unlocks it however the process ends. */
const LOCK = "rivulet.lock";
/** A file up to this size is checked whole at start, in 0.1 s; of a larger one only KV's own small tables are. */
const CHECKED_MAX_BYTES = 64 * 1024 * 1024;
/** KV reads these in the background once it is open, and ends the process if it can't. */
const SMALL_TABLES = ["migration_state", "data_version", "queue", "queue_running"];
/** KV takes it that all of them are there where the first one is. */
const TABLES = [...SMALL_TABLES, "kv"];

/** The database's file in `dir`. */
export function fileIn(dir: string): string {
  return `${dir}/${FILE}`;
}

/** Opens the database in `dir`, making both where they are not there. Throws `CannotOpen`. */
export async function openDataDir(dir: string): Promise<{ handle: KvHandle; close(): void }> {
  const refuse = (why: string): never => {
    throw new CannotOpen("DATA_DIR", why);
  };
  await Deno.mkdir(dir, { recursive: true });
  const lock = await Deno.open(`${dir}/${LOCK}`, { create: true, write: true });
  try {
    if (!await lock.tryLock(true)) refuse(`another process has ${dir} open; only one may`);
    for (const name of [FILE, ...BESIDE]) {
      await assertWritable(`${dir}/${name}`).catch((error) => refuse(error.message));
    }
    const wrong = await faultOf(fileIn(dir)).catch((error) => `cannot be opened (${error.message})`);
    if (wrong !== undefined) refuse(`${dir}/${FILE} ${wrong}`);
    const handle = await Deno.openKv(fileIn(dir));
    return {
      handle,
      close() {
        handle.close();
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Throws unless a file is one that may be read and written, or is not there. */
async function assertWritable(path: string): Promise<void> {
  try {
    if (!(await Deno.stat(path)).isFile) throw new Error(`${path} is no file`);
    (await Deno.open(path, { read: true, write: true })).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Finds what is wrong with a database file, as far as that is quick; undefined if nothing is, or without a file. Throws
 * where SQLite could not look: on a full disk, or in a folder that it may not write to.
 */
async function faultOf(file: string): Promise<string | undefined> {
  const size = await sizeOf(file);
  if (size === 0) return undefined;
  const { DatabaseSync } = await import("node:sqlite");
  let sqlite;
  try {
    sqlite = new DatabaseSync(file);
    const known = new Set(sqlite.prepare("SELECT name FROM sqlite_schema").all().map(({ name }) => name));
    if (known.size > 0 && !known.has("migration_state")) return "is a database of another program; move it away";
    const missing = known.size > 0 && TABLES.find((name) => !known.has(name));
    if (missing) return damaged(`its table ${missing} is missing`);
    const checks = size <= CHECKED_MAX_BYTES
      ? ["quick_check(1)"]
      : SMALL_TABLES.filter((name) => known.has(name)).map((name) => `quick_check(${name})`);
    for (const check of checks) {
      const found = String(sqlite.prepare(`PRAGMA ${check}`).get()?.quick_check);
      if (found !== "ok") return damaged(found.replace(/^\*\*\* in database main \*\*\*\s*/, ""));
    }
    return undefined;
  } catch (error) {
    if (error instanceof Error && "errcode" in error && DAMAGED.has(error.errcode)) return damaged(error.message);
    throw error;
  } finally {
    sqlite?.close(); // before KV opens it, because closing a file releases all locks that the process has on it
  }
}

function damaged(how: string): string {
  return `is damaged (${how}); put a backup back`;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await Deno.stat(file)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
