/** Whether everything in a database is in a form that any version of Deno reads (lib/server/kv/codec.ts). */
import assert from "node:assert/strict";
import { decode } from "../../lib/server/kv/codec.ts";

/** Walks a whole database; gives the kinds of its keys. Throws where a value is not bytes in a form of ours. */
export async function assertEncoded(kv: Deno.Kv): Promise<Set<string>> {
  const kinds = new Set<string>();
  for await (const { key, value } of kv.list<unknown>({ prefix: [] })) {
    assert(
      value instanceof Uint8Array,
      `${JSON.stringify(key)} was stored by something other than lib/server/kv/database.ts`,
    );
    decode(value);
    kinds.add(String(key[0]));
  }
  return kinds;
}
