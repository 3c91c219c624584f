/** A topic whose log goes on beside it: what it missed it reads, each event once, and nothing is delivered past its end. */
import { processClock } from "../../../lib/server/live/clock.ts";
import assert from "node:assert/strict";
import type { Position } from "../../../lib/server/live/streams/events_frame.ts";
import { createTopic, type Topic } from "../../../lib/server/live/streams/topic.ts";
import type { Log, StoredEvent } from "../../../lib/server/log/log.ts";
import { EVENTS_MAX } from "../../../lib/protocol/frames.ts";
import { parseServerFrame } from "../../support/frames.ts";
import { post, type TestLog, withHeldRead, withStorage } from "../../support/storage.ts";

const STREAM = "room:a";

const asStored = (_: string, events: StoredEvent[]) => Promise.resolve(events);

/** The seqs of all that a topic delivers to a follower at `from`, in the order of its frames. */
async function readAll(log: Log, topic: Topic, from: Position): Promise<number[]> {
  const seqs: number[] = [];
  for (let position = from;;) {
    const frame = await topic.replay(position);
    if (!frame) return seqs;
    const parsed = parseServerFrame(frame.text);
    assert.ok(parsed?.t === "events" && seqs.length < 10_000);
    assert.deepEqual([parsed.from, parsed.to], [log.offset(position), log.offset(frame.to)]);
    assert.equal(parsed.events.at(-1)?.seq, frame.to.seq);
    seqs.push(...parsed.events.map(({ seq }) => seq));
    position = frame.to;
  }
}

const upTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1);
const START: Position = { seq: 0, tag: "0000" };

async function postMany(log: TestLog, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await post(log, STREAM);
}

/** The commit of one event, as the log publishes it. */
async function commitOf(log: Log, seq: number) {
  const events = await log.read(STREAM, seq - 1, 1);
  return { stream: STREAM, head: { ...await log.head(STREAM), seq, tag: events[0]?.tag ?? "" }, events };
}

Deno.test("a commit that comes without the one before it makes a topic read both, at once and each once", () =>
  withStorage(async ({ log }) => {
    await postMany(log, 3);
    const grown = Promise.withResolvers<void>();
    const topic = createTopic({
      stream: STREAM,
      clock: processClock,
      log,
      join: asStored,
      grown: () => grown.resolve(),
    });
    await topic.ready;
    await postMany(log, 2);
    topic.append(await commitOf(log, 5)); // 4 was not published
    await grown.promise;
    assert.deepEqual(await readAll(log, topic, START), upTo(5));
  }));

Deno.test("what is read and published at the same time is delivered once", () =>
  withStorage(async ({ log }) => {
    await postMany(log, 3);
    const held = withHeldRead(log);
    const topic = createTopic({ stream: STREAM, clock: processClock, log: held.log, join: asStored, grown: () => {} });
    await topic.ready;
    await postMany(log, 2);
    const caught = topic.catchUp();
    await held.reading; // 4 and 5 are read, and not there yet
    topic.append(await commitOf(log, 4));
    topic.append(await commitOf(log, 5));
    held.release();
    await caught;
    assert.deepEqual(await readAll(log, topic, START), upTo(5));
  }));

for (const count of [10, EVENTS_MAX + 100]) {
  Deno.test(`of ${count} events before it and some behind it a topic delivers none that it has not taken itself`, () =>
    withStorage(async ({ log }) => {
      await postMany(log, count);
      const open = async () => {
        const topic = createTopic({ stream: STREAM, clock: processClock, log, join: asStored, grown: () => {} });
        await topic.ready;
        return topic;
      };
      // From the start, and a page before its end, where it is storage that is read or the ring that is filled from it.
      const pages = [EVENTS_MAX - 2, EVENTS_MAX - 1, EVENTS_MAX].map((page) => count - page);
      const topics = await Promise.all(
        [0, ...pages.filter((it) => it > 0)].map(async (seq) => ({ seq, topic: await open() })),
      );
      await postMany(log, 20); // perhaps a removal is among them: what it ends is known when the topic takes it
      for (const { seq, topic } of topics) {
        const [event] = seq === 0 ? [] : await log.read(STREAM, seq - 1, 1);
        const from = event ? { seq, tag: event.tag } : START;
        assert.deepEqual(await readAll(log, topic, from), upTo(count).slice(seq));
        await topic.catchUp();
        assert.deepEqual(await readAll(log, topic, from), upTo(count + 20).slice(seq));
      }
    }));
}

Deno.test("where the events that a topic keeps are long, the short ones before them are delivered all the same", () =>
  withStorage(async ({ log }) => {
    const [short, long] = [700, 150];
    await postMany(log, short);
    const topic = createTopic({ stream: STREAM, clock: processClock, log, join: asStored, grown: () => {} });
    await topic.ready;
    for (let n = 0; n < long; n++) await post(log, STREAM, "x".repeat(16_000));
    await topic.catchUp();
    assert.deepEqual(await readAll(log, topic, START), upTo(short + long));
  }));
