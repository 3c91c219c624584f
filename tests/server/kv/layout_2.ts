/**
 * Data of layout 2. `layout_2.jsonl` holds what a workspace of four people had in storage after some of everything was
 * done in it, as the last version with that layout (c242f08) left it: a line that says who may sign in how, then a line
 * for each value.
 */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { createDatabase } from "../../../lib/server/kv/database.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { LAYOUT } from "../../../lib/server/kv/layout.ts";
import { assertEncoded } from "../../support/encoded.ts";
import { byName, byRoom, withMembers } from "./layout_3.ts";

const ATOMIC_SETS = 100;
const NAMED_MAX = 10; // keys in a failure: a difference of thousands takes minutes to write out

export interface Workspace {
  /** The clock when it was left. */
  now: number;
  /** Tokens of sessions. */
  sessions: Record<"owner" | "ann" | "bo", string>;
  /** An access token of ann's. */
  token: string;
  /** Of ann's. */
  feedToken: string;
  invite: string;
  password: string;
  newest: { room: string; seq: number; key: string; text: string };
}

export interface Value {
  key: Deno.KvKey;
  value: unknown;
  expireIn?: number;
}

export async function readLayout2(): Promise<{ workspace: Workspace; values: Value[] }> {
  const text = await Deno.readTextFile(new URL("layout_2.jsonl", import.meta.url));
  const [first = "", ...lines] = text.trimEnd().split("\n");
  return { workspace: JSON.parse(first), values: lines.map((line) => JSON.parse(line)) };
}

/** Writes values as layout 2 has them: as structured clones. */
export async function writeClones(kv: Deno.Kv, values: (Value & { expireIn?: number })[]): Promise<void> {
  for (let at = 0; at < values.length; at += ATOMIC_SETS) {
    const atomic = kv.atomic();
    for (const { key, value, expireIn } of values.slice(at, at + ATOMIC_SETS)) {
      atomic.set(key, value, expireIn === undefined ? {} : { expireIn });
    }
    await atomic.commit();
  }
}

/** So many values of layout 2, the format and the epoch among them. */
export function many(count: number): Value[] {
  const values = Array.from(
    { length: count - 2 },
    (_, at) => ({ key: keys.message("r1", at + 1), value: { seq: at } }),
  );
  return [{ key: keys.epoch(), value: "e" }, { key: keys.format(), value: 2 }, ...values];
}

/** That storage holds these values in today's layout, and nothing else. */
export async function assertSame(kv: Deno.Kv, values: Value[]): Promise<void> {
  await assertEncoded(kv);
  const db = createDatabase(kv);
  const byKey = (all: Value[]) => new Map(all.map(({ key, value }) => [JSON.stringify(key), value]));
  const due = byKey([...values, ...byRoom(values), ...byName(values), ...withMembers(values)]).set(
    JSON.stringify(keys.format()),
    LAYOUT,
  );
  const stored = byKey(await db.list({ prefix: [] }, { limit: due.size + 1 }));
  const differing = [...due].filter(([key, value]) => !isDeepStrictEqual(stored.get(key), value));
  assert.deepEqual(
    differing.slice(0, NAMED_MAX).map(([key]) => key),
    [],
    `${differing.length} are not as they should be`,
  );
  assert.deepEqual([...stored.keys()].filter((key) => !due.has(key)).slice(0, NAMED_MAX), [], "and nothing else");
}
