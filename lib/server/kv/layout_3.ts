/**
 * From layout 2 to 3: every value is written again, in a form of our own (codec.ts). A value that is written again loses
 * the time at which storage may forget it, so that is found and set anew. What is known here of layout 2 stays as it
 * was, whatever becomes of keys and documents later.
 */
import { sizeOf, VALUE_MAX } from "./codec.ts";
import type { Database } from "./database.ts";
import { type KvSet, setAt } from "./key.ts";

import type { Migration } from "./migration.ts";

const DAY_MS = 86_400_000;
const ENTRY_KEPT_MS = 90 * DAY_MS;
const UNTOLD_KEPT_MS = 31 * DAY_MS;
const REACTION_TOLD_MS = DAY_MS;

/** Values that are the name of a document under another prefix, and go with it. */
const goesWith: Record<string, string> = { user_session: "session", user_token: "token", invite_token: "invite" };

export const toLayout3: Migration = {
  prefix: [],
  async pageOf(db, page, now) {
    const documents = await documentsOf(db, page);
    return page.map(({ key, value }, at) => {
      const document = documents.get(at);
      const expiresAt = document ? expiryWith(document.value, now) : expiryOf(key, value, now);
      if (expiresAt !== undefined) return [setAt(key, value, { expireIn: Math.max(1, expiresAt - now) })];
      return key[0] === "log" && Array.isArray(value) ? segments(key, value) : [setAt(key, value)];
    });
  },
};

/** A segment was as large as a value may be by other sizes: in CJK and JSON it can be too large, and is then cut in two. */
function segments([log = "", stream = "", last = 0]: Deno.KvKey, events: { seq: number }[]): KvSet[] {
  if (events.length < 2 || sizeOf(events) <= VALUE_MAX) return [setAt([log, stream, last], events)];
  const half = Math.ceil(events.length / 2);
  const middle = events[half - 1]?.seq ?? last;
  return [
    ...segments([log, stream, middle], events.slice(0, half)),
    ...segments([log, stream, last], events.slice(half)),
  ];
}

/** By place in the page, the documents that values there go with. */
async function documentsOf(db: Database, page: Deno.KvEntry<unknown>[]): Promise<Map<number, { value: unknown }>> {
  const named = page.flatMap(({ key: [kind], value }, at) => {
    const prefix = goesWith[String(kind)];
    return prefix !== undefined && typeof value === "string" ? [{ at, key: [prefix, value] }] : [];
  });
  const found = await db.getMany(named.map(({ key }) => key));
  return new Map(named.map(({ at }, place) => [at, { value: found[place]?.value ?? null }]));
}

/** What goes with a document that is gone has expired with it. */
function expiryWith(document: unknown, now: number): number | undefined {
  return document === null ? now : timeIn(document, "expiresAt");
}

function expiryOf([kind]: Deno.KvKey, value: unknown, now: number): number | undefined {
  if (kind === "sent" || kind === "session" || kind === "token" || kind === "invite") return timeIn(value, "expiresAt");
  if (kind === "entry") return (timeIn(fieldOf(value, "entry"), "at") ?? now) + ENTRY_KEPT_MS;
  // These two hold no time: they go by what they were given at most.
  if (kind === "untold") return now + UNTOLD_KEPT_MS;
  if (kind === "reaction_told") return now + REACTION_TOLD_MS;
}

function timeIn(document: unknown, name: string): number | undefined {
  const time = fieldOf(document, name);
  return typeof time === "number" ? time : undefined;
}

function fieldOf(document: unknown, name: string): unknown {
  const fields = new Map<string, unknown>(typeof document === "object" ? Object.entries(document ?? {}) : []);
  return fields.get(name);
}
