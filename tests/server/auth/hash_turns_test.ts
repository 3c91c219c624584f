import assert from "node:assert/strict";
import { createHashTurns } from "../../../lib/server/auth/hash_turns.ts";
import { outcomes, refused } from "./refused.ts";

const verb = "sign in";

/** Turns whose jobs end when the test ends them, one by one. */
function turnsByHand(options?: { waitMaxMs: number }) {
  const turns = createHashTurns(options);
  const begun: string[] = [];
  let underWay = Promise.withResolvers<void>();
  return {
    turns,
    /** The addresses whose jobs have begun, in order. */
    begun,
    take: (address: string) =>
      turns.take({ address, verb }, () => {
        begun.push(address);
        underWay = Promise.withResolvers();
        return underWay.promise;
      }),
    /** Ends one job after another until all that was taken is settled. */
    async endAll(taken: Promise<void>[]) {
      let isOver = false;
      const settled = Promise.allSettled(taken).finally(() => isOver = true);
      while (!isOver) {
        underWay.resolve();
        await Promise.resolve();
      }
      return await settled;
    },
  };
}

Deno.test("one job runs at a time, and addresses take turns", async () => {
  const it = turnsByHand();
  const taken = [..."aaaabbc"].map(it.take);
  await Promise.resolve();
  assert.deepEqual(it.begun, ["a"]);
  await it.endAll(taken);
  assert.equal(it.begun.join(""), "aabcaba");
});

Deno.test("590 of one address don't hold up another, and those past its share are refused at once", async () => {
  const it = turnsByHand();
  const flood = Array.from({ length: 590 }, () => it.take("203.0.113.9"));
  const refusedAtOnce = await Promise.allSettled(flood.slice(101));
  assert.deepEqual(outcomes(refusedAtOnce), { done: 0, codes: Array(489).fill("rate_limited") });
  const other = it.take("203.0.113.10");
  const done = await it.endAll([...flood.slice(0, 101), other]);
  assert.equal(outcomes(done).done, 102);
  assert.ok(it.begun.indexOf("203.0.113.10") <= 2, "it waits for the one under way and for one more");
});

Deno.test("the addresses of one IPv6 /64 have one share", async () => {
  const it = turnsByHand();
  const taken = ["2001:db8::1", "2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1"].map(it.take);
  await it.endAll(taken);
  assert.equal(it.begun.indexOf("2001:db8:0:1::1"), 2);
});

Deno.test("400 wait in all; where more come, the longest line gives up its last", async () => {
  const it = turnsByHand();
  const flood = Array.from({ length: 401 }, (_, n) => it.take(`10.0.0.${n < 100 ? 1 : n % 5 + 2}`));
  const refusals = Promise.allSettled(flood);
  const others = Array.from({ length: 20 }, (_, n) => it.take(`192.0.2.${n}`));
  await it.endAll([...flood, ...others]);
  const { codes } = outcomes(await refusals);
  assert.deepEqual(codes, Array(20).fill("unavailable"));
  await Promise.all(others);
});

Deno.test("nobody waits for longer than the limit, and whoever gave up takes no turn", async () => {
  const it = turnsByHand({ waitMaxMs: 20 });
  const first = it.take("a");
  await assert.rejects(it.take("b"), refused("unavailable"));
  await it.endAll([first]);
  assert.deepEqual(it.begun, ["a"]);
  await it.endAll([it.take("c")]);
});

Deno.test("a job that throws gives its turn on", async () => {
  const it = turnsByHand();
  const failing = it.turns.take({ address: "a", verb }, () => Promise.reject(new Error("no")));
  const next = it.take("b");
  await assert.rejects(failing, /no/);
  await it.endAll([next]);
});

Deno.test("close() refuses those who wait and those who come, and lets the one under way end", async () => {
  const it = turnsByHand();
  const [first, ...rest] = [..."aabb"].map(it.take);
  it.turns.close();
  assert.deepEqual(outcomes(await Promise.allSettled(rest)).codes, Array(3).fill("unavailable"));
  await assert.rejects(it.take("c"), refused("unavailable"));
  await it.endAll([first ?? Promise.reject(new Error("none"))]);
});
