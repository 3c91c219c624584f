/**
 * How storage is laid out. Each layout has a number, which stands in the database; a migration from the one before it
 * (`layout_<number>.ts`); and a test that starts on data of the one before (`tests/server/kv/layout_<number>_test.ts`).
 *
 * 1. has a value for each event, and no number. There is no way on from it.
 * 2. has an event in its stream's head, then in a segment. Its values are structured clones.
 * 3. is the same, with values in a form of our own (codec.ts).
 * 4. lists the feed's entries that are about a room by room as well.
 * 5. has the names of rooms that are in use.
 * 6. counts a room's members in its head.
 */
import { sizeOf } from "./codec.ts";
import { type Database, StorageUnavailable } from "./database.ts";
import { type KvSet, setAt } from "./key.ts";
import { keys } from "./keys.ts";
import { toLayout3 } from "./layout_3.ts";
import { toLayout4 } from "./layout_4.ts";
import { toLayout5 } from "./layout_5.ts";
import { toLayout6 } from "./layout_6.ts";
import type { Migration } from "./migration.ts";
import { jitter } from "./transact.ts";

/** The layout that this version reads and writes. */
export const LAYOUT = 6;

/** Stands in place of the layout's number while a restore is under way, so that no server starts on half of one. */
export const RESTORING = "restoring";

/** Migrations by the layout that they lead to. */
const migrations = new Map<number, Migration>([[3, toLayout3], [4, toLayout4], [5, toLayout5], [6, toLayout6]]);

const PAGE = 500; // values read at once: KV's limit
const SETS_MAX = 500; // in one atomic; KV's limit is 1000
const BYTES_MAX = 600 * 1024; // of values in one atomic; KV's limit is 800 KiB with the keys
const FAILURES_MAX = 20; // calls in a row that storage doesn't answer
const SAY_EVERY_MS = 3_000;

/** This version cannot open the database. */
export class LayoutError extends Error {
  override name = "LayoutError";
}

export interface MigrateOptions {
  now: () => number;
  /** Called with a line of text about each step of a migration, and not at all without one. */
  say: (line: string) => void;
}

/**
 * Brings a database to this version's layout, before anything else reads or writes it; a new one stays empty. It may be
 * ended at any point, and goes on from there when it is called again. Several processes may call it at once; those of
 * an earlier version must have been stopped. Throws `LayoutError` for a layout that it knows no way on from, and
 * `StorageUnavailable`.
 */
export async function migrate(db: Database, { now, say }: MigrateOptions): Promise<void> {
  const began = performance.now(); // not the clock, which may jump
  let said: number | undefined;
  let count = 0;
  for (let failures = 0;;) {
    try {
      const migrated = await step(db, now());
      const ms = performance.now();
      if (migrated === undefined) {
        if (said !== undefined) {
          say(`Storage is at layout ${LAYOUT}: ${count} values in ${Math.round((ms - began) / 1_000)} s`);
        }
        return;
      }
      count += migrated;
      failures = 0;
      if (said === undefined || ms - said > SAY_EVERY_MS) {
        say(`Storage is being brought to layout ${LAYOUT}, and nothing is served until then: ${count} values so far`);
        said = ms;
      }
      if (migrated === 0) await jitter(0);
    } catch (error) {
      if (error instanceof RangeError) throw unreadable(error);
      if (!(error instanceof StorageUnavailable) || ++failures > FAILURES_MAX) throw error;
      await jitter(failures);
    }
  }
}

/** Deno itself wrote the values of layout 2, and an earlier Deno throws a RangeError over them. */
function unreadable(cause: RangeError): LayoutError {
  return new LayoutError(
    `Cannot open storage: Deno ${Deno.version.deno} can't read what a newer one wrote; ` +
      "start this version once with Deno 2.8 or newer, then any will do",
    { cause },
  );
}

/** Stands in place of the layout's number while a migration is under way: no version takes it for a layout. */
interface UnderWay {
  to: number;
  /** The last key that is migrated. */
  after?: Deno.KvKey;
}

/** Whether this version can start on a layout. */
export function isKnownLayout(layout: number): boolean {
  return layout === LAYOUT || migrations.has(layout + 1);
}

/** Migrates a page. Gives how many values it had, undefined where nothing is left to do. */
async function step(db: Database, now: number): Promise<number | undefined> {
  const format = await db.get(keys.format());
  if (format.value === LAYOUT) return undefined;
  if (format.value === null && (await db.get(keys.epoch())).value === null) return undefined;
  const { to, after, migration } = wayOnFrom(format.value ?? 1);

  const selector = { prefix: migration.prefix, ...(after && { start: after }) };
  const found = await db.list(selector, { limit: PAGE });
  const page = found.filter(({ key }) => !isSame(key, after) && !isSame(key, format.key));
  let versionstamp = format.versionstamp;
  // Whoever migrates a page sets the format with it, so a page that another process has migrated is never written.
  const commit = async (value: number | UnderWay, sets: KvSet[] = []) => {
    const checks = [{ key: format.key, versionstamp }];
    const committed = await db.commit({ checks, sets: [...sets, setAt(keys.format(), value)] });
    if (committed !== undefined) versionstamp = committed;
    return committed !== undefined;
  };
  for (const { last, sets } of parts(page, await migration.pageOf(db, page, now))) {
    if (!await commit({ to, after: last }, sets)) return 0;
  }
  if (found.length < PAGE) await commit(to);
  return page.length;
}

function wayOnFrom(format: unknown): UnderWay & { migration: Migration } {
  const underWay = typeof format === "number" ? { to: format + 1 } : format;
  if (underWay === RESTORING) throw new LayoutError("a restore into it was not finished; run deno task restore again");
  if (!isUnderWay(underWay)) throw new LayoutError("Cannot open storage: it says of no layout that it has it");
  const migration = migrations.get(underWay.to);
  if (migration) return { ...underWay, migration };
  const layout = typeof format === "number" ? format : underWay.to;
  throw new LayoutError(
    `Cannot open storage: it is laid out by another version of Rivulet, ` +
      `${layout > LAYOUT ? "a newer" : "too old a"} one (layout ${layout}; this one knows ${LAYOUT})`,
  );
}

/** Splits the writes of a page into groups that fit an atomic each, each with the last key that it migrates. */
function* parts(page: { key: Deno.KvKey }[], given: KvSet[][]): Generator<{ last: Deno.KvKey; sets: KvSet[] }> {
  let last: Deno.KvKey | undefined;
  let part: KvSet[] = [];
  let bytes = 0;
  for (const [at, { key }] of page.entries()) {
    const sets = given[at] ?? [];
    const size = sets.reduce((sum, { value }) => sum + sizeOf(value), 0);
    if (last && (part.length + sets.length > SETS_MAX || bytes + size > BYTES_MAX)) {
      yield { last, sets: part };
      part = [];
      bytes = 0;
    }
    part.push(...sets);
    bytes += size;
    last = key;
  }
  if (last) yield { last, sets: part };
}

function isUnderWay(value: unknown): value is UnderWay {
  return typeof value === "object" && value !== null && "to" in value && typeof value.to === "number";
}

function isSame(key: Deno.KvKey, other: Deno.KvKey | undefined): boolean {
  return JSON.stringify(key) === JSON.stringify(other);
}
