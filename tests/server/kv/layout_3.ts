/**
 * Data of layout 3. `layout_3.jsonl` holds what a workspace of three people had in storage after they had told each other
 * much, and taken some back, as the last version with that layout (c1bab81) left it: a line that says who may sign in and
 * what each was told of each room, then a line for each value.
 */
import { createDatabase } from "../../../lib/server/kv/database.ts";
import { setAt } from "../../../lib/server/kv/key.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import type { Entry, FeedView } from "../../../lib/protocol/feed.ts";
import type { Value } from "./layout_2.ts";

const ATOMIC_SETS = 500;

export interface Expected {
  /** The clock when it was left. */
  now: number;
  /** Tokens of sessions, by handle. */
  sessions: Record<"owner" | "ann" | "bo", string>;
  /** All that `feed.list` told each person of each room, by handle. */
  feeds: Record<"owner" | "ann" | "bo", { view: FeedView; room: string; entries: Entry[] }[]>;
  /** A message of the owner's whose mention of ann was edited out, and one whose mention was edited in again. */
  withdrawn: { room: string; seq: number };
  standing: { room: string; seq: number };
}

export async function readLayout3(): Promise<{ expected: Expected; values: Value[] }> {
  const text = await Deno.readTextFile(new URL("layout_3.jsonl", import.meta.url));
  const [first = "", ...lines] = text.trimEnd().split("\n");
  return { expected: JSON.parse(first), values: lines.map((line) => JSON.parse(line)) };
}

/** Writes values as layout 3 and later ones have them: in a form of ours. */
export async function writeEncoded(kv: Deno.Kv, values: readonly Value[]): Promise<void> {
  const db = createDatabase(kv);
  for (let at = 0; at < values.length; at += ATOMIC_SETS) {
    await db.commit({
      sets: values.slice(at, at + ATOMIC_SETS).map(({ key, value, expireIn }) =>
        setAt(key, value, expireIn === undefined ? undefined : { expireIn })
      ),
    });
  }
}

/** So many entries in three streams, some about a room and some not, with a few other values. */
export function manyEntries(count: number, at: number): Value[] {
  const entries = Array.from({ length: count }, (_, n) => {
    const room = n % 5 === 0 ? {} : { room: `r${n % 7}` };
    const entry = { kind: "mentioned", ...room, seq: n, by: "u1", at: at - n, title: `Entry ${n}` };
    return { key: keys.entry(["feed", "user:a", "user:b"][n % 3] ?? "", n + 1), value: { tag: "abcd", entry } };
  });
  const others = [keys.edit("r1", 1, 2), keys.handle("ann"), keys.room("r1")].map((key) => ({ key, value: "it" }));
  return [{ key: keys.epoch(), value: "e" }, { key: keys.format(), value: 3 }, ...entries, ...others];
}

/** What layout 4 holds beside these values: each entry about a room once more. */
export function byRoom(values: Value[]): Value[] {
  return values.flatMap(({ key: [kind, stream = "", seq = 0], value }) => {
    const room: unknown = kind === "entry" ? Object(Object(value).entry).room : undefined;
    return typeof room === "string" ? [{ key: ["room_entry", stream, room, seq], value }] : [];
  });
}

/** What layout 5 holds beside them: the names of rooms. None here has two ways to be written, nor two rooms. */
export function byName(values: Value[]): Value[] {
  return values.flatMap(({ key: [kind, id], value }) => {
    const { name, visibility }: { name?: unknown; visibility?: unknown } = kind === "room" ? Object(value) : {};
    return typeof name === "string" && visibility !== "direct"
      ? [{ key: ["room_name", name.toLowerCase()], value: id }]
      : [];
  });
}

/** What layout 6 holds in place of some of them: heads of rooms that count their members. */
export function withMembers(values: Value[]): Value[] {
  return values.flatMap(({ key, value }) => {
    const [kind, stream] = key;
    if (kind !== "head" || !String(stream).startsWith("room:")) return [];
    const members = values.filter((it) => it.key[0] === "member" && `room:${String(it.key[1])}` === stream).length;
    return [{ key, value: { ...Object(value), members } }];
  });
}
