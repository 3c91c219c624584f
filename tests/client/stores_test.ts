import assert from "node:assert/strict";
import { signal } from "@preact/signals";
import { createPeopleStore } from "../../lib/client/stores/people_store.ts";
import { createRoomsStore } from "../../lib/client/stores/rooms_store.ts";
import { createTypingStore, TYPING_EVERY_MS } from "../../lib/client/stores/typing_store.ts";
import type { UserEvent } from "../../lib/protocol/events.ts";
import { createFakeClock } from "./fake_clock.ts";
import { line, message, offset, timing, user } from "./samples.ts";
import { createScriptedCaller } from "./scripted_caller.ts";

const marked = (room: string, n: number): UserEvent => ({
  seq: 1,
  type: "reads.marked",
  at: 1,
  by: "me",
  data: { room, seq: n, n },
});

Deno.test("who goes back behind what was read since the list came asks the server for its mentions", () => {
  const { call, asked } = createScriptedCaller();
  const rooms = createRoomsStore({ ...timing, call, summaries: [line("r1", { n: 0, unread: 0 })] });
  rooms.digest({ r1: { n: 1, lastAt: 5 } });
  rooms.apply(marked("r1", 1)); // my own message, which mentions me, without an event
  assert.equal(asked.length, 0);
  rooms.apply(marked("r1", 0));
  assert.deepEqual(asked.map(({ name }) => name), ["rooms.get"]);
});

Deno.test("unread is count minus mark, in whatever order and however often they come", () => {
  const { call } = createScriptedCaller();
  const rooms = createRoomsStore({ ...timing, call, summaries: [line("r1", { n: 10, unread: 4 })] });
  const unread = () => rooms.summary("r1")?.unread;
  assert.equal(unread(), 4);
  rooms.digest({ r1: { n: 12, lastAt: 5 } });
  rooms.digest({ r1: { n: 12, lastAt: 5 } });
  assert.equal(unread(), 6);
  rooms.apply(marked("r1", 14));
  assert.equal(unread(), 0);
  rooms.message(message(13));
  rooms.message(message(14));
  rooms.digest({ r1: { n: 13, lastAt: 5 } });
  assert.equal(unread(), 0);
  rooms.message(message(15));
  assert.equal(unread(), 1);
  rooms.apply(marked("r1", 9));
  assert.equal(unread(), 6);
});

Deno.test("a room that has shrunk since the last session means that data were restored: the list is loaded again", async () => {
  const { call, asked } = createScriptedCaller();
  const rooms = createRoomsStore({
    ...timing,
    call,
    summaries: [line("r1", { n: 10, unread: 4 }), line("r2", { n: 3 })],
  });
  rooms.welcomed();
  rooms.digest({ r1: { n: 11, lastAt: 5 }, r2: { n: 3, lastAt: 5 } });
  rooms.digest({ r1: { n: 10, lastAt: 5 } }); // late
  assert.deepEqual([asked.length, rooms.summary("r1")?.n], [0, 11]);
  rooms.welcomed();
  rooms.digest({ r1: { n: 7, lastAt: 3 }, r2: { n: 3, lastAt: 5 } });
  assert.deepEqual(asked.map((it) => it.name), ["rooms.list"]);
  await asked[0]?.answer({ rooms: [line("r1", { n: 7, unread: 1 }), line("r2", { n: 3 })], more: false });
  assert.deepEqual([rooms.summary("r1")?.n, rooms.summary("r1")?.unread], [7, 1]);
});

const mentioned = (room: string, n: number): UserEvent => ({
  seq: 1,
  type: "inbox.mentioned",
  at: 1,
  by: "ann",
  data: {
    entry: { kind: "mentioned", room, seq: n, n, by: "ann", at: 1, title: "Ann mentioned you", offset: offset(n) },
  },
});

Deno.test("mentions are those past the mark, however often they are reported and in whatever order with the mark", () => {
  const { call } = createScriptedCaller();
  const rooms = createRoomsStore({ ...timing, call, summaries: [line("r1", { n: 10, unread: 4, mentions: 2 })] });
  const shown = () => [rooms.summary("r1")?.mentions, rooms.forMe.value];
  assert.deepEqual(shown(), [2, 2]);
  rooms.apply(mentioned("r1", 12));
  rooms.apply(mentioned("r1", 12));
  assert.equal(rooms.summary("r1")?.unread, 6, "it is unread before a digest says so");
  rooms.apply(mentioned("r1", 9)); // the list has counted it
  rooms.digest({ r1: { n: 13, lastAt: 5 } });
  assert.deepEqual(shown(), [3, 3]);
  rooms.apply(marked("r1", 11));
  assert.deepEqual(shown(), [1, 1]);
  rooms.apply(marked("r1", 13));
  assert.deepEqual(shown(), [0, 0]);
  rooms.apply(mentioned("r1", 13)); // read before its event came, in a room on screen
  assert.deepEqual(shown(), [0, 0]);
  rooms.apply(marked("r1", 11)); // marked unread from there
  assert.deepEqual(shown(), [2, 2]);
  rooms.apply(mentioned("none", 1));
  assert.deepEqual(rooms.summaries.value.length, 1);
});

Deno.test("a mention that comes while the list is read anew is counted once, by whichever", async () => {
  for (const [n, mentions] of [[5, 0], [6, 1]] as const) {
    const { call, asked } = createScriptedCaller();
    const rooms = createRoomsStore({ ...timing, call, summaries: [line("r1", { n: 5, unread: 5 })] });
    const loading = rooms.load();
    rooms.apply(mentioned("r1", 6));
    await asked[0]?.answer({ rooms: [line("r1", { n, unread: n, mentions })], more: false });
    await loading;
    assert.equal(rooms.summary("r1")?.mentions, 1);
  }
});

Deno.test("for me are mentions and direct messages, not of rooms that I want to hear nothing of, nor of public ones that I am not in", () => {
  const { call } = createScriptedCaller();
  const direct = { ...line("d").room, visibility: "direct" as const };
  const rooms = createRoomsStore({
    ...timing,
    call,
    summaries: [
      line("r1", { n: 3, unread: 3, mentions: 1 }),
      line("r2", { n: 3, unread: 3, mentions: 2, level: "nothing" }),
      line("r3", { n: 3, joined: false }),
      line("d", { room: direct, n: 5, unread: 4 }),
    ],
  });
  rooms.apply(mentioned("r2", 4));
  rooms.apply(mentioned("r3", 4));
  assert.deepEqual([rooms.forMe.value, rooms.unreadRooms.value], [5, 2]);
});

Deno.test("rooms come and go by their events; a public one that I left stays, not joined", () => {
  const { call } = createScriptedCaller();
  const rooms = createRoomsStore({ ...timing, call, summaries: [line("b")] });
  const event = (type: "rooms.added" | "rooms.removed", it: ReturnType<typeof line>["room"]): UserEvent => ({
    seq: 1,
    type,
    at: 1,
    by: "ann",
    data: { room: it },
  });
  const secret = { ...line("a").room, visibility: "private" as const };
  rooms.apply(event("rooms.added", secret));
  assert.deepEqual(rooms.summaries.value.map((it) => it.room.id), ["a", "b"]);
  rooms.apply(event("rooms.removed", secret));
  rooms.apply(event("rooms.removed", line("b").room));
  assert.deepEqual(rooms.summaries.value.map((it) => [it.room.id, it.joined]), [["b", false]]);
});

Deno.test("what comes while the list is read anew is not lost under it", async () => {
  const { call, asked } = createScriptedCaller();
  const rooms = createRoomsStore({ ...timing, call, summaries: [line("r1", { n: 5, unread: 5 })] });
  const loading = rooms.load();
  rooms.apply(marked("r1", 5));
  await asked[0]?.answer({ rooms: [line("r1", { n: 5, unread: 5 })], more: false });
  await loading;
  assert.equal(rooms.summary("r1")?.unread, 0);
});

Deno.test("of two lists under way the one asked for last stays, and what comes meanwhile is lost under neither", async () => {
  for (const order of [[0, 1], [1, 0]] as const) {
    const { call, asked } = createScriptedCaller();
    const rooms = createRoomsStore({ ...timing, call, summaries: [line("r1", { n: 5, unread: 5 })] });
    const loading = [rooms.load(), rooms.load()];
    rooms.apply(marked("r1", 5));
    for (const at of order) {
      const more = at === 0 ? [] : [line("new")];
      await asked[at]?.answer({ rooms: [line("r1", { n: 5, unread: 5 }), ...more], more: false });
      assert.equal(rooms.summary("r1")?.unread, 0);
    }
    await Promise.all(loading);
    assert.deepEqual(rooms.summaries.value.map((it) => it.room.id), ["new", "r1"]);
  }
});

Deno.test("a list read anew drops rooms that I was removed from, not one that I only visit", async () => {
  const { call, asked } = createScriptedCaller();
  const rooms = createRoomsStore({
    ...timing,
    call,
    summaries: [line("left"), line("visited", { joined: false }), line("mine")],
  });
  const loading = rooms.load();
  await asked[0]?.answer({ rooms: [line("mine"), line("new")], more: false });
  await loading;
  assert.deepEqual(rooms.summaries.value.map((it) => it.room.id), ["mine", "new", "visited"]);
});

Deno.test("rooms are by name, direct conversations behind them by last use", () => {
  const { call } = createScriptedCaller();
  const direct = (id: string, lastAt: number) =>
    line(id, { lastAt, room: { ...line(id).room, name: "", visibility: "direct" } });
  const rooms = createRoomsStore({
    ...timing,
    call,
    summaries: [direct("d1", 1), line("zoo"), direct("d2", 2), line("ant")],
  });
  assert.deepEqual(rooms.summaries.value.map((it) => it.room.id), ["ant", "zoo", "d2", "d1"]);
});

Deno.test("people are asked for in one call, each once", async () => {
  const { call, asked } = createScriptedCaller();
  const clock = createFakeClock();
  const people = createPeopleStore({ users: [user("ann")], call, clock });
  people.need(["ann", "bo"]);
  people.need(["cy", "bo"]);
  clock.advance(20);
  assert.deepEqual(asked.map((it) => it.body), [{ ids: ["bo", "cy"] }]);
  await asked[0]?.answer({ users: [user("bo"), user("cy")] });
  people.need(["bo", "cy"]);
  clock.advance(20);
  assert.equal(asked.length, 1);
  assert.deepEqual([...people.users.value.keys()], ["ann", "bo", "cy"]);
});

Deno.test("who is known or asked for is called as in the last event; nobody else is taken in", async () => {
  const { call, asked } = createScriptedCaller();
  const clock = createFakeClock();
  const people = createPeopleStore({ users: [user("ann")], call, clock });
  const names = () => [...people.users.value.values()].map((it) => it.name);
  people.need(["bo", "cy"]);
  clock.advance(20);
  for (const id of ["ann", "bo", "dee"]) people.changed({ ...user(id), name: `${id} anew` });
  assert.deepEqual(names(), ["ann anew", "bo anew"]);
  await asked[0]?.answer({ users: [user("bo"), user("cy")] }); // read before the change
  assert.deepEqual(names(), ["ann anew", "bo anew", user("cy").name]);
});

Deno.test("typing is reported once in 3 s, and again at once after a send", () => {
  const { call, asked } = createScriptedCaller();
  const clock = createFakeClock();
  const typing = createTypingStore({ call, live: signal(true), clock });
  typing.typed("r1");
  typing.typed("r1");
  assert.equal(asked.length, 1);
  clock.advance(TYPING_EVERY_MS);
  typing.typed("r1");
  assert.equal(asked.length, 2);
  typing.stopped();
  typing.typed("r1");
  assert.equal(asked.length, 3);
});

Deno.test("somebody whose message came is not typing any more", () => {
  const { call } = createScriptedCaller();
  const typing = createTypingStore({ call, live: signal(true), clock: createFakeClock() });
  typing.set("r1", ["ann", "bo"]);
  typing.sent("r1", "ann");
  assert.deepEqual(typing.users.value.get("r1"), ["bo"]);
});
