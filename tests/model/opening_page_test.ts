import assert from "node:assert/strict";
import type { Message } from "../../lib/protocol/messages.ts";
import { openingPage } from "../../lib/model/opening_page.ts";
import { message, offset } from "../client/samples.ts";

const ROOM = "r1";

/** A room whose stream has `others` events, which are no messages, before each message; a page of it holds `fitting` at most. */
function room(count: number, others: (n: number) => number, fitting = Infinity) {
  const all: Message[] = [];
  let seq = 0;
  for (let n = 1; n <= count; n++) {
    seq += others(n) + 1;
    all.push(message(seq, { n }));
  }
  const asked: { around?: number; limit?: number }[] = [];
  function list({ around, limit: wanted = 50 }: { around?: number; limit?: number }) {
    asked.push({ around, limit: wanted });
    const limit = Math.min(wanted, fitting);
    const at = around === undefined ? all.length : all.findIndex((it) => it.seq >= around);
    const middle = at < 0 ? all.length : at;
    const from = Math.max(0, around === undefined ? middle - limit : middle - limit / 2);
    const messages = all.slice(from, from + limit);
    return Promise.resolve({
      messages,
      offset: offset(seq),
      more: from > 0,
      moreAfter: from + limit < all.length,
    });
  }
  return { asked, open: (unread: number) => openingPage(list, ROOM, { n: count, unread }) };
}

const numbers = ({ messages }: { messages: Message[] }) => [messages[0]?.n, messages.at(-1)?.n];

Deno.test("a room opens at its end, with the first unread message and some context where one page holds them", async () => {
  const { open, asked } = room(300, () => 0);
  assert.deepEqual(numbers(await open(0)), [251, 300]);
  assert.deepEqual(numbers(await open(60)), [221, 300]);
  assert.deepEqual(numbers(await open(80)), [201, 300]);
  assert.equal(asked.length, 3);
});

Deno.test("with more unread messages it opens about the first of them, whatever other events its stream has", async () => {
  const streams = [
    () => 0,
    () => 1,
    (n: number) => n % 7,
    (n: number) => n > 400 ? 20 : 0,
    (n: number) => n % 300 ? 0 : 2_000,
  ];
  for (const others of streams) {
    const { open, asked } = room(600, others);
    for (const unread of [81, 150, 333, 599, 600]) {
      asked.length = 0;
      const page = await open(unread);
      const first = page.messages.findIndex((it) => it.n === 600 - unread + 1);
      assert.ok(first >= 0, `${unread} unread: ${numbers(page)}`);
      assert.ok(asked.length <= 9, `${asked.length} pages`);
    }
  }
});

Deno.test("it opens at its end where too little of its stream is messages to find the first unread one", async () => {
  const { open } = room(10_000, (n) => n > 5_000 ? 400 : 0);
  assert.deepEqual(numbers(await open(9_000)), [9_901, 10_000]);
});

Deno.test("a room of long texts, of which a page holds few, opens with the first unread one among them", async () => {
  const { open } = room(300, () => 0, 8);
  assert.deepEqual(numbers(await open(0)), [293, 300]);
  assert.deepEqual(numbers(await open(5)), [293, 300]);
  assert.deepEqual(numbers(await open(40)), [257, 264]);
});
