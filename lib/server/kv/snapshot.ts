/**
 * What an SQLite file of Deno KV holds at one version: the embedded database's, or that of a `denokv`. It is read while
 * another process writes: a read transaction of SQLite sees what was committed when it began, and holds no writer up
 * (https://sqlite.org/isolation.html; both keep a write-ahead log). It must be another process: closing a file releases
 * the locks that its own process has on it.
 */
import { decode, jsonOf } from "./codec.ts";
import { keys } from "./keys.ts";
import { decodeKey, encodeText } from "./sqlite_key.ts";

/** A checkpoint or the recovery of a killed writer may hold a reader up so long. */
const BUSY_MS = 5_000;
/** How Deno KV marks a value that is bytes; ours all are. */
const BYTES = 3;
const VERSIONSTAMP_BATCH_DIGITS = "0000"; // the last part numbers the writes of one commit
const VERSION_DIGITS = 16;

export interface Snapshot {
  /** The versionstamp of the last commit in it. */
  versionstamp: string;
  /** What stands at `keys.format()`; null in an empty database. */
  layout: unknown;
  /** All values in the order of their keys, read as they are asked for. */
  entries(): Generator<StoredEntry>;
  close(): void;
}

export interface StoredEntry {
  key: Deno.KvKey;
  /** The value as JSON. */
  json: string;
  /** When storage may forget it, ms since 1970. */
  expiresAt?: number;
}

/** Opens the file for reading only. Throws where it is not there, or no database of Deno KV. */
export async function openSnapshot(file: string): Promise<Snapshot> {
  const { DatabaseSync } = await import("node:sqlite");
  const sqlite = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
  try {
    sqlite.exec("BEGIN"); // until the end all is read as of the first read
    const version = Number(sqlite.prepare("SELECT version FROM data_version").get()?.version);
    const format = sqlite.prepare("SELECT v FROM kv WHERE k = ?").get(encodeText(String(keys.format()[0])))?.v;
    return {
      versionstamp: version.toString(16).padStart(VERSION_DIGITS, "0") + VERSIONSTAMP_BATCH_DIGITS,
      layout: format instanceof Uint8Array ? decode(format) : null,
      *entries() {
        const rows = sqlite.prepare("SELECT k, v, v_encoding, expiration_ms FROM kv ORDER BY k").iterate();
        for (const { k, v, v_encoding, expiration_ms } of rows) {
          if (!(k instanceof Uint8Array && v instanceof Uint8Array && v_encoding === BYTES)) {
            throw new Error(`Cannot read ${file}: it has a value in another form than ours`);
          }
          const expiresAt = Number(expiration_ms);
          yield { key: decodeKey(k), json: jsonOf(v), ...(expiresAt >= 0 && { expiresAt }) };
        }
      },
      close: () => sqlite.close(),
    };
  } catch (error) {
    sqlite.close();
    throw error;
  }
}
