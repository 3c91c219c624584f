/** An upper bound of what a value takes in KV, which stores V8's serialisation: two bytes a character at worst. */

export const VALUE_MAX = 60 * 1024; // bytes; KV refuses values over 64 KiB
const NODE_BYTES = 12; // tags, lengths and the widest number; of what is in an array, its index as well

/** Bytes that `value` takes at most when stored. */
export function sizeOf(value: unknown): number {
  if (typeof value === "string") return NODE_BYTES + 2 * value.length;
  if (value instanceof Uint8Array) return NODE_BYTES + value.byteLength;
  if (typeof value !== "object" || value === null) return NODE_BYTES;
  let bytes = NODE_BYTES;
  if (Array.isArray(value)) {
    for (const inner of value) bytes += sizeOf(inner);
    return bytes;
  }
  for (const [name, inner] of Object.entries(value)) bytes += NODE_BYTES + 2 * name.length + sizeOf(inner);
  return bytes;
}

/** Bytes that a key takes at most. */
export function sizeOfKey(key: Deno.KvKey): number {
  let bytes = 0;
  for (const part of key) bytes += typeof part === "string" ? 2 + 3 * part.length : 10;
  return bytes;
}
