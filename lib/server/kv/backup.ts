/** Backups: what a database holds at one version, in one file (backup_file.ts), and the way back. */
import { type BackupHead, BadBackup, readBackup, verifyBackup, writeBackup, type Written } from "./backup_file.ts";
import { type Database, StorageUnavailable } from "./database.ts";
import { type KvSet, setAt } from "./key.ts";
import { keys } from "./keys.ts";
import { isKnownLayout, LAYOUT, RESTORING } from "./layout.ts";
import { openSnapshot, type StoredEntry } from "./snapshot.ts";
import { jitter } from "./transact.ts";

const SETS_MAX = 500; // in one atomic; KV's limit is 1000
const CHARS_MAX = 200 * 1024; // of values in one atomic: 600 KiB at most; KV's limit is 800 KiB with the keys
const FAILURES_MAX = 20; // calls in a row that storage doesn't answer

/** What belongs to the database and its processes: a restored one gets a new name (`epoch`) at its next start. */
const LEFT_OUT = new Set<unknown>([
  ...[keys.epoch(), keys.format(), keys.writer(), keys.probe(), keys.instances(), keys.clusterChange()],
  keys.instancePeople("", 0),
].map(([kind]) => kind));

/**
 * Backs up the database in the SQLite file `from`, which another process may be writing to, as the file `to`. Throws
 * `BadBackup` where it is not at this version's layout, or `to` is there already.
 */
export async function backUp(from: string, to: string, at: number): Promise<Written & BackupHead> {
  const snapshot = await openSnapshot(from);
  try {
    const { layout, versionstamp } = snapshot;
    if (layout !== LAYOUT) {
      throw new BadBackup(`${from} is not laid out as this version of Rivulet does it; start it once, then back it up`);
    }
    const head = { layout: LAYOUT, at, versionstamp };
    return { ...head, ...await writeBackup(to, head, kept(snapshot.entries())) };
  } finally {
    snapshot.close();
  }
}

/**
 * Proves a whole backup, and then puts it into an empty database. It is all there when this is through; a server does
 * not start on less, and whoever restores again begins anew. Throws `BadBackup`, and `StorageUnavailable`.
 */
export async function restore(db: Database, file: string, now: number): Promise<BackupHead & { values: number }> {
  const head = await verifyBackup(file);
  if (!isKnownLayout(head.layout)) {
    throw new BadBackup(`${file} is of another version of Rivulet (layout ${head.layout}; this one knows ${LAYOUT})`);
  }
  await begin(db);
  const mark = await db.get(keys.format());
  // Whatever of this lands late, after its deadline, meets another mark and changes nothing.
  const commit = (sets: KvSet[]) => committed(db, { checks: [mark], sets });
  let sets: KvSet[] = [];
  let chars = 0;
  let values = 0;
  for await (const entry of readBackup(file)) {
    if (!("key" in entry)) continue;
    const { key, json, expiresAt } = entry;
    if (expiresAt !== undefined && expiresAt <= now) continue;
    if (sets.length === SETS_MAX || chars + json.length > CHARS_MAX) {
      await commit(sets);
      [sets, chars] = [[], 0];
    }
    sets.push(setAt(key, undefined, { json, ...(expiresAt !== undefined && { expireIn: expiresAt - now }) }));
    chars += json.length;
    values++;
  }
  await commit(sets);
  await setMark(db, mark, head.layout);
  return { ...head, values };
}

/** Marks a database that a restore is under way, after it has emptied one where that was so already. */
async function begin(db: Database): Promise<void> {
  const format = await db.get(keys.format());
  const [first] = await db.list({ prefix: [] }, { limit: 1 });
  if (format.value !== RESTORING && first) throw new BadBackup("the database is not empty; restore into a new one");
  for (;;) {
    const some = await db.list({ prefix: [] }, { limit: SETS_MAX });
    const deletes = some.map(({ key }) => key).filter(([kind]) => kind !== format.key[0]);
    if (deletes.length === 0) break;
    await committed(db, { checks: [format], deletes });
  }
  // A new mark each time, so that nothing of a restore that was cut off lands among this one.
  await setMark(db, format, RESTORING);
}

/** Changes what stands in place of the layout. It may have landed though storage did not say so. */
async function setMark(db: Database, check: Deno.AtomicCheck, mark: unknown): Promise<void> {
  try {
    await committed(db, { checks: [check], sets: [setAt(keys.format(), mark)] });
  } catch (error) {
    const now = await db.get(keys.format());
    if (now.value !== mark || now.versionstamp === check.versionstamp) throw error;
  }
}

async function committed(db: Database, write: Parameters<Database["commit"]>[0]): Promise<void> {
  for (let failures = 0;;) {
    try {
      if (await db.commit(write) === undefined) throw new BadBackup("another process has written to the database");
      return;
    } catch (error) {
      if (!(error instanceof StorageUnavailable) || ++failures > FAILURES_MAX) throw error;
      await jitter(failures);
    }
  }
}

function* kept(entries: Iterable<StoredEntry>): Generator<StoredEntry> {
  for (const entry of entries) if (!LEFT_OUT.has(entry.key[0])) yield entry;
}
