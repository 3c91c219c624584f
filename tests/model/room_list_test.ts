import assert from "node:assert/strict";
import { isCalling, nextRoom, titled } from "../../lib/model/room_list.ts";
import { line } from "../client/samples.ts";

const lines = [line("a"), line("b", { unread: 2 }), line("c", { joined: false }), line("d"), line("e", { unread: 1 })];

Deno.test("Alt+arrow goes to the room before or after, round the ends, among my rooms", () => {
  assert.equal(nextRoom(lines, "a", 1, false), "b");
  assert.equal(nextRoom(lines, "b", 1, false), "d");
  assert.equal(nextRoom(lines, "e", 1, false), "a");
  assert.equal(nextRoom(lines, "a", -1, false), "e");
});

Deno.test("with Shift it goes to the next room with something new", () => {
  assert.equal(nextRoom(lines, "b", 1, true), "e");
  assert.equal(nextRoom(lines, "a", -1, true), "e");
  assert.equal(nextRoom([line("a"), line("b")], "a", 1, true), undefined);
});

Deno.test("from a room that is not in the list it goes to one that is", () => {
  assert.equal(nextRoom(lines, "gone", 1, false), "a");
  assert.equal(nextRoom([], "gone", 1, false), undefined);
});

Deno.test("an archived room calls nobody, and Alt+arrow passes it", () => {
  const it = line("b", { unread: 2, mentions: 1 });
  const archived = { ...it, room: { ...it.room, archivedAt: 1 } };
  assert.equal(isCalling(archived), false);
  assert.equal(nextRoom([line("a"), archived, line("c")], "a", 1, false), "c");
  assert.equal(titled("Feed", [line("a"), archived]), "Feed");
});

Deno.test("the title says what the list says: mentions and direct messages, else how many rooms have something new", () => {
  const direct = line("d", { unread: 3 });
  const muted = line("m", { unread: 9, mentions: 9, level: "nothing" });
  assert.equal(titled("#a", [line("a", { unread: 5 }), line("b", { unread: 1 }), muted]), "(2) #a");
  const all = [line("a", { unread: 5, mentions: 2 }), { ...direct, room: { ...direct.room, visibility: "direct" } }];
  assert.equal(titled("#a", all as typeof lines), "(@5) #a");
});
