/** A way from one layout of the database to the next (layout.ts). */
import type { Database } from "./database.ts";
import type { KvSet } from "./key.ts";

export interface Migration {
  /** What it reads: all values under this, in the order of their keys. */
  prefix: Deno.KvKey;
  /**
   * Returns the sets for each value of a page. A set under the prefix has a key at or before the value's own, so that
   * it is not migrated again. A page may come a second time, partly migrated.
   */
  pageOf(db: Database, page: Deno.KvEntry<unknown>[], now: number): Promise<KvSet[][]>;
}
