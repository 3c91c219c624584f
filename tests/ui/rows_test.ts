import assert from "node:assert/strict";
import type { Message } from "../../lib/protocol/messages.ts";
import { countUnread, firstUnread } from "../../lib/model/unread.ts";
import { type Row, toRows } from "../../lib/ui/room/rows.ts";

const MINUTE_MS = 60_000;
const NOON = Date.UTC(2026, 4, 14, 12, 0);

function message(seq: number, by: string, minutes: number): Message {
  const at = NOON + minutes * MINUTE_MS;
  const text = `message ${seq}`;
  return {
    room: "r1",
    seq,
    n: seq,
    rev: seq,
    key: `key-${seq}`,
    by,
    at,
    text,
    body: [{ t: "p", c: [text] }],
    reactions: {},
    mentions: [],
  };
}

const nothing = { pending: [], me: "me", zone: "UTC", firstUnread: undefined };
const shapes = (rows: Row[]) => rows.map((row) => `${row.kind}${"isMore" in row && row.isMore ? "+" : ""} ${row.id}`);

Deno.test("messages of one author within 5 minutes are one group", () => {
  const messages = [message(1, "ann", 0), message(2, "ann", 5), message(3, "ann", 11), message(4, "bob", 12)];
  assert.deepEqual(shapes(toRows({ ...nothing, messages })), [
    "day day-2026-05-14",
    "message 1",
    "message+ 2",
    "message 3",
    "message 4",
  ]);
});

Deno.test("a day begins where the reader's zone says, and begins a group", () => {
  const messages = [message(1, "ann", 0), message(2, "ann", 3)];
  const inKiritimati = toRows({
    ...nothing,
    messages: messages.map((it) => ({ ...it, at: it.at - 2 * 60 * MINUTE_MS - MINUTE_MS })),
    zone: "Pacific/Kiritimati", // UTC+14: midnight there is 10:00 UTC
  });
  assert.deepEqual(shapes(inKiritimati), [
    "day day-2026-05-14",
    "message 1",
    "day day-2026-05-15",
    "message 2",
  ]);
  assert.deepEqual(shapes(toRows({ ...nothing, messages })), ["day day-2026-05-14", "message 1", "message+ 2"]);
});

Deno.test("the New line stands before the first unread message, which begins a group, and counts what the list counts", () => {
  const messages = [message(1, "ann", 0), message(2, "ann", 1), message(3, "me", 2), message(4, "ann", 3)];
  const rows = toRows({ ...nothing, messages, firstUnread: 2 });
  assert.deepEqual(shapes(rows), ["day day-2026-05-14", "message 1", "new new", "message 2", "message 3", "message 4"]);
  const { unread } = countUnread({ joined: true, n: 4, mark: 1, mentioned: [] });
  assert.equal(rows.find((row) => row.kind === "new")?.count, unread);
  const more = toRows({ ...nothing, messages: messages.slice(0, 3), firstUnread: 2, below: 1 });
  assert.equal(more.find((row) => row.kind === "new")?.count, unread);
});

Deno.test("what is on its way stands last, under its key, and never before a day that has begun", () => {
  const late = { key: "pending-key-000001", text: "hi", at: NOON - 24 * 60 * MINUTE_MS, state: "pending" } as const;
  const rows = toRows({ ...nothing, messages: [message(1, "me", 0)], pending: [late] });
  assert.deepEqual(shapes(rows), ["day day-2026-05-14", "message 1", "pending+ pending-key-000001"]);
});

Deno.test("every row has an id of its own", () => {
  const messages = Array.from({ length: 200 }, (_, i) => message(i + 1, i % 3 ? "ann" : "me", i * 30));
  const ids = toRows({ ...nothing, messages, firstUnread: 100 }).map((row) => row.id);
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("the first unread message is the first past the mark, and unknown when it may be above the page", () => {
  const messages = [message(3, "me", 0), message(4, "ann", 1), message(5, "ann", 2)];
  const first = (readUpTo: number, more: boolean) => firstUnread(messages, { readUpTo, more })?.seq;
  assert.equal(first(3, true), 4);
  assert.equal(first(2, true), 3, "the list counts my own too, where I marked it unread");
  assert.equal(first(1, true), undefined);
  assert.equal(first(1, false), 3);
  assert.equal(first(5, true), undefined);
});
