/**
 * From layout 2 to 3: every value is written again, in a form of our own (codec.ts). A value that is written again
 * loses its expiry, so the expiry is derived and set again. The knowledge of layout 2 in this file stays as it is,
 * however keys and documents change later.
 */
import { sizeOf, VALUE_MAX } from "./codec.ts";
import type { Database } from "./database.ts";
import { type KvSet, setAt } from "./key.ts";

import type { Migration } from "./migration.ts";

const DAY_MS = 86_400_000;
const ENTRY_KEPT_MS = 90 * DAY_MS;
const PENDING_KEPT_MS = 31 * DAY_MS;
const REACTION_ENTRY_MS = DAY_MS;

/** Prefixes whose values name a document under another prefix, and expire with it. */
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

/** Layout 2 measured segments otherwise, so with CJK texts one can be too large as JSON: then it is cut in two. */
function segments([log = "", stream = "", last = 0]: Deno.KvKey, events: { seq: number }[]): KvSet[] {
  if (events.length < 2 || sizeOf(events) <= VALUE_MAX) return [setAt([log, stream, last], events)];
  const half = Math.ceil(events.length / 2);
  const middle = events[half - 1]?.seq ?? last;
  return [
    ...segments([log, stream, middle], events.slice(0, half)),
    ...segments([log, stream, last], events.slice(half)),
  ];
}

/** The documents that values of the page expire with, by their index in the page. */
async function documentsOf(db: Database, page: Deno.KvEntry<unknown>[]): Promise<Map<number, { value: unknown }>> {
  const named = page.flatMap(({ key: [kind], value }, at) => {
    const prefix = goesWith[String(kind)];
    return prefix !== undefined && typeof value === "string" ? [{ at, key: [prefix, value] }] : [];
  });
  const found = await db.getMany(named.map(({ key }) => key));
  return new Map(named.map(({ at }, place) => [at, { value: found[place]?.value ?? null }]));
}

/** A value whose document is gone has expired with it. */
function expiryWith(document: unknown, now: number): number | undefined {
  return document === null ? now : timeIn(document, "expiresAt");
}

function expiryOf([kind]: Deno.KvKey, value: unknown, now: number): number | undefined {
  if (kind === "sent" || kind === "session" || kind === "token" || kind === "invite") return timeIn(value, "expiresAt");
  if (kind === "entry") return (timeIn(fieldOf(value, "entry"), "at") ?? now) + ENTRY_KEPT_MS;
  // These two hold no time, so they get their longest time.
  if (kind === "untold") return now + PENDING_KEPT_MS;
  if (kind === "reaction_told") return now + REACTION_ENTRY_MS;
}

function timeIn(document: unknown, name: string): number | undefined {
  const time = fieldOf(document, name);
  return typeof time === "number" ? time : undefined;
}

function fieldOf(document: unknown, name: string): unknown {
  const fields = new Map<string, unknown>(typeof document === "object" ? Object.entries(document ?? {}) : []);
  return fields.get(name);
}
