import assert from "node:assert/strict";
import { CHANGES_MAX, createChanges } from "../../lib/client/stores/changes.ts";
import { Refusal } from "../../lib/protocol/errors.ts";
import type { Message } from "../../lib/protocol/messages.ts";
import { settled } from "./fake_clock.ts";
import { message } from "./samples.ts";
import { createScriptedCaller } from "./scripted_caller.ts";

function setUp() {
  const { call, asked } = createScriptedCaller();
  const taken: Message[] = [];
  const changes = createChanges({ me: "ann", call, taken: (it) => void taken.push(it) });
  const shown = (it: Message) => changes.shown([it])[0] ?? it;
  return { changes, asked, taken, shown };
}

const refusal = new Refusal("forbidden", "Cannot edit message: room is archived");
const many = { count: 30, users: Array.from({ length: 20 }, (_, at) => `user-${at}`) };

Deno.test("an edit is shown at once, and is the server's once it is taken", async () => {
  const { changes, asked, taken, shown } = setUp();
  const before = message(1);
  assert.equal(shown(before), before);
  changes.change(before, { kind: "edit", text: "one\n*two*" });
  await settled();
  assert.equal(shown(before).text, "one\n*two*");
  assert.deepEqual(shown(before).body, [{ t: "p", c: ["one", { t: "br" }, "*two*"] }]);
  assert.deepEqual(asked.map(({ name, body }) => [name, body]), [
    ["messages.edit", { room: "r1", seq: 1, text: "one\n*two*" }],
  ]);
  const now = message(1, { text: "one\n*two*", rev: 2, editedAt: 5 });
  await asked[0]?.answer({ message: now });
  assert.deepEqual(taken, [now]);
  assert.equal(shown(now), now);
});

Deno.test("an edit that is refused keeps its text and says why; it may be tried again or discarded", async () => {
  const { changes, asked, shown } = setUp();
  const before = message(1);
  changes.change(before, { kind: "edit", text: "other" });
  await settled();
  await asked[0]?.refuse(refusal);
  assert.deepEqual(changes.failed(before).map(({ reason }) => reason), ["This room is archived."]);
  assert.equal(shown(before).text, "other");
  changes.retry(changes.failed(before)[0]?.id ?? 0);
  await settled();
  assert.equal(asked.length, 2);
  assert.deepEqual(changes.failed(before), []);
  await asked[1]?.refuse(refusal);
  changes.discard(changes.failed(before)[0]?.id ?? 0);
  assert.equal(shown(before), before);
});

Deno.test("what was not answered and came true nevertheless is settled", async () => {
  const { changes, asked } = setUp();
  const before = message(1);
  changes.change(before, { kind: "delete" });
  await settled();
  await asked[0]?.refuse(new Refusal("unavailable", "Cannot delete message: no answer came"));
  changes.settle([before]);
  assert.equal(changes.failed(before).length, 1);
  const gone = message(1, { deletedAt: 9, rev: 2 });
  changes.settle([gone]);
  assert.equal(changes.failed(gone).length, 0);
});

Deno.test("a deletion shows its tombstone at once; one that is refused brings the message back", async () => {
  const { changes, asked, shown } = setUp();
  const before = message(1, { reactions: { "👍": { count: 1, users: ["bo"] } } });
  changes.change(before, { kind: "delete" });
  assert.deepEqual([shown(before).deletedAt !== undefined, shown(before).text, shown(before).reactions], [
    true,
    "",
    {},
  ]);
  await settled();
  await asked[0]?.refuse(refusal);
  assert.equal(shown(before), before);
});

Deno.test("reactions are toggled by what is shown, in the order in which they were pressed", async () => {
  const { changes, asked, shown } = setUp();
  const before = message(1, { reactions: { "👍": { count: 1, users: ["bo"] } } });
  await changes.toggle(before, "👍");
  assert.deepEqual(shown(before).reactions, { "👍": { count: 2, users: ["ann", "bo"] } });
  await changes.toggle(shown(before), "👍");
  assert.deepEqual(shown(before).reactions, before.reactions);
  await changes.toggle(shown(before), "🎉");
  await settled();
  assert.deepEqual(asked.map((it) => it.name), ["messages.react"], "one at a time");
  await asked[0]?.answer({ message: message(1, { rev: 2, reactions: { "👍": { count: 2, users: ["bo", "ann"] } } }) });
  await settled();
  assert.deepEqual(asked.map((it) => it.name), ["messages.react", "messages.unreact"]);
  await asked[1]?.answer({ message: before });
  await settled();
  assert.deepEqual(asked.map((it) => it.name), ["messages.react", "messages.unreact", "messages.react"]);
  assert.deepEqual(shown(before).reactions, { ...before.reactions, "🎉": { count: 1, users: ["ann"] } });
});

Deno.test("one's own reaction beyond those who are named is found before it is taken back", async () => {
  const { changes, asked, shown } = setUp();
  const before = message(1, { reactions: { "👍": many } });
  const toggled = changes.toggle(before, "👍");
  await settled();
  assert.deepEqual(asked[0]?.body, { room: before.room, seq: 1, emoji: "👍", user: "ann" }); // However many did.
  await asked[0]?.answer({ users: ["ann"], more: false });
  await toggled;
  await settled();
  assert.deepEqual(asked.map((it) => it.name), ["messages.reactors", "messages.unreact"]);
  assert.deepEqual(shown(before).reactions["👍"], { ...many, count: 29 });
  const now = message(1, { rev: 2, reactions: { "👍": { ...many, count: 29 } } });
  await asked[1]?.answer({ message: now });
  assert.equal(shown(now), now);
});

Deno.test("one's own reaction beyond those who are named is known after it was made", async () => {
  const { changes, asked, shown } = setUp();
  const before = message(1, { reactions: { "👍": many } });
  const toggled = changes.toggle(before, "👍");
  await settled();
  await asked[0]?.answer({ users: [], more: false });
  await toggled;
  await settled();
  const now = message(1, { rev: 2, reactions: { "👍": { ...many, count: 31 } } });
  await asked[1]?.answer({ message: now });
  assert.deepEqual(shown(now).reactions["👍"], { count: 31, users: ["ann", ...many.users] });
});

Deno.test("more changes than are kept fail at once, and nothing is lost of those before", () => {
  const { changes } = setUp();
  for (let seq = 1; seq <= CHANGES_MAX; seq++) changes.change(message(seq), { kind: "delete" });
  changes.change(message(CHANGES_MAX + 1), { kind: "edit", text: "late" });
  assert.equal(changes.failed(message(CHANGES_MAX + 1))[0]?.reason, "Too many changes are waiting.");
  assert.equal(changes.all.value.filter((it) => it.state === "pending").length, CHANGES_MAX);
});
