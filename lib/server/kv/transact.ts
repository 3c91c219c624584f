/** Reads, decides and commits; starts again if another commit was first. */
import { type Database, StorageUnavailable, type Write } from "./database.ts";

const DEADLINE_MS = 10_000;
const RETRY_BASE_MS = 4;
const RETRY_MAX_MS = 250;

export type Planned<T> = (Write & { result: T }) | { result: T };

/**
 * Runs `plan` until its write is committed, and gives its result; a plan without checks, sets or deletes has nothing to
 * write. `plan` reads what its checks name, so it is run again when one of them failed. Throws what `plan` throws, and
 * `StorageUnavailable` after 10 s.
 */
export async function transact<T>(db: Database, plan: () => Promise<Planned<T>>): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS; // not the clock, which may jump
  for (let tries = 0;; tries++) {
    const planned = await plan();
    if (!("checks" in planned || "sets" in planned || "deletes" in planned)) return planned.result;
    if (await db.commit(planned) !== undefined) return planned.result;
    if (performance.now() > deadline) throw new StorageUnavailable("Storage had too many writers for one key");
    await jitter(tries);
  }
}

/** Waits a random part of an exponentially growing span. */
export function jitter(tries: number): Promise<void> {
  const span = Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** tries);
  return new Promise((resolve) => setTimeout(resolve, Math.random() * span));
}
