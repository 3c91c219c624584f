/**
 * Fault 6 of tests/README.md: two instances over one storage, whose change watches are lost, late, doubled, broken or
 * false. Here each instance is a log and a hub of its own over one open database, since the embedded one cannot be
 * opened twice.
 */
import assert from "node:assert/strict";
import { keys } from "../../lib/server/kv/keys.ts";
import { OLDEST } from "../../lib/protocol/streams.ts";
import { createClient, withHub } from "../support/hub.ts";
import { openLog, post, type Storage, withStorage } from "../support/storage.ts";
import { within } from "./within.ts";

const SAFETY_MS = 5_000; // rooms are caught up within this by the safety poll, whatever the change watcher does
const SLACK_MS = 1_500; // for a machine that is busy
const BELL_MS = 2_000; // a working watch is far quicker than the safety poll
const LATE_MS = 1_000;
const EVENTS = 50;

type Rings = ReadableStream<(string | null)[]>;

/** What becomes of a watch's rings; each stream begins with the current state, as KV's does. */
const bells: Record<string, { spoil(rings: Rings): Rings; within: number }> = {
  "as they are": { spoil: (rings) => rings, within: BELL_MS },
  "all lost": { spoil: (rings) => rings.pipeThrough(each(() => [])), within: SAFETY_MS + SLACK_MS },
  "lost but the first": {
    spoil: (rings) => rings.pipeThrough(each((ring, n) => n === 0 ? [ring] : [])),
    within: SAFETY_MS + SLACK_MS,
  },
  "late by a second": { spoil: (rings) => rings.pipeThrough(late()), within: BELL_MS + LATE_MS },
  "doubled": {
    spoil: (rings) => rings.pipeThrough(each((ring) => [ring, ring, ring.map(() => "another"), ring])),
    within: BELL_MS,
  },
  "ended after each": { spoil: (rings) => rings.pipeThrough(ending()), within: SAFETY_MS + SLACK_MS },
  "broken from the start": { spoil: broken, within: SAFETY_MS + SLACK_MS },
};

function each(spoil: (ring: (string | null)[], n: number) => (string | null)[][]) {
  let n = 0;
  return new TransformStream<(string | null)[], (string | null)[]>({
    transform(ring, out) {
      for (const one of spoil(ring, n++)) out.enqueue(one);
    },
  });
}

function late() {
  return new TransformStream<(string | null)[], (string | null)[]>({
    async transform(ring, out) {
      await new Promise((resolve) => setTimeout(resolve, LATE_MS));
      out.enqueue(ring);
    },
  });
}

function ending() {
  return new TransformStream<(string | null)[], (string | null)[]>({
    transform(ring, out) {
      out.enqueue(ring);
      out.terminate();
    },
  });
}

function broken(rings: Rings): Rings {
  void rings.cancel();
  return new ReadableStream({ start: (out) => out.error(new Error("the watch broke")) });
}

/** A follower at the second instance while the first appends: gets each event once, in order, in time. */
async function catchesUp({ db }: Storage, what: string): Promise<void> {
  const bell = bells[what];
  assert(bell);
  const watch = (streams: string[]): Rings => bell.spoil(db.watch(streams.map((stream) => keys.head(stream))));
  const [log, other] = [await openLog(db, undefined, true), await openLog(db, undefined, true)];
  const stream = `room:${what.replaceAll(" ", "")}`;
  for (let n = 0; n < 3; n++) await post(log, stream);
  await withHub(other, async ({ hub, errors }) => {
    const client = createClient(hub);
    client.session.follow({ [stream]: OLDEST });
    await within(SAFETY_MS, `what was there (${what})`, client.until(() => client.seqs(stream).length === 3));
    for (let n = 0; n < EVENTS; n++) await post(log, stream);
    const last = performance.now();
    await within(bell.within, `the rest (${what})`, client.until(() => client.seqs(stream).length >= EVENTS + 3));
    console.log(`${what}: ${Math.round(performance.now() - last)} ms`);
    // Appended here and there at once: the ring and the commit tell of the same.
    await Promise.all([other, log, other, log].map((one) => post(one, stream)));
    await within(bell.within, `both sides' (${what})`, client.until(() => client.seqs(stream).length >= EVENTS + 7));
    assert.deepEqual(client.seqs(stream), Array.from({ length: EVENTS + 7 }, (_, at) => at + 1));
    assert.deepEqual(errors, []);
    client.session.close();
  }, { shared: true, watch });
}

// Side by side, as most of their time is waiting for the safety poll.
Deno.test("fault 6: rooms are caught up within 5 s whatever becomes of the change watchers, once and in order", () =>
  withStorage(async (storage) => {
    await Promise.all(Object.keys(bells).map((what) => catchesUp(storage, what)));
  }));
