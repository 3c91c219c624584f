/** Logs errors of storage once a burst and reason; otherwise each request and background read would write a line. */
import { getLogger } from "@logtape/logtape";
import { LRUCache } from "lru-cache";
import { StorageFull, StorageUnavailable } from "../kv/database.ts";

const BURST_MS = 30_000; // between two lines about one reason
const REASONS_MAX = 32;

const log = getLogger(["rivulet", "storage"]);
const bursts = new LRUCache<string, { at: number; count: number }>({ max: REASONS_MAX }); // by reason

export function isStorageError(error: unknown): error is StorageFull | StorageUnavailable {
  return error instanceof StorageFull || error instanceof StorageUnavailable;
}

/** Logs an error unless its reason was logged within 30 s; then it counts. `now` is a clock that never jumps, ms. */
export function logStorage({ message: reason }: StorageFull | StorageUnavailable, now = performance.now()): void {
  const burst = bursts.get(reason);
  if (burst && now - burst.at < BURST_MS) {
    burst.count++;
    return;
  }
  bursts.set(reason, { at: now, count: 0 });
  if (!burst?.count) return log.warn("Storage failed: {reason}", { reason });
  log.warn("Storage failed: {reason} ({count} times more since the last such line)", { reason, count: burst.count });
}

/** Logs an error that no caller waits for. */
export function logFailed(error: unknown): void {
  if (isStorageError(error)) return logStorage(error);
  getLogger("rivulet").error("Background work failed: {error}", { error });
}
