import assert from "node:assert/strict";
import { signal } from "@preact/signals";
import { ASKED_MAX_MS } from "../../lib/client/connection/backoff.ts";
import type { OutboxStorage, Outgoing } from "../../lib/client/stores/outbox_storage.ts";
import { createSendQueue, LOAD_WAIT_MS, TRIES_MAX } from "../../lib/client/stores/send_queue.ts";
import { type ProblemCode, Refusal } from "../../lib/protocol/errors.ts";
import { type Message, messageCommands } from "../../lib/protocol/messages.ts";
import { createFakeClock, settled } from "./fake_clock.ts";
import { message, offset } from "./samples.ts";
import { createScriptedCaller } from "./scripted_caller.ts";

const sending = messageCommands["messages.send"].input;

function createStorage(items: Outgoing[] = []): OutboxStorage & { items: Map<string, Outgoing> } {
  const all = new Map(items.map((it) => [it.key, it]));
  return {
    items: all,
    load: () => Promise.resolve([...all.values()]),
    put: (one) => Promise.resolve(void all.set(one.key, one)),
    remove: (key) => Promise.resolve(void all.delete(key)),
  };
}

interface Case {
  live?: boolean;
  left?: Outgoing[];
  /** A storage that is still to answer. */
  loading?: Promise<Outgoing[]>;
}

async function setUp({ live: isLive = true, left = [], loading }: Case = {}) {
  const clock = createFakeClock();
  const live = signal(isLive);
  const storage = createStorage(left);
  if (loading) storage.load = () => loading;
  const { call, asked } = createScriptedCaller();
  const acknowledged: Message[] = [];
  let keys = 0;
  const at = (i: number) => {
    const one = asked.at(i);
    assert.ok(one);
    return { one, body: sending.parse(one.body) };
  };
  const calls = {
    list: () => asked.map((it) => sending.parse(it.body)),
    texts: () => asked.map((it) => sending.parse(it.body).text),
    accept(i: number) {
      const { one, body } = at(i);
      const seq = asked.indexOf(one) + 1;
      return one.answer({ message: message(seq, { ...body, by: "me" }), offset: offset(seq) });
    },
    refuse(i: number, code: ProblemCode, retryAfter?: number) {
      return at(i).one.refuse(new Refusal(code, `Cannot send message: ${code}`, { retryAfter }));
    },
  };
  const queue = createSendQueue({
    call,
    live,
    storage,
    clock,
    random: () => 0.5,
    newKey: () => `key-number-${String(++keys).padStart(5, "0")}`,
    sent: (it) => void acknowledged.push(it),
  });
  const loaded = queue.load();
  if (!loading) await loaded;
  return { clock, live, storage, calls, acknowledged, queue };
}

Deno.test("messages of a room leave one by one in order, rooms do not wait for each other", async () => {
  const { queue, calls, acknowledged } = await setUp();
  queue.send("r1", "one");
  queue.send("r1", "two");
  queue.send("r2", "three");
  assert.deepEqual(calls.texts(), ["one", "three"]);
  await calls.accept(0);
  assert.deepEqual(calls.texts(), ["one", "three", "two"]);
  assert.deepEqual(queue.items.value.map((it) => it.text), ["two", "three"]);
  assert.deepEqual(acknowledged.map((it) => it.text), ["one"]);
});

Deno.test("offline messages wait, and go in order once live", async () => {
  const { queue, calls, live } = await setUp({ live: false });
  queue.send("r1", "one");
  queue.send("r1", "two");
  assert.equal(calls.list().length, 0);
  live.value = true;
  await calls.accept(0);
  await calls.accept(1);
  assert.deepEqual(calls.texts(), ["one", "two"]);
  assert.deepEqual(queue.items.value, []);
});

for (const code of ["unavailable", "rate_limited", "unauthenticated", "internal", "storage_full"] as const) {
  Deno.test(`after ${code} the same message is tried again with the same key, before those behind it`, async () => {
    const { queue, calls, clock } = await setUp();
    const { key } = queue.send("r1", "one");
    queue.send("r1", "two");
    await calls.refuse(0, code);
    assert.equal(calls.list().length, 1);
    clock.advance(15_000);
    assert.deepEqual(calls.list(), [{ room: "r1", text: "one", key }, { room: "r1", text: "one", key }]);
    assert.equal(queue.items.value[0]?.state, "pending");
  });
}

Deno.test("a limit's own wait is kept, up to a minute", async () => {
  const { queue, calls, clock } = await setUp();
  queue.send("r1", "one");
  await calls.refuse(0, "rate_limited", 7_000);
  clock.advance(6_999);
  assert.equal(calls.list().length, 1);
  clock.advance(1);
  assert.equal(calls.list().length, 2);
  await calls.refuse(1, "rate_limited", 2 ** 32);
  clock.advance(ASKED_MAX_MS);
  assert.equal(calls.list().length, 3);
});

Deno.test("storage that is away is asked again no sooner than it says, later from try to try, and by all at other times", async () => {
  const { queue, calls, clock } = await setUp();
  queue.send("r1", "one");
  await calls.refuse(0, "unavailable", 1_000);
  clock.advance(999);
  assert.equal(calls.list().length, 1);
  clock.advance(1_000);
  for (let tries = 2; tries < 10; tries++) {
    await calls.refuse(tries - 1, "unavailable", 1_000);
    clock.advance(16_000);
    assert.equal(calls.list().length, tries + 1);
  }
  await calls.refuse(9, "unavailable", 1_000);
  clock.advance(1_000);
  assert.equal(calls.list().length, 10, "a second is not all it waits after so many tries");
});

Deno.test("a session that comes back tries at once", async () => {
  const { queue, calls, live } = await setUp();
  queue.send("r1", "one");
  live.value = false;
  await calls.refuse(0, "unavailable");
  live.value = true;
  assert.equal(calls.list().length, 2);
});

const refusals: readonly (readonly [ProblemCode, string])[] = [
  ["forbidden", "Forbidden."],
  ["not_found", "That's not there, or you don't have access."],
  ["invalid", "Invalid."],
  ["too_large", "That's too long."],
  ["conflict", "Conflict."],
  ["gone", "That's no longer there. Reload the page."],
];
for (const [code, words] of refusals) {
  Deno.test(`${code} makes it failed, with the reason; those behind it go on`, async () => {
    const { queue, calls, storage } = await setUp();
    const { key } = queue.send("r1", "one");
    queue.send("r1", "two");
    await calls.refuse(0, code);
    assert.deepEqual(calls.texts(), ["one", "two"]);
    const [failed] = queue.items.value;
    assert.equal(failed?.state, "failed");
    assert.equal(failed?.reason, words);
    assert.equal(storage.items.get(key)?.state, "failed");
  });
}

Deno.test("Retry sends a failed one with its key, Discard forgets it", async () => {
  const { queue, calls, storage } = await setUp();
  const one = queue.send("r1", "one");
  const two = queue.send("r1", "two");
  await calls.refuse(0, "forbidden");
  await calls.refuse(1, "forbidden");
  queue.retry(one.key);
  queue.discard(two.key);
  assert.equal(calls.list()[2]?.key, one.key);
  assert.deepEqual([...storage.items.keys()], [one.key]);
  await calls.accept(2);
  assert.deepEqual([...storage.items.keys()], []);
});

Deno.test("a message that always breaks the server becomes failed and lets the others through", async () => {
  const { queue, calls, clock } = await setUp();
  queue.send("r1", "poison");
  queue.send("r1", "two");
  for (let i = 0; i < TRIES_MAX; i++) {
    await calls.refuse(-1, "internal");
    clock.advance(15_000);
  }
  assert.equal(queue.items.value[0]?.state, "failed");
  assert.equal(calls.texts().at(-1), "two");
});

Deno.test("a message whose tries each end the session becomes failed too", async () => {
  const { queue, calls, live } = await setUp();
  queue.send("r1", "poison");
  for (let i = 0; i < TRIES_MAX; i++) {
    live.value = false;
    await calls.refuse(-1, "unavailable");
    live.value = true;
  }
  assert.equal(calls.list().length, TRIES_MAX);
  assert.equal(queue.items.value[0]?.state, "failed");
});

Deno.test("what an earlier page left goes first, with its key, before anything written meanwhile", async () => {
  const left: Outgoing = { room: "r1", key: "key-from-before-0001", text: "left", at: 1, state: "pending" };
  const { queue, calls } = await setUp({ left: [left] });
  queue.send("r1", "new");
  assert.deepEqual(calls.list().map((it) => it.key), [left.key]);
  await calls.accept(0);
  assert.deepEqual(calls.texts(), ["left", "new"]);
});

Deno.test("a storage that hangs holds nothing up for longer than 3 s; what it gives late is sent too, and nothing twice", async () => {
  const left: Outgoing = { room: "r1", key: "key-from-before-0001", text: "left", at: 1, state: "pending" };
  const loading = Promise.withResolvers<Outgoing[]>();
  const { queue, calls, clock } = await setUp({ loading: loading.promise });
  const one = queue.send("r1", "one");
  clock.advance(LOAD_WAIT_MS - 1);
  assert.deepEqual(calls.texts(), []);
  clock.advance(1);
  assert.deepEqual(calls.texts(), ["one"]);
  loading.resolve([left, one]);
  await settled();
  await calls.accept(0);
  assert.deepEqual(calls.texts(), ["one", "left"]);
});

Deno.test("settle() takes a sent one out though its reply was lost; it is not sent again", async () => {
  const { queue, calls, clock, storage } = await setUp();
  const { key } = queue.send("r1", "one");
  queue.settle(key);
  await calls.refuse(0, "unavailable");
  clock.advance(30_000);
  assert.equal(calls.list().length, 1);
  assert.equal(storage.items.size, 0);
});
