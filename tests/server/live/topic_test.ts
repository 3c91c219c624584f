import { processClock } from "../../../lib/server/live/clock.ts";
import assert from "node:assert/strict";
import { createTopic } from "../../../lib/server/live/streams/topic.ts";
import { post, withHeldRead, withStorage } from "../../support/storage.ts";

Deno.test("catching up with an old head doesn't take back what came by itself meanwhile", () =>
  withStorage(async ({ log }) => {
    await post(log, "room:a");
    const held = withHeldRead(log);
    const join = (_: string, events: Awaited<ReturnType<typeof log.read>>) => Promise.resolve(events);
    const topic = createTopic({ stream: "room:a", clock: processClock, log: held.log, join, grown: () => {} });
    await topic.ready;
    await post(log, "room:a");
    const caught = topic.catchUp();
    await held.reading;
    log.onAppended(topic.append);
    const [second] = await log.read("room:a", 1, 1);
    assert.ok(second);
    topic.append({ stream: "room:a", head: await log.head("room:a"), events: [second] });
    await post(log, "room:a");
    held.release();
    await caught;
    assert.equal(topic.tail().seq, 3);
    assert.equal(topic.head()?.seq, 3);
  }));

type Log = Parameters<typeof createTopic>[0]["log"];

/** A log whose reads of a head are held up, until they are set free: each has read, and answers when it is let through. */
function heldUp(log: Log) {
  const asked: { read: Promise<void>; answer: () => void }[] = [];
  const waiting: (() => void)[] = [];
  let isFree = false;
  return {
    log: {
      ...log,
      async head(stream: string) {
        const [read, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
        asked.push({ read: read.promise, answer: gate.resolve });
        waiting.shift()?.();
        const head = await log.head(stream);
        read.resolve();
        if (!isFree) await gate.promise;
        return head;
      },
    },
    free: () => void (isFree = true),
    /** The next head that is asked for, once it has been read. */
    async next() {
      if (asked.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      const one = asked.shift();
      assert.ok(one);
      await one.read;
      return one.answer;
    },
  };
}

const asStored = (_: string, events: Awaited<ReturnType<Log["read"]>>) => Promise.resolve(events);

/** A topic that opens over a log whose reads of a head are held up. */
function openHeld(log: Log) {
  const held = heldUp(log);
  const topic = createTopic({ stream: "room:a", clock: processClock, log: held.log, join: asStored, grown: () => {} });
  return { held, topic };
}

Deno.test("a ring that comes while a head is read already is not lost: the head is read again", () =>
  withStorage(async ({ log }) => {
    const { held, topic } = openHeld(log);
    (await held.next())();
    await topic.ready;
    const first = topic.catchUp();
    const answer = await held.next(); // it has read that there is nothing
    await post(log, "room:a");
    const second = topic.catchUp(); // the watch for it
    held.free();
    answer();
    await Promise.all([first, second]);
    assert.equal(topic.tail().seq, 1);
  }));

Deno.test("a topic that is rung and appended to while it opens is ready", () =>
  withStorage(async ({ log }) => {
    const { held, topic } = openHeld(log);
    const open = await held.next();
    const rung = topic.catchUp();
    await post(log, "room:a");
    topic.append({ stream: "room:a", head: await log.head("room:a"), events: await log.read("room:a", 0, 9) });
    held.free();
    open();
    await Promise.all([topic.ready, rung]);
    assert.equal(topic.tail().seq, 1);
  }));

Deno.test("many who resume a little behind are served by one read, and an edit in the middle of it reaches them", () =>
  withStorage(async ({ log }) => {
    for (let at = 1; at <= 200; at++) await post(log, "room:a", at);
    const offsets = (await log.read("room:a", 0, 200)).map((event) => log.offset(event));
    let reads = 0;
    let meanwhile = () => Promise.resolve();
    const counted = {
      ...log,
      async read(stream: string, seq: number, limit: number) {
        reads++;
        const events = await log.read(stream, seq, limit);
        await meanwhile();
        return events;
      },
    };
    const texts = new Map([[150, "as it was"]]);
    const join = (_: string, events: Awaited<ReturnType<typeof log.read>>) =>
      Promise.resolve(events.map((event) => {
        const about = event.seq === 150 ? 150 : undefined;
        return { ...event, ...(about && { about, data: texts.get(150) }) };
      }));
    const topic = createTopic({ stream: "room:a", clock: processClock, log: counted, join, grown: () => {} });
    await topic.ready;
    meanwhile = () => {
      meanwhile = () => Promise.resolve();
      texts.set(150, "as it is");
      const event = { seq: 201, tag: "abcd", type: "test.edited", at: 1, by: "u1", about: 150, data: "as it is" };
      const head = topic.head();
      assert.ok(head);
      topic.append({ stream: "room:a", head: { ...head, seq: 201, tag: "abcd" }, events: [event] });
      return Promise.resolve();
    };
    const found = await Promise.all(offsets.map((offset) => topic.find(offset)));
    assert.deepEqual(found.map((position) => position?.seq), Array.from({ length: 200 }, (_, at) => at + 1));
    assert.equal(reads, 2); // once more, since the message changed while it was read
    const frames = await Promise.all(found.slice(0, 149).map((position) => position && topic.replay(position)));
    assert.equal(reads, 2);
    for (const frame of frames) assert.ok(frame && !frame.text.includes("as it was"));
  }));

for (const characters of [10, 16_000]) {
  Deno.test(`whoever is far behind among events of ${characters} characters is read little more than it is sent`, () =>
    withStorage(async ({ log }) => {
      const count = 1_200;
      for (let at = 1; at <= count; at++) await post(log, "room:a", at);
      let joined = 0;
      const join = (_: string, events: Awaited<ReturnType<typeof log.read>>) => {
        joined += events.length;
        return Promise.resolve(events.map((event) => ({ ...event, data: "x".repeat(characters) })));
      };
      const topic = createTopic({ stream: "room:a", clock: processClock, log, join, grown: () => {} });
      await topic.ready;
      joined = 0;
      const seqs: number[] = [];
      for (let position = { seq: 0, tag: "" };;) {
        const frame = await topic.replay(position);
        if (!frame) break;
        seqs.push(...[...frame.text.matchAll(/"seq":(\d+)/g)].map((match) => Number(match[1])));
        position = frame.to;
      }
      assert.deepEqual(seqs, Array.from({ length: count }, (_, at) => at + 1));
      assert(joined <= 2 * count, `${joined} events were read for ${count}`);
    }));
}
