import assert from "node:assert/strict";
import { createLanes } from "../../lib/server/limits/lanes.ts";
import { TooMany } from "../../lib/server/limits/slots.ts";

/** Lanes whose work ends when the test ends it, and the order in which it began. */
function withWork(waitingMax = 100) {
  const lanes = createLanes({ waitingMax });
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  return {
    begun,
    add: (person: string, name: string) =>
      lanes.run(person, async () => {
        begun.push(name);
        await new Promise<void>((end) => ends.push(end));
        return name;
      }),
    /** Ends what is under way, and lets the next begin. */
    async end() {
      ends.shift()?.();
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    },
  };
}

Deno.test("one piece of work at a time, of each person in turn, and of one person in order", async () => {
  const it = withWork();
  const all = ["e1", "e2", "e3", "e4", "a1", "b1", "a2"].map((name) => it.add(name[0] ?? "", name));
  assert.deepEqual(it.begun, ["e1"]);
  for (let done = 1; done <= all.length; done++) {
    assert.equal(it.begun.length, done);
    await it.end();
  }
  assert.equal(it.begun.join(), "e1,e2,a1,b1,e3,a2,e4");
  assert.equal((await Promise.all(all)).join(), "e1,e2,e3,e4,a1,b1,a2", "each has what its own work gave");
  const later = it.add("e", "e5");
  assert.equal(it.begun.at(-1), "e5", "nobody is before it");
  await it.end();
  await later;
});

Deno.test("work that fails makes way for the next", async () => {
  const lanes = createLanes({ waitingMax: 1 });
  const [failed, next] = await Promise.allSettled([
    lanes.run("eve", () => Promise.reject(new Error("no"))),
    lanes.run("ann", () => Promise.resolve("yes")),
  ]);
  assert.deepEqual([failed.status, next], ["rejected", { status: "fulfilled", value: "yes" }]);
});

Deno.test("what would wait beyond the bound is refused", async () => {
  const it = withWork(2);
  const all = ["e1", "e2", "e3"].map((name) => it.add("eve", name));
  await assert.rejects(it.add("ann", "a1"), TooMany);
  for (const _ of all) await it.end();
  await Promise.all(all);
  assert.equal(it.begun.join(), "e1,e2,e3");
});
