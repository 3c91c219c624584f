/** A way from one layout of the database to the next (layout.ts). */
import type { Database } from "./database.ts";
import type { KvSet } from "./key.ts";

export interface Migration {
  /** What it reads: all values under this, in the order of their keys. */
  prefix: Deno.KvKey;
  /**
   * Gives for each value of a page what is set because of it. What that adds under the prefix comes at or before the value's
   * own key, so that it is not met again; a page may come a second time, some of it migrated.
   */
  pageOf(db: Database, page: Deno.KvEntry<unknown>[], now: number): Promise<KvSet[][]>;
}
