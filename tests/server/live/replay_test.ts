/**
 * Whoever comes back goes on from where they were, wherever that is: in the ring, before it, at the border between the
 * two, or in what storage alone has; over each transport, each event once and in order. Whoever names a place that was
 * never given gets that answer.
 */
import assert from "node:assert/strict";
import type { Hub } from "../../../lib/server/live/hub.ts";
import { RING_EVENTS_MAX } from "../../../lib/server/live/streams/ring.ts";
import { createEventStream } from "../../../lib/server/live/transports/event_stream.ts";
import { type Cursor, parseCursor } from "../../../lib/server/live/transports/cursor.ts";
import { createPolls } from "../../../lib/server/live/transports/poll.ts";
import type { Log } from "../../../lib/server/log/log.ts";
import { EVENTS_MAX, type ServerFrame } from "../../../lib/protocol/frames.ts";
import { parseServerFrame } from "../../support/frames.ts";
import { assertSameList } from "../../support/same.ts";
import { createClient, createHandSweeper, person, withHub } from "../../support/hub.ts";
import { post, type TestLog, withStorage } from "../../support/storage.ts";
import { within } from "../../faults/within.ts";
import { poll } from "./with_polls.ts";

const STREAM = "room:a";
const EVENTS = RING_EVENTS_MAX + 155;
const BY_ITSELF = 5; // of the last each: the stream's head holds them, beside segments
const AT_ONCE = 50; // appended together
const READ_MS = 10_000;

/** What came from an offset up to the last event, and the offsets that it came with; or why nothing does. */
interface Heard {
  seqs: number[];
  data: unknown[];
  /** `from` and `to` of each frame. */
  places: [from: string, to: string][];
  gone: string | undefined;
}

type Reader = (hub: Hub, offset: string, last: number) => Promise<Heard>;

/** What the frames of one stream say. */
function heard(frames: ServerFrame[]): Heard {
  const eventFrames = frames.filter((frame) => frame.t === "events");
  const events = eventFrames.flatMap((frame) => frame.events);
  return {
    seqs: events.map(({ seq }) => seq),
    data: events.map(({ data }) => data),
    places: eventFrames.map(({ from, to }) => [from, to]),
    gone: frames.find((frame) => frame.t === "gone")?.reason,
  };
}

const isThrough = (frames: ServerFrame[], last: number): boolean => {
  const { seqs, gone } = heard(frames);
  const followed = frames.find((frame) => frame.t === "followed");
  return gone !== undefined || (seqs.at(-1) ?? 0) >= last ||
    (followed !== undefined && followed.offset === followed.head);
};

const readers: Record<string, Reader> = {
  async "a socket"(hub, offset, last) {
    const client = createClient(hub);
    client.session.follow({ [STREAM]: offset });
    await client.until(() => isThrough(client.frames, last));
    client.session.close();
    return heard(client.frames);
  },

  /** Comes back after each event, with its id. */
  async "an event stream"(hub, offset, last) {
    const frames: ServerFrame[] = [];
    let cursor: Cursor | undefined = { offsets: new Map([[STREAM, offset]]), ended: new Map() };
    while (!isThrough(frames, last)) {
      const { places } = heard(frames);
      assert.equal(new Set(places.map(String)).size, places.length, "it comes back and gets no further");
      const source: ReadableStreamDefaultReader<Uint8Array> = createEventStream({
        hub,
        sweeper: createHandSweeper(),
        user: person("u1"),
        session: "s1",
        hash: "h1",
        instance: "i1",
        streams: [STREAM],
        users: [],
        cursor,
      }).getReader();
      const decoder = new TextDecoder();
      let text = "";
      for (let more = true; more;) {
        const { value, done } = await source.read();
        text += decoder.decode(value, { stream: true });
        const blocks = text.split("\n\n");
        text = blocks.pop() ?? "";
        for (const block of blocks) {
          const frame = parseServerFrame(/^data: (.*)$/m.exec(block)?.[1] ?? "");
          if (!frame || (frame.t === "followed" && frames.length > 0)) continue; // it came back
          if (!["followed", "events", "gone"].includes(frame.t)) continue;
          frames.push(frame);
          cursor = parseCursor(/^id: (.*)$/m.exec(block)?.[1] ?? "");
          more = !isThrough(frames, last) && frame.t !== "events";
          if (!more) break;
        }
        assert.ok(!done, "the stream ended");
      }
      await source.cancel();
    }
    return heard(frames);
  },

  async "polls"(hub, offset, last) {
    const polls = createPolls(hub);
    const frames: ServerFrame[] = [];
    try {
      for (let at = offset; heard(frames).gone === undefined && (heard(frames).seqs.at(-1) ?? 0) < last;) {
        const answer = await poll(polls, { streams: { [STREAM]: at } });
        frames.push(...answer.frames);
        if (answer.frames.length === 0) break;
        at = answer.streams[STREAM] ?? at;
        if (heard(frames).gone === undefined) assert.equal(heard(frames).places.at(-1)?.[1], at);
      }
      return heard(frames);
    } finally {
      polls.close();
    }
  },
};

/** Goes on from each of these seqs, and from each with another tag. */
async function comeBack(reader: Reader, hub: Hub, log: Log, seqs: number[], last: number): Promise<void> {
  const read: Reader = (...from) => within(READ_MS, () => `what is after ${from[1]}`, reader(...from));
  const offsets = [log.offset({ seq: 0, tag: "0000" })];
  for (let seq = 0; seq < last; seq = offsets.length - 1) {
    offsets.push(...(await log.read(STREAM, seq, EVENTS_MAX)).map((event) => log.offset(event)));
  }
  for (const seq of seqs) {
    const offset = offsets[seq] ?? "";
    const { seqs: got, data, places, gone } = await read(hub, offset, last);
    assert.equal(gone, undefined);
    assertSameList(got, Array.from({ length: last - seq }, (_, at) => seq + at + 1), `what is after ${seq}`);
    assertSameList(data, got.map((it) => ({ it })), `what they tell after ${seq}`);
    let position = offset;
    for (const [from, to] of places) {
      assert.equal(from, position);
      position = to;
    }
    assert.equal(position, offsets[last]);
    if (seq === 0) continue; // "0000" is what it is
    const other = `${offset.slice(0, -1)}${offset.endsWith("A") ? "B" : "A"}`;
    assert.equal((await read(hub, other, last)).gone, "epoch", `another tag at ${seq}`);
    const foreign = offset.replace(log.epoch, log.epoch.toLowerCase() + "A");
    assert.equal((await read(hub, foreign, last)).gone, "epoch", `another database's ${seq}`);
  }
  const beyond = log.offset({ seq: last + 1, tag: "abcd" });
  assert.equal((await read(hub, beyond, last)).gone, "epoch", "a place that is not there yet");
}

function postAll(log: TestLog, first: number, last: number): Promise<unknown> {
  return Promise.all(Array.from({ length: last - first + 1 }, (_, at) => post(log, STREAM, { it: first + at })));
}

for (const [transport, read] of Object.entries(readers)) {
  Deno.test(`over ${transport} whoever comes back gets what is after their place, from ring and storage`, () =>
    withStorage(async ({ log }) => {
      await withHub(log, async ({ hub }) => {
        const first = createClient(hub);
        await first.follows(STREAM);
        const together = EVENTS - BY_ITSELF;
        for (let at = 1; at <= together; at += AT_ONCE) await postAll(log, at, Math.min(together, at + AT_ONCE - 1));
        for (let at = together + 1; at <= EVENTS; at++) await postAll(log, at, at);
        await within(READ_MS, "all that is told at once", first.until(() => first.seqs(STREAM).at(-1) === EVENTS));
        assertSameList(first.seqs(STREAM), Array.from({ length: EVENTS }, (_, at) => at + 1), "what is told at once");
        const start = EVENTS - RING_EVENTS_MAX; // the ring's
        const border = [start - 1, start, start + 1, start + 2];
        await comeBack(read, hub, log, [0, 1, ...border, EVENTS - EVENTS_MAX, EVENTS - 2, EVENTS - 1, EVENTS], EVENTS);
        first.session.close();
      });
      // One that was started now has no more than the head's newest events at hand.
      const around = [EVENTS - 600, EVENTS - EVENTS_MAX - 1, EVENTS - EVENTS_MAX, EVENTS - EVENTS_MAX + 1, EVENTS - 20];
      const newest = Array.from({ length: 11 }, (_, at) => EVENTS - 10 + at);
      for (const seq of [1, ...around, ...newest]) {
        await withHub(log, ({ hub }) => comeBack(read, hub, log, [seq], EVENTS));
      }
    }));
}
