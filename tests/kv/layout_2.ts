/**
 * Data of layout 2. `layout_2.jsonl` holds what a workspace of four people had in storage after some of everything was
 * done in it, as the last version with that layout (c242f08) left it: a line that says who may sign in how, then a line
 * for each value.
 */

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
}

export async function readLayout2(): Promise<{ workspace: Workspace; values: Value[] }> {
  const text = await Deno.readTextFile(new URL("layout_2.jsonl", import.meta.url));
  const [first = "", ...lines] = text.trimEnd().split("\n");
  return { workspace: JSON.parse(first), values: lines.map((line) => JSON.parse(line)) };
}

/** Writes values as layout 2 has them: as structured clones. */
export async function writeClones(kv: Deno.Kv, values: (Value & { expireIn?: number })[]): Promise<void> {
  for (const { key, value, expireIn } of values) await kv.set(key, value, { ...(expireIn && { expireIn }) });
}
