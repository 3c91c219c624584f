/** Each part of the room's screen reads only what it shows: in the browser, what a part reads decides when it renders. */
import assert from "node:assert/strict";
import type { ComponentChildren, VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import type { RoomSummary } from "../../lib/protocol/rooms.ts";
import { RoomScreen } from "../../lib/ui/room/room_screen.tsx";
import { type RoomState, stateOf } from "../../lib/ui/room/room_state.ts";
import { line, messages, user } from "../client/samples.ts";

const stateIn = (summary: RoomSummary) =>
  stateOf({
    moreRooms: 0,
    me: user("ann"),
    workspace: { name: "Northfell" },
    room: "r1",
    rooms: [summary],
    unseen: 0,
    page: { messages: messages(1, 2), offset: "0", more: false },
    members: { r1: ["ann"] },
    users: [user("ann")],
    zone: "UTC",
    pane: false,
  }, 0);
const state = stateIn(line("r1", { n: 2 }));

type Part = VNode<{ state?: RoomState; children?: ComponentChildren }>;

const isVNode = (it: unknown): it is Part => typeof it === "object" && it !== null && "type" in it && "props" in it;

/** The fields that each component reads by itself; those within a part that get no state are of no account. */
function readsOf(state: RoomState): Record<string, string[]> {
  const reads: Record<string, string[]> = {};
  let reader = "";
  const recorded = new Proxy(state, {
    get(of, field, receiver) {
      (reads[reader] ??= []).push(String(field));
      return Reflect.get(of, field, receiver);
    },
  });
  function walk(it: unknown) {
    if (Array.isArray(it)) return it.forEach(walk);
    if (!isVNode(it)) return;
    walk(it.props.children);
    if (typeof it.type !== "function" || it.props.state === undefined) return;
    reader = it.type.name;
    reads[reader] ??= [];
    walk(Reflect.apply(it.type, undefined, [it.props]));
  }
  walk(<RoomScreen state={recorded} writer="" />);
  return Object.fromEntries(Object.entries(reads).map(([name, fields]) => [name, [...new Set(fields)].sort()]));
}

Deno.test("a message renders the list, and what is typed renders the dock: no other part reads them", () => {
  const reads = readsOf({ ...state, isPaneOpen: true });
  const readersOf = (field: string) => Object.keys(reads).filter((name) => reads[name]?.includes(field));
  assert.deepEqual(readersOf("rows"), ["RoomMessages"]);
  assert.deepEqual(readersOf("actions"), ["RoomMessages"]);
  assert.deepEqual(readersOf("typing"), ["RoomDock"]);
  assert.deepEqual(readersOf("connection"), ["RoomSide"]);
  assert.deepEqual(readersOf("rooms"), ["RoomSide"]);
  assert.deepEqual(readersOf("isMenuOpen"), ["RoomHeader"]);
  assert.deepEqual(readersOf("presence"), ["RoomSide", "RoomMembers"]);
});

Deno.test("the first stop leads to the composer, or to the messages where there is none", () => {
  const joined = line("r1", { n: 2 });
  const { room } = joined;
  const screen = (state: RoomState) => renderToString(<RoomScreen state={state} writer={<p id="compose" />} />);
  const target = (html: string) => html.match(/class="skip" href="#([^"]+)"/)?.[1] ?? "";
  assert.equal(target(screen(state)), "compose");
  for (
    const [what, without] of Object.entries({
      archived: stateIn({ ...joined, room: { ...room, archivedAt: 1 } }),
      "not joined": stateIn({ ...joined, joined: false }),
      lost: { ...state, isLost: true },
    })
  ) {
    const html = screen(without);
    assert.notEqual(target(html), "compose", what);
    assert.ok(html.includes(`id="${target(html)}"`), what);
    assert.ok(!html.includes('id="compose"'), what);
  }
});

Deno.test("who may not write here any more can copy what was being written", () => {
  const screen = (state: RoomState) => renderToString(<RoomScreen state={state} writer="" />);
  for (const lost of [{ ...state, isLost: true }, stateIn({ ...line("r1"), joined: false })]) {
    assert.match(screen({ ...lost, unsent: "half a thought" }), /<textarea[^>]*readonly[^>]*>half a thought</i);
  }
  assert.ok(!screen({ ...state, unsent: "half a thought" }).includes("half a thought"));
});

Deno.test("the screen itself and a closed pane read nothing that changes", () => {
  const reads = readsOf(state);
  assert.deepEqual(reads.RoomScreen, []);
  assert.deepEqual(reads.Skip, ["isLost", "summary"]);
  assert.deepEqual(reads.RoomMembers, ["isPaneOpen"]);
});
