/** A database whose calls are counted. */
import type { Database } from "./database.ts";

export interface StorageCounts {
  /** A call took so many ms, whether it failed or not. */
  took(ms: number, operation: string): void;
  failed(operation: string): void;
  /** A commit was refused, because one of its checks no longer held. */
  refused(): void;
}

export function countCalls(db: Database, counts: StorageCounts): Database {
  async function timed<T>(operation: string, answer: Promise<T>): Promise<T> {
    const begun = performance.now();
    try {
      return await answer;
    } catch (error) {
      counts.failed(operation);
      throw error;
    } finally {
      counts.took(performance.now() - begun, operation);
    }
  }

  return {
    ...db,
    get: (key) => timed("get", db.get(key)),
    getMany: (keys) => timed("get_many", db.getMany(keys)),
    list: (selector, options) => timed("list", db.list(selector, options)),
    async commit(write) {
      const versionstamp = await timed("commit", db.commit(write));
      if (versionstamp === undefined) counts.refused();
      return versionstamp;
    },
  };
}
