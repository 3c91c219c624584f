/**
 * How a stream lies in storage. Its newest events stand in its head, which every append writes anyway; once there are
 * more than a few they leave together as a segment, one value under the seq of its last event. So an append writes one
 * value to a stream, not two, and what is read in order lies in order. The latest event of each name leaves with them
 * to a place of its own, where it is found without a search; and so do the documents that the events made, which then
 * lie side by side: written one by one, each would change a page of its own.
 */
import type { Database, KvGet } from "../kv/database.ts";
import { sizeOfJson, VALUE_MAX } from "../kv/codec.ts";
import type { LatestDocument } from "../kv/documents.ts";
import { type KvSet, setAt } from "../kv/key.ts";
import { keys } from "../kv/keys.ts";
import { jsonInSegment, jsonOfDocument, sizeInHead } from "./encoded.ts";
import type { Head, Latest, StoredEvent } from "./types.ts";

/** Events that may stand in a head after a commit. */
export const TAIL_EVENTS_MAX = 8;
export const TAIL_BYTES_MAX = 6 * 1024;
/** What moving a tail out writes at most beside its new events: a segment, and what each old one takes along. */
export const FLUSH_MUTATIONS_MAX = TAIL_EVENTS_MAX + 1;
const SEGMENTS_A_READ = 64;
const LISTED_MIN = 20; // names of one `latest`, from which on they are listed
const LATEST_PAGE = 500; // of a list of them

/** Moves a tail that has grown too long out of its head, into segments. */
export function flush(stream: string, head: Head): KvSet[] {
  const bytes = head.tail.reduce((sum, event) => sum + sizeInHead(event), 0);
  if (head.tail.length <= TAIL_EVENTS_MAX && bytes <= TAIL_BYTES_MAX) return [];
  const sets: KvSet[] = [];
  const latest = new Map<string, StoredEvent>();
  let segment: StoredEvent[] = [];
  let jsons: string[] = [];
  let size = 0;
  const close = () => {
    const last = segment.at(-1);
    if (last) sets.push(setAt(keys.segment(stream, last.seq), segment, { json: `[${jsons.join(",")}]` }));
    [segment, jsons, size] = [[], [], 0];
  };
  for (const whole of head.tail) {
    const { document, ...event } = whole;
    const json = jsonInSegment(whole);
    const added = sizeOfJson(json);
    if (size + added > VALUE_MAX) close();
    segment.push(event);
    jsons.push(json);
    size += added;
    if (document) sets.push({ ...document, json: jsonOfDocument(whole) });
    if (event.latest !== undefined) latest.set(event.latest, event);
  }
  close();
  for (const [name, { seq, data }] of latest) sets.push(setAt(keys.latest(stream, name), { seq, data }));
  head.tail = [];
  return sets;
}

/** Up to `limit` events after `seq` as far as they are kept: from segments, then from the tail of `head`. */
export async function readAfter(
  db: Database,
  stream: string,
  head: Head,
  seq: number,
  limit: number,
): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  const [oldest] = head.tail;
  // Between the two reads the tail may have moved to a segment, or have been read twice, so events are compared by seq.
  const last = () => events.at(-1)?.seq ?? seq;
  while (events.length < limit && last() < (oldest?.seq ?? head.seq + 1) - 1) {
    const start = keys.segment(stream, last() + 1);
    const end = keys.segment(stream, Number.MAX_SAFE_INTEGER);
    const most = Math.min(SEGMENTS_A_READ, limit - events.length); // each holds one of them at least
    const segments = await db.list({ start, end }, { limit: most });
    const from = last();
    for (const { value } of segments) events.push(...value.filter((event) => event.seq > last()));
    if (last() === from) break;
  }
  for (const event of head.tail) if (event.seq > last()) events.push(event);
  return events.slice(0, limit);
}

/** Keys of the segments that hold only events before `seq`. */
export async function segmentsBefore(db: Database, stream: string, seq: number, limit: number): Promise<Deno.KvKey[]> {
  const entries = await db.list({ start: keys.segment(stream, 0), end: keys.segment(stream, seq) }, { limit });
  return entries.map((entry) => entry.key);
}

/** See `Log.latest`. */
export async function readLatest(db: Database, stream: string, head: Head, names: string[]): Promise<Latest[]> {
  // The head came first: what leaves its tail in between is found where it went to.
  const entries = await (names.length < LISTED_MIN ? getLatest : listLatest)(db, stream, names);
  const inTail = new Map(head.tail.map((event) => [event.latest, event]));
  return entries.map(({ key, versionstamp, value }, at) => {
    const event = inTail.get(names[at]);
    const data = event && event.seq > (value?.seq ?? 0) ? event.data : value?.data;
    return { data, check: { key, versionstamp } };
  });
}

type LatestEntry = KvGet<LatestDocument>;

function getLatest(db: Database, stream: string, names: string[]): Promise<LatestEntry[]> {
  return db.getMany(names.map((name) => keys.latest(stream, name)));
}

/** Of many, nearly all between the first and last are wanted: a list costs a third of so many gets. ASCII names. */
async function listLatest(db: Database, stream: string, names: string[]): Promise<LatestEntry[]> {
  const sorted = names.toSorted();
  const start = keys.latest(stream, sorted[0] ?? "");
  const end = keys.latest(stream, `${sorted.at(-1)}\0`);
  const listed = await db.list({ start, end }, { limit: names.length });
  const found = new Map<unknown, LatestEntry>(listed.map((entry) => [entry.key.at(-1), entry]));
  const last = listed.length < names.length ? undefined : String(listed.at(-1)?.key.at(-1)); // others lie between
  const rest = last === undefined ? [] : names.filter((name) => name > last);
  for (const entry of await getLatest(db, stream, rest)) found.set(entry.key.at(-1), entry);
  return names.map((name) => found.get(name) ?? { key: keys.latest(stream, name), value: null, versionstamp: null });
}

/** See `Log.latestIn`. `head` came first: what leaves its tail in between is found where it went to. */
export async function listLatestIn(
  db: Database,
  stream: string,
  head: Head,
  prefix: string,
): Promise<Map<string, unknown>> {
  const found = new Map<string, LatestDocument>();
  const end = keys.latest(stream, `${prefix}\x7f`);
  for (let start = keys.latest(stream, prefix);;) {
    const page = await db.list({ start, end }, { limit: LATEST_PAGE });
    for (const { key, value } of page) found.set(String(key.at(-1)), value);
    if (page.length < LATEST_PAGE) break;
    start = keys.latest(stream, `${String(page.at(-1)?.key.at(-1))}\0`);
  }
  for (const { latest: name, seq, data } of head.tail) {
    if (name?.startsWith(prefix) && seq > (found.get(name)?.seq ?? 0)) found.set(name, { seq, data });
  }
  return new Map(Array.from(found, ([name, { data }]) => [name, data]));
}
