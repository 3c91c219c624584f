import { sizeOf, VALUE_MAX } from "../kv/codec.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { AnyEvent } from "./events.ts";
import { type Append, type AppendSlot, EMPTY_TAG, type Size, type Written } from "./types.ts";

const EVENT_BYTES = 400; // of an event without its data: its other fields at their widest, and its keys in the log
const PROBE_PLACE: AppendSlot = {
  seq: Number.MAX_SAFE_INTEGER,
  tag: EMPTY_TAG,
  n: Number.MAX_SAFE_INTEGER,
  at: Number.MAX_SAFE_INTEGER,
  latest: () => undefined,
  written: () => undefined,
};
export const NOTHING: Written<undefined, never> = { events: [], result: undefined };

/** Measures a plan's writes before it queues: an oversized value fails alone, with `Refusal("too_large")`. */
export function measure(append: Append<unknown, AnyEvent>): Size {
  if (append.size) return append.size;
  const { events, sets = [], deletes = [] } = append.write(() => PROBE_PLACE) ?? NOTHING;
  let bytes = 0;
  for (const { key, value } of [...sets, ...events.flatMap(({ document }) => document ?? [])]) {
    bytes += sizeOfKey(key) + fitting(value);
  }
  for (const { data, compactionKey: latest } of events) {
    // `live` is not stored. An event with a compaction key is stored twice when it leaves the head.
    bytes += EVENT_BYTES + fitting(data) * (latest === undefined ? 1 : 2);
  }
  for (const key of deletes) bytes += sizeOfKey(key);
  return { bytes, mutations: sets.length + events.length + deletes.length };
}

function fitting(value: unknown): number {
  const size = sizeOf(value);
  if (size > VALUE_MAX) throw new Refusal("too_large", "Cannot save: it is too large to store in one piece");
  return size;
}

/** Bytes that a key takes at most. */
function sizeOfKey(key: Deno.KvKey): number {
  let bytes = 0;
  for (const part of key) bytes += typeof part === "string" ? 2 + 3 * part.length : 10;
  return bytes;
}
