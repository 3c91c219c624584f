import assert from "node:assert/strict";
import { FRAMES_KEPT_MAX, Ring } from "../../../lib/server/live/streams/ring.ts";

const EVENTS = 2_000;

/** A ring whose events follow one another from 1 on. */
function filled(): Ring {
  const ring = new Ring("room:a", ({ seq, tag }) => `e_${seq}_${tag}`);
  ring.push(Array.from({ length: EVENTS }, (_, at) => eventAt(at + 1)));
  return ring;
}

const eventAt = (seq: number) => ({ seq, tag: "abcd", type: "test", at: 1, by: "u1", data: {} });
const frameAfter = (ring: Ring, seq: number) => ring.frameAfter({ seq, tag: "abcd" }, Infinity);

Deno.test("all who stand at one place share one encoded frame, whoever asked from elsewhere", () => {
  const ring = filled();
  const shared = frameAfter(ring, EVENTS - 1);
  for (let seq = 0; seq < FRAMES_KEPT_MAX - 1; seq++) frameAfter(ring, seq);
  assert.equal(frameAfter(ring, EVENTS - 1), shared);
});

Deno.test("of the frames of those who each stand elsewhere a ring keeps only the latest few", () => {
  const ring = filled();
  const frames = Array.from({ length: EVENTS }, (_, seq) => frameAfter(ring, seq));
  let kept = 0;
  for (let seq = EVENTS - 1; seq >= 0; seq--) if (frameAfter(ring, seq) === frames[seq]) kept++;
  assert.equal(kept, FRAMES_KEPT_MAX);
});

Deno.test("a frame that was shared before a message was deleted is sent to nobody after it", () => {
  const ring = new Ring("room:a", ({ seq, tag }) => `e_${seq}_${tag}`);
  const sent = (seq: number) => ({ ...eventAt(seq), about: seq, data: { text: `secret ${seq}` } });
  ring.push([sent(1), sent(2)]);
  const texts = () => [0, 1].map((seq) => JSON.stringify(frameAfter(ring, seq)));
  assert.ok(texts().every((text) => text.includes("secret 2")));
  ring.push([{ ...eventAt(3), about: 2, data: { text: "" } }]);
  for (const text of texts()) assert.ok(!text.includes("secret 2"), text);
});
