import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createShares, pageRest } from "../../../lib/server/commands/shares.ts";
import { BACKLOG_MAX, createBacklog } from "../../../lib/server/limits/backlog.ts";
import { Refusal } from "../../../lib/protocol/errors.ts";

const newShares = (limits = true) => createShares({ limits, backlog: createBacklog() });
const nothing = () => Promise.resolve({});
const code = (call: Promise<unknown>) =>
  call.then(() => "ok", (error) => error instanceof Refusal ? error.code : String(error));

/** Work that waits until it is let go. */
function gated() {
  const gate = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  return {
    open: gate.resolve,
    most: () => most,
    async work() {
      most = Math.max(most, ++running);
      await gate.promise;
      running--;
      return {};
    },
  };
}

Deno.test("of what one person reads four run at a time; another's doesn't wait for them, nor does a send", async () => {
  const shares = newShares();
  const { work, open, most } = gated();
  const all = Array.from({ length: 50 }, () => shares.call("eve", "messages.list", "list messages", work));
  assert.equal(await code(shares.call("ann", "messages.list", "list messages", nothing)), "ok");
  assert.equal(await code(shares.call("eve", "messages.send", "send message", nothing)), "ok");
  assert.equal(most(), 4);
  open();
  await Promise.all(all);
  assert.equal(most(), 4);
});

Deno.test("past 256 reads that wait the next is rate limited; of pages past 32", async () => {
  const shares = newShares(false);
  const { work, open, most } = gated();
  const reads = Array.from({ length: 260 }, () => shares.call("eve", "rooms.list", "list rooms", work));
  assert.equal(await code(shares.call("eve", "rooms.list", "list rooms", work)), "rate_limited");
  const pages = Array.from({ length: 33 }, () => shares.page("eve", work));
  assert.equal(await code(shares.page("eve", work)), "rate_limited");
  assert.equal(most(), 5);
  open();
  await Promise.all([...reads, ...pages]);
});

Deno.test("who has not read 16 MiB of answers is answered nothing more, whatever they ask; others are", async () => {
  const shares = newShares(false);
  shares.backlog.add("eve", BACKLOG_MAX + 1);
  let ran = 0;
  const work = () => Promise.resolve(void ran++);
  for (const name of ["messages.list", "messages.send", "auth.me"] as const) {
    assert.equal(await code(shares.call("eve", name, "do it", work)), "rate_limited");
  }
  assert.equal(await code(shares.page("eve", work)), "rate_limited");
  assert.equal(ran, 0);
  assert.equal(await code(shares.call("ann", "messages.list", "list messages", nothing)), "ok");
  shares.backlog.add("eve", -2);
  assert.equal(await code(shares.call("eve", "auth.me", "do it", nothing)), "ok");
});

Deno.test("what is answered is charged by its length: reads and pages then wait, sends and small calls don't", async () => {
  const shares = newShares();
  shares.answered("eve", 32 * 1024 * 1024);
  assert.equal(await code(shares.call("eve", "messages.list", "list messages", nothing)), "rate_limited");
  assert.equal(await code(shares.page("eve", nothing)), "rate_limited");
  assert.equal(await code(shares.call("eve", "messages.send", "send message", nothing)), "ok");
  assert.equal(await code(shares.call("eve", "auth.me", "tell who you are", nothing)), "ok");
  assert.equal(await code(shares.page("ann", nothing)), "ok");
  shares.answered("ann", 8 * 1024 * 1024, true);
  assert.equal(await code(shares.page("ann", nothing)), "rate_limited");
});

Deno.test("a change of a message is charged by the length of its text: 300 reactions on a short one, 60 on the longest", async () => {
  const on = async (person: string, text: string) => {
    const shares = newShares();
    for (let count = 0;; count++) {
      const call = shares.call(
        person,
        "messages.react",
        "react",
        () => Promise.resolve({ message: { room: "r", text } }),
      );
      if (count === 300 || await code(call) !== "ok") return count;
    }
  };
  assert.equal(await on("eve", "x".repeat(500)), 300);
  const long = await on("eve", "x".repeat(16_000));
  assert.ok(long >= 60 && long < 80, `${long}`);
});

Deno.test("a change is charged by how many follow the room too; a send, of which so many are promised, is not", async () => {
  const shares = createShares({
    limits: true,
    backlog: createBacklog(),
    followers: (room) => room === "big" ? 320 : 2,
  });
  const on = async (
    person: string,
    name: "messages.react" | "messages.send",
    message: { room: string; text: string },
  ) => {
    for (let count = 0;; count++) {
      const call = shares.call(person, name, "do it", () => Promise.resolve({ message }));
      if (count === 300 || await code(call) !== "ok") return count;
    }
  };
  const long = "x".repeat(16_000);
  const few = await on("a", "messages.react", { room: "small", text: long });
  const many = await on("b", "messages.react", { room: "big", text: long });
  assert.ok(few >= 60 && many >= 5 && many <= 7, `${few}, ${many}`);
  assert.equal(await on("c", "messages.react", { room: "big", text: "x".repeat(200) }), 300);
  assert.equal(await on("b", "messages.send", { room: "big", text: long }), 300);
});

Deno.test("LIMITS=off charges nothing", async () => {
  const shares = newShares(false);
  shares.answered("eve", 1e9);
  assert.equal(await code(shares.call("eve", "messages.list", "list messages", nothing)), "ok");
});

Deno.test("LIMITS=off lets a page begin right behind one that took long", async () => {
  const shares = newShares(false);
  await shares.page("eve", () => {
    for (const end = performance.now() + 30; performance.now() < end;);
    return nothing();
  });
  let hasBegun = false;
  const page = shares.page("eve", () => Promise.resolve(void (hasBegun = true)));
  await nextTurn();
  assert.ok(hasBegun);
  await page;
});

Deno.test("a person's pages rest as long as they took, a large one eight times that, and half a second at most", () => {
  assert.deepEqual([0, 8, 20, 30, 100, 1_000].map(pageRest), [0, 8, 20, 240, 500, 500]);
});
