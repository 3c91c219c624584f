import { Refusal } from "../protocol/errors.ts";
import { sizeOf, sizeOfKey, VALUE_MAX } from "./size.ts";
import { type Append, EMPTY_TAG, type Place, type Written } from "./types.ts";

const EVENT_BYTES = 100; // the log's own key and tags
const PROBE_PLACE: Place = {
  seq: Number.MAX_SAFE_INTEGER,
  tag: EMPTY_TAG,
  n: Number.MAX_SAFE_INTEGER,
  at: Number.MAX_SAFE_INTEGER,
  latest: () => undefined,
  written: () => undefined,
};
export const NOTHING: Written<undefined> = { events: [], result: undefined };

/**
 * What a plan would write, measured once, before it queues: an oversized value fails alone, not its batch. Throws
 * `Refusal("too_large")` for one.
 */
export function measure(append: Append<unknown>): { bytes: number; mutations: number } {
  const { events, sets = [], deletes = [] } = append.write(() => PROBE_PLACE) ?? NOTHING;
  const values = [...sets, ...events.flatMap((event) => event.document ?? [])].map((set) => set.value);
  for (const event of events) values.push(event.data); // `live` is not stored
  let bytes = 0;
  for (const value of values) {
    const size = sizeOf(value);
    if (size > VALUE_MAX) throw new Refusal("too_large", "Cannot save: it is too large to store in one piece");
    bytes += size + EVENT_BYTES;
  }
  for (const { key } of sets) bytes += sizeOfKey(key);
  for (const key of deletes) bytes += sizeOfKey(key);
  return { bytes, mutations: sets.length + events.length + deletes.length };
}
