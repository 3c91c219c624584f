/** A page of long texts is made between other work, not before it. */
import assert from "node:assert/strict";
import process from "node:process";
import { setImmediate } from "node:timers/promises";
import { createSlices, SLICE_MS } from "../../../lib/server/limits/slices.ts";
import { createServices } from "../../../lib/server/services.ts";
import { newKey, testConfig, withWorkspace } from "../../support/services.ts";

Deno.test("others have a turn whenever a slice of work is done, whoever does it", async () => {
  let clock = 0;
  const { inSlices } = createSlices(() => clock);
  const done: string[] = [];
  const work = (ms: number) => (name: string) => {
    clock += ms;
    done.push(name);
    return name.toUpperCase();
  };
  const isOver = { value: false };
  const turns = (async () => {
    while (!isOver.value) {
      await setImmediate();
      done.push("|");
    }
  })();
  const both = await Promise.all([inSlices(["a", "b", "c"], work(SLICE_MS)), inSlices(["x", "y"], work(SLICE_MS))]);
  isOver.value = true;
  await turns;
  assert.deepEqual(both, [["A", "B", "C"], ["X", "Y"]]);
  assert.match(done.join(""), /^\|*[a-cxy](\|+[a-cxy]){4}\|*$/, "one at a time, and a turn between any two");
  done.length = 0;
  assert.deepEqual(await inSlices(["a", "b", "c"], work(SLICE_MS / 10)), ["A", "B", "C"]);
  assert.deepEqual(done, ["a", "b", "c"]);
});

Deno.test("a page of long texts that nobody has read yet holds nobody up", () =>
  withWorkspace(async ({ owner, services, clock }) => {
    const { rooms: [line] } = await owner.call("rooms.list", {});
    const room = line?.room.id ?? "";
    const long = "*a* `b` ".repeat(320);
    for (let at = 0; at < 40; at++) await owner.call("messages.send", { room, text: `${at} ${long}`, key: newKey() });
    const cold = await createServices({
      config: testConfig,
      db: { ...services.db, close() {} },
      shared: false,
      now: () => clock.now,
      failed() {},
    });
    const spent = () => process.cpuUsage().user / 1_000;
    let longest = 0;
    const isOver = { value: false };
    const began = spent();
    const others = (async () => {
      for (let last = spent(); !isOver.value;) {
        await setImmediate();
        const now = spent();
        longest = Math.max(longest, now - last);
        last = now;
      }
    })();
    const { messages } = await cold.messages.list(owner.user, { room, limit: 100 });
    isOver.value = true;
    const all = spent() - began;
    await others;
    assert.equal(messages.length, 40);
    assert.ok(longest < all / 2, `others waited for ${longest.toFixed(0)} of ${all.toFixed(0)} ms`);
    cold.close();
  }));
