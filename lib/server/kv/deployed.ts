/** The database that Deno Deploy provides. */
import { CannotOpen } from "./cannot_open.ts";
import { encode } from "./codec.ts";
import type { KvHandle } from "./database.ts";
import { keys } from "./keys.ts";

/**
 * A distributed database numbers its commits by the microsecond of its own life, an embedded one by ones from 1. An app
 * without a database assigned gets an embedded one in memory, and everything in it is lost with the process.
 */
const EMBEDDED_COMMITS_MAX = 1_000_000n;
const VERSIONSTAMP_BATCH_BITS = 16n; // the last part of a versionstamp numbers the writes of one commit

/** Opens it, at `at` if Deploy says where. Throws `CannotOpen` for storage that would be lost with the process. */
export async function openDeployed(at: string | undefined): Promise<KvHandle> {
  const handle = await Deno.openKv();
  if (at !== undefined && /^https?:\/\//.test(at)) return handle;
  const { versionstamp } = await handle.set(keys.probe(), encode(true));
  if (BigInt(`0x${versionstamp}`) >> VERSIONSTAMP_BATCH_BITS >= EMBEDDED_COMMITS_MAX) return handle;
  handle.close();
  throw new CannotOpen(
    "DENO_DEPLOY",
    "no database is assigned to this app, so all data would be lost; assign one to it",
  );
}
