/** What is made of entries: one list of two, sections, groups, and the order in which one catches up. */
import assert from "node:assert/strict";
import { spanWords, toCatchUp } from "../../lib/ui/feed/feed_catch_up.ts";
import {
  type FeedItem,
  type FeedPart,
  firstSince,
  hasScrub,
  isSeen,
  olderPath,
  SCRUB_MIN,
  shownItems,
} from "../../lib/ui/feed/feed_data.ts";
import { countItems } from "../../lib/model/feed_items.ts";
import { toSections } from "../../lib/ui/feed/feed_groups.ts";
import { catchUpSections } from "../../lib/ui/feed/feed_sections.ts";
import { line, offset } from "../client/samples.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Friday 14 November 2025, 10:00 UTC. */
const NOW = Date.UTC(2025, 10, 14, 10);

let seqs = 0;

function item(kind: string, minutesAgo: number, it: Partial<FeedItem> = {}): FeedItem {
  const at = NOW - minutesAgo * MINUTE_MS;
  return { kind, view: "you", room: "r1", by: "ann", at, title: kind, offset: offset(10_000 - ++seqs), ...it };
}

function part(view: "you" | "everything", entries: FeedItem[], it: Partial<FeedPart> = {}): FeedPart {
  return { view, entries, offset: entries[0]?.offset ?? "-1", more: false, unseen: 0, ...it };
}

const sections = (items: FeedItem[], isNew: (it: FeedItem) => boolean = () => false) =>
  toSections(items, { isNew, isMarked: (it) => !isNew(it), now: NOW, zone: "UTC" });

Deno.test("two lists are one by time; where one of them goes on, nothing older than its end is shown", () => {
  const you = part("you", [item("mentioned", 1), item("mentioned", 30)], { more: true });
  const everything = part("everything", [
    item("created", 10, { view: "everything" }),
    item("created", 40, { view: "everything" }),
  ]);
  const shown = shownItems([you, everything]);
  assert.deepEqual(shown.map(({ kind }) => kind), ["mentioned", "created", "mentioned"]);
  const older = new URLSearchParams(
    olderPath({ tab: "room", room: "r1", parts: [you, everything] }, shown)?.split("?")[1],
  );
  assert.equal(older.get("you"), you.entries[1]?.offset);
  assert.equal(older.get("everything"), everything.entries[0]?.offset);
  assert.equal(older.get("room"), "r1");
  const whole = { ...you, more: false };
  const mine = shownItems([whole]);
  assert.equal(olderPath({ tab: "you", parts: [whole] }, mine), undefined);
  assert.equal(olderPath({ tab: "you", parts: [whole] }, mine.slice(1)), undefined, "what waits is not older");
  assert.equal(olderPath({ tab: "you", parts: [whole] }, mine.slice(0, 1)), `/feed?you=${mine[0]?.offset}`);
  assert.equal(olderPath({ tab: "you", parts: [part("you", [])] }, []), undefined);
});

Deno.test("sections are now, earlier today, yesterday, and then days", () => {
  const items = [
    item("mentioned", 5),
    item("mentioned", 90),
    item("mentioned", 24 * 60),
    item("mentioned", 3 * 24 * 60),
  ];
  assert.deepEqual(sections(items).map(({ title }) => title), [
    "Now",
    "Earlier today",
    "Yesterday",
    "Tuesday",
  ]);
});

Deno.test("several people's reactions to one message are one; to another message, or seen before, another", () => {
  const items = [
    item("reacted", 1, { by: "ann", seq: 4 }),
    item("mentioned", 2),
    item("reacted", 3, { by: "bob", seq: 4 }),
    item("reacted", 4, { by: "cem", seq: 5 }),
    item("reacted", 5, { by: "dan", seq: 4 }),
  ];
  const [now] = sections(items, (it) => it.by !== "dan");
  assert.deepEqual(now?.groups.map(({ entries }) => entries.map(({ by }) => by)), [["ann", "bob"], ["ann"], ["cem"], [
    "dan",
  ]]);
  assert.deepEqual(now?.groups.map(({ isSeenFrom }) => isSeenFrom), [false, false, false, true]);
});

Deno.test("reactions to one message are one item, over hours and headings, and are counted as such", () => {
  const items = [1, 50, 90, 300, 30 * 60].map((ago) => item("reacted", ago, { seq: 4, by: `u${ago}` }));
  const all = sections([...items, item("reacted", 2, { seq: 5 })]);
  assert.deepEqual(all.map(({ title, groups }) => [title, groups.map(({ entries }) => entries.length)]), [["Now", [
    5,
    1,
  ]]]);
  assert.equal(countItems(items), 1);
});

Deno.test("as many items are counted as are listed, whatever the entries and the hours", () => {
  const kinds = ["mentioned", "replied", "reacted", "messaged", "invited"];
  for (let seed = 1; seed <= 50; seed++) {
    const items = Array.from({ length: 60 }, (_, i) => {
      const by = (n: number) => Math.floor(Math.abs(Math.sin(seed * 1_000 + i * 7 + n)) * 100);
      return item(kinds[by(1) % 5] ?? "", i * (by(2) % 90), { room: `r${by(3) % 3}`, seq: by(4) % 4 });
    }).sort((a, b) => b.at - a.at);
    const listed = sections(items, () => true).flatMap(({ groups }) => groups);
    assert.equal(countItems(items), listed.length);
    assert.equal(
      catchUpSections(toCatchUp(items, [], NOW, "UTC")).flatMap(({ groups }) => groups).length,
      listed.length,
    );
  }
});

Deno.test("mentions are shown one by one, and what is hours apart is two things", () => {
  assert.equal(sections([item("mentioned", 1), item("mentioned", 2)])[0]?.groups.length, 2);
  const today = sections([item("joined", 70, { room: undefined }), item("joined", 300, { room: undefined })]);
  assert.equal(today[0]?.groups.length, 2);
});

Deno.test("rooms that one person makes are one entry, those of another one are another", () => {
  const items = [
    item("created", 1, { room: "r1" }),
    item("created", 2, { room: "r2" }),
    item("created", 3, { room: "r3", by: "bob" }),
    item("created", 4, { room: "r4" }),
  ];
  const [now] = sections(items);
  assert.deepEqual(now?.groups.map(({ entries }) => entries.map(({ room }) => room)), [["r1", "r2", "r4"], ["r3"]]);
});

Deno.test("there is a scrubber where there is something to replay", () => {
  const few = Array.from({ length: SCRUB_MIN - 1 }, (_, at) => item("mentioned", at));
  assert.equal(hasScrub([part("you", few)], NOW - HOUR_MS), false);
  assert.equal(hasScrub([part("you", [...few, item("mentioned", 59)])], NOW - HOUR_MS), true);
  assert.equal(hasScrub([part("you", [...few, item("mentioned", 61)])], NOW - HOUR_MS), false);
  assert.equal(hasScrub([part("you", few), part("everything", [item("joined", 1)])], NOW - HOUR_MS), true);
});

Deno.test("the line stands above the first that was seen, and nowhere when nothing is new", () => {
  const items = [item("mentioned", 1), item("mentioned", 2)];
  assert.deepEqual(sections(items)[0]?.groups.map(({ isSeenFrom }) => isSeenFrom), [false, false]);
  assert.deepEqual(sections(items, () => true)[0]?.groups.map(({ isSeenFrom }) => isSeenFrom), [false, false]);
});

Deno.test("the line stands at the marker, not at what was read in its room above it", () => {
  const [unread, read, marked] = [item("mentioned", 1), item("mentioned", 2), item("mentioned", 3)];
  const [now] = toSections([unread, read, marked], {
    isNew: (it) => it === unread,
    isMarked: (it) => it === marked,
    now: NOW,
    zone: "UTC",
  });
  assert.deepEqual(now?.groups.map(({ isNew, isSeenFrom }) => [isNew, isSeenFrom]), [
    [true, false],
    [false, false],
    [false, true],
  ]);
});

Deno.test("a replay begins with the first of the span where nothing was seen", () => {
  const parts = [part("you", [item("mentioned", 1), item("mentioned", 50), item("mentioned", 90)])];
  assert.equal(firstSince(parts, NOW - HOUR_MS), NOW - 50 * MINUTE_MS);
  assert.equal(firstSince([part("you", [])], NOW - HOUR_MS), NOW - HOUR_MS);
});

Deno.test("seen is what is not past its own list's marker", () => {
  const [one, two] = [item("mentioned", 1), item("mentioned", 2)];
  const parts = [part("you", [one, two], { seen: two.offset })];
  assert.deepEqual([one, two].map((it) => isSeen(it, parts, new Map())), [false, true]);
  assert.equal(isSeen({ ...two, view: "everything" }, parts, new Map()), false);
});

Deno.test("seen is also a message to me that I have read in its room, and nothing else there", () => {
  const lines = new Map([["r1", line("r1", { n: 9, unread: 4 })]]); // read up to the fifth
  const isRead = (it: FeedItem, there = lines) => isSeen(it, [part("you", [it])], there);
  for (const kind of ["mentioned", "messaged", "replied"]) {
    assert.deepEqual([5, 6].map((n) => isRead(item(kind, 1, { n }))), [true, false], kind);
  }
  assert.equal(isRead(item("reacted", 1, { n: 5 })), false, "that somebody reacted is not read in the room");
  assert.equal(isRead(item("started", 1, { n: 5, view: "everything" })), false);
  assert.equal(isRead(item("mentioned", 1)), false, "a reply has no number");
  const left = new Map([["r1", line("r1", { n: 9, unread: 0, joined: false })]]);
  assert.equal(isRead(item("mentioned", 1, { n: 5 }), left), false, "where I am no member, nothing is marked");
});

Deno.test("one catches up on mentions, replies, rooms, reactions and the rest, the busiest first", () => {
  const items = [
    item("invited", 1),
    item("reacted", 2, { seq: 1 }),
    item("reacted", 3, { seq: 2, by: "bob" }),
    item("reacted", 4, { seq: 2, by: "cem" }),
    item("replied", 5),
    item("mentioned", 6),
  ];
  const lines = [
    line("quiet"),
    line("few", { n: 2, unread: 2 }),
    line("many", { n: 9, unread: 9 }),
    line("called", { n: 1, unread: 1, mentions: 1 }),
    line("muted", { n: 5, unread: 5, level: "nothing" }),
  ];
  const catchUp = toCatchUp(items, lines, NOW, "UTC");
  assert.deepEqual(catchUpSections(catchUp).map(({ title }) => title), [
    "Mentions and direct messages",
    "Replies to you",
    "Unread messages",
    "Most reacted",
    "Other",
  ]);
  assert.deepEqual(catchUp.rooms.map(({ room }) => room.id), ["called", "many", "few"]);
  assert.deepEqual(catchUp.reacted.map(({ entries }) => entries.length), [2, 1]);
});

Deno.test("an unread direct message is caught up on also where no entry is about it, and once", () => {
  const direct = (id: string, unread: number) => {
    const it = line(id, { n: 9, unread, mentions: unread });
    return { ...it, room: { ...it.room, visibility: "direct" as const } };
  };
  const lines = [direct("notified", 1), direct("marked", 2), direct("read", 0), line("few", { n: 2, unread: 2 })];
  const catchUp = toCatchUp([item("messaged", 1, { room: "notified" })], lines, NOW, "UTC");
  const [first, second] = catchUpSections(catchUp);
  assert.deepEqual([first?.title, second?.title], ["Mentions and direct messages", "Unread messages"]);
  assert.deepEqual(first?.groups.map(({ entries: [it] }) => it.room), ["notified"]);
  assert.equal(first?.rooms, undefined);
  assert.deepEqual(second?.rooms?.map(({ room }) => room.id), ["marked", "few"]);
});

Deno.test("spans are worded as people say them", () => {
  const words = [10_000, 12 * MINUTE_MS, 3 * HOUR_MS, 3 * HOUR_MS + 12 * MINUTE_MS, 50 * HOUR_MS].map(spanWords);
  assert.deepEqual(words, ["1 min", "12 min", "3 h", "3 h 12 min", "2 days"]);
});
