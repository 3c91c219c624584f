/**
 * The fence of the process that has the embedded database open: a key that each start writes anew, and that each commit
 * of the log checks. So a process that has lost its lock writes nothing more to the log once another has started, and
 * the one that holds the fence may rely on what it knows of heads and keys.
 */
import { type Database, StorageFull, StorageUnavailable } from "../kv/database.ts";
import { setAt } from "../kv/key.ts";
import { keys } from "../kv/keys.ts";

export interface Fence {
  /** Whether it was put up at the start: then nobody has written since whom this process does not know of. */
  readonly isUp: boolean;
  /** What a commit must check. Puts the fence up where that is still to be done; throws what storage throws. */
  check(): Promise<Deno.AtomicCheck>;
  /** Throws `StorageUnavailable` where another process has put up its own. */
  assertHeld(): Promise<void>;
}

/** Puts up a fence under a name of this process's own. A full disk can still be read: then the first commit does it. */
export async function createFence(db: Database, name: string): Promise<Fence> {
  const key = keys.writer();
  let { versionstamp } = await db.get(key);
  let raising: Promise<void> | undefined;

  /** Another process that has opened the database since the start is never fenced off. */
  async function raise(): Promise<void> {
    const raised = await db.commit({ checks: [{ key, versionstamp }], sets: [setAt(key, name)] });
    if (raised === undefined) await assertHeld(); // or the answer to an earlier try was lost
    else versionstamp = raised;
  }

  async function assertHeld(): Promise<void> {
    const entry = await db.get(key);
    if (entry.value !== name) throw new StorageUnavailable("Another process has opened the database");
    versionstamp = entry.versionstamp;
  }

  async function check(): Promise<Deno.AtomicCheck> {
    raising ??= raise().catch((error) => {
      raising = undefined;
      throw error;
    });
    await raising;
    return { key, versionstamp };
  }

  const isUp = await check().then(() => true, (error) => {
    if (error instanceof StorageFull || error instanceof StorageUnavailable) return false;
    throw error;
  });
  return { isUp, check, assertHeld };
}
