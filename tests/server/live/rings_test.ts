import assert from "node:assert/strict";
import { Ring } from "../../../lib/server/live/streams/ring.ts";
import { Rings } from "../../../lib/server/live/streams/rings.ts";

const eventAt = (seq: number, text: string) => ({ seq, tag: "abcd", type: "test", at: 1, by: "u1", data: { text } });
const offset = ({ seq, tag }: { seq: number; tag: string }) => `e_${seq}_${tag}`;

Deno.test("all rings together keep no more than is stated: the one that grew longest ago keeps nothing, and says so", () => {
  const rings = new Rings(1_000_000);
  const all = Array.from({ length: 20 }, (_, at) => new Ring(`room:${at}`, offset, rings));
  const total = () => all.reduce((sum, ring) => sum + ring.weight, 0);
  for (const ring of all) {
    for (let seq = 1; seq <= 10; seq++) {
      ring.push([eventAt(seq, "x".repeat(16_000))]);
      ring.frameAfter({ seq: seq - 1, tag: "abcd" }, Infinity);
      assert.ok(total() <= 1_000_000, `${total()}`);
    }
  }
  const [first] = all;
  const last = all.at(-1);
  assert.ok(first && last);
  assert.equal(first.weight, 0);
  assert.deepEqual(first.tail, { seq: 10, tag: "abcd" });
  assert.equal(first.frameAfter({ seq: 9, tag: "abcd" }, Infinity), "behind");
  const frame = last.frameAfter({ seq: 9, tag: "abcd" }, Infinity);
  assert.ok(typeof frame === "object" && frame.to.seq === 10);
});

Deno.test("a ring that is forgotten weighs nothing any more", () => {
  const rings = new Rings(100_000);
  const [gone, stays] = [new Ring("room:a", offset, rings), new Ring("room:b", offset, rings)];
  gone.push([eventAt(1, "x".repeat(80_000))]);
  rings.forget(gone);
  stays.push([eventAt(1, "x".repeat(80_000))]);
  assert.ok(gone.weight > 0 && stays.weight > 0);
});

Deno.test("an event that is published again keeps its place and gets its new data", () => {
  const ring = new Ring("room:a", offset);
  ring.push([{ ...eventAt(1, "before"), about: 1 }, { ...eventAt(2, "after"), about: 1 }]);
  const frame = ring.frameAfter({ seq: 0, tag: "abcd" }, Infinity);
  assert.ok(typeof frame === "object");
  const { events } = JSON.parse(frame.text);
  assert.deepEqual(events.map((it: { data: unknown }) => it.data), [{ text: "after" }, { text: "after" }]);
});
