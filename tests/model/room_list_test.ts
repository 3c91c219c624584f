import assert from "node:assert/strict";
import { nextRoom } from "../../lib/model/room_list.ts";
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
