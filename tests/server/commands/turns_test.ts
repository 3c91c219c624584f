import assert from "node:assert/strict";
import type { CommandName } from "../../../lib/protocol/commands.ts";
import { Turns } from "../../../lib/server/commands/turns.ts";

/** Calls that say when they begin, and end when the test ends them. */
function createCalls() {
  const turns = new Turns();
  const begun: string[] = [];
  const take = (label: string, name: CommandName, room: string) => {
    const gate = Promise.withResolvers<void>();
    const done = turns.take(name, { room }, () => {
      begun.push(label);
      return gate.promise;
    });
    return { done, end: gate.resolve, fail: () => gate.reject(new Error("refused")) };
  };
  return { begun, take };
}

Deno.test("a call on a room waits for the ones ahead of it, those of other rooms do not", async () => {
  const { begun, take } = createCalls();
  const join = take("join", "rooms.join", "a");
  const send = take("send", "messages.send", "a");
  const leave = take("leave", "rooms.leave", "a");
  const other = take("other", "rooms.join", "b");
  assert.deepEqual(begun, ["join", "other"]);
  join.end();
  await join.done;
  send.end();
  await send.done;
  assert.deepEqual(begun, ["join", "other", "send"]);
  leave.end();
  other.end();
  await leave.done;
  assert.deepEqual(begun, ["join", "other", "send", "leave"]);
});

Deno.test("sends do not wait for sends, and no call waits for one that only reads", () => {
  const { begun, take } = createCalls();
  take("one", "messages.send", "a");
  take("list", "messages.list", "a");
  take("two", "messages.send", "a");
  assert.deepEqual(begun, ["one", "list", "two"]);
});

Deno.test("a call that is refused lets the next one run", async () => {
  const { begun, take } = createCalls();
  const join = take("join", "rooms.join", "a");
  const leave = take("leave", "rooms.leave", "a");
  join.fail();
  await assert.rejects(join.done);
  leave.end();
  await leave.done;
  assert.deepEqual(begun, ["join", "leave"]);
});
