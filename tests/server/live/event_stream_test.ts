import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { parseCursor } from "../../../lib/server/live/transports/cursor.ts";
import { createEventStream, type EventStreamOptions } from "../../../lib/server/live/transports/event_stream.ts";
import type { Hub } from "../../../lib/server/live/hub.ts";
import type { ServerFrame } from "../../../lib/protocol/frames.ts";
import { parseServerFrame } from "../../support/frames.ts";
import { createHandSweeper, person, withHub } from "../../support/hub.ts";
import { post, withStorage } from "../../support/storage.ts";

interface Message {
  event: string;
  id: string | undefined;
  frame: ServerFrame;
}

interface Reader {
  retry: number;
  messages: Message[];
  until(done: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Reads an event stream as the HTML standard says, as far as this server uses it. */
function open(
  hub: Hub,
  streams: string[],
  lastEventId?: string,
  { completed, sweeper = createHandSweeper(), users = [] }: Partial<EventStreamOptions> = {},
): Reader {
  const stream = createEventStream({
    hub,
    sweeper,
    user: person("u1"),
    session: "s1",
    hash: "h1",
    instance: "i1",
    streams,
    users,
    completed,
    cursor: lastEventId === undefined ? undefined : parseCursor(lastEventId),
  });
  const source = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  const reader: Reader = {
    retry: 0,
    messages: [],
    async until(done) {
      while (!done()) {
        const { value, done: over } = await source.read();
        if (over) throw new Error("the stream ended");
        text += decoder.decode(value, { stream: true });
        for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
          take(text.slice(0, end));
          text = text.slice(end + 2);
        }
      }
    },
    close: () => source.cancel(),
  };
  function take(block: string): void {
    const fields = new Map(
      block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
    );
    if (fields.has("retry")) reader.retry = Number(fields.get("retry"));
    const data = fields.get("data");
    if (data === undefined) return;
    const frame = parseServerFrame(data);
    assert.ok(frame, `not a frame: ${data}`);
    assert.equal(fields.get("event"), frame.t);
    reader.messages.push({ event: frame.t, id: fields.get("id"), frame });
  }
  return reader;
}

const seqs = (reader: Reader, stream: string) =>
  reader.messages.flatMap(({ frame }) =>
    frame.t === "events" && frame.stream === stream ? frame.events.map((event) => event.seq) : []
  );

Deno.test("an event stream begins with retry, welcome and a followed a stream; then comes what is now", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const reader = open(hub, ["feed", "user:u1"], undefined, { users: ["u2"] });
      await reader.until(() => reader.messages.length === 5);
      assert.ok(reader.retry >= 1_000 && reader.retry <= 5_000);
      const order = reader.messages.map((it) => it.event);
      assert.deepEqual(order.slice(0, 3), ["welcome", "followed", "followed"]);
      assert.deepEqual(order.slice(3).sort(), ["digest", "presence"]);
      const [welcome] = reader.messages;
      assert.ok(welcome?.frame.t === "welcome" && welcome.frame.transport === "sse" && welcome.id === undefined);
      const followed = reader.messages.flatMap(({ frame }) => frame.t === "followed" ? [frame.stream] : []);
      assert.deepEqual(followed.sort(), ["feed", "user:u1"]);
      assert.ok(reader.messages.every(({ event, id }) => (id !== undefined) === (event === "followed")));
      await reader.close();
    });
  }));

Deno.test("Last-Event-ID resumes every stream without a gap, from whichever event it is of", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const first = open(hub, ["room:a", "room:b"]);
      await first.until(() => first.messages.filter((it) => it.event === "followed").length === 2);
      for (let at = 0; at < 5; at++) await Promise.all([post(log, "room:a"), post(log, "room:b")]);
      await first.until(() => seqs(first, "room:a").length === 5 && seqs(first, "room:b").length === 5);
      await first.close();
      for (const at of first.messages.filter((it) => it.event === "events").map((_, at) => at)) {
        const seen = first.messages.filter((it) => it.event === "events").slice(0, at + 1);
        const before = { messages: seen, retry: 0, until: first.until, close: first.close };
        const second = open(hub, ["room:a", "room:b"], seen.at(-1)?.id);
        const all = (stream: string) => [...seqs(before, stream), ...seqs(second, stream)];
        await second.until(() => all("room:a").length === 5 && all("room:b").length === 5);
        assert.deepEqual([all("room:a"), all("room:b")], [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5]]);
        await second.close();
      }
    });
  }));

Deno.test("a stream that ended is gone again after a reconnect; one never named begins now", () =>
  withStorage(async ({ log }) => {
    await post(log, "room:b");
    await withHub(log, async ({ hub }) => {
      const first = open(hub, ["user:u2", "room:a"]);
      await first.until(() =>
        first.messages.filter((it) => it.event === "followed" || it.event === "gone").length === 2
      );
      const { id } = first.messages.at(-1) ?? {};
      await first.close();
      const second = open(hub, ["user:u2", "room:a", "room:b"], id);
      await second.until(() =>
        second.messages.filter((it) => it.event === "followed" || it.event === "gone").length === 3
      );
      const gone = second.messages.flatMap(({ frame }) => frame.t === "gone" ? [[frame.stream, frame.reason]] : []);
      assert.deepEqual(gone, [["user:u2", "not_found"]]);
      const begun = second.messages.flatMap(({ frame }) =>
        frame.t === "followed" ? [[frame.stream, frame.offset]] : []
      );
      assert.ok(begun.some(([stream, offset]) => stream === "room:b" && offset?.includes("_0000000000000001_")));
      await second.close();
    });
  }));

Deno.test("those who follow the same are sent the same bytes; those who follow more, a cursor of their own", () =>
  withStorage(async ({ log }) => {
    await post(log, "room:b");
    await withHub(log, async ({ hub }) => {
      const readers = [["room:a"], ["room:a"], ["room:a", "room:b"], ["room:a"]].map((streams) => open(hub, streams));
      const followed = ({ messages }: Reader) => messages.filter(({ event }) => event === "followed").length;
      await Promise.all(readers.map((reader, at) => reader.until(() => followed(reader) === (at === 2 ? 2 : 1))));
      for (const count of [1, 2]) { // one at a time: two in one frame is as well
        await post(log, "room:a");
        await Promise.all(readers.map((reader) => reader.until(() => seqs(reader, "room:a").length === count)));
      }
      for (const { messages } of readers) assert.deepEqual(messages.at(-1)?.frame, readers[0]?.messages.at(-1)?.frame);
      const streams = readers.map(({ messages }) => [...parseCursor(messages.at(-1)?.id ?? "")?.offsets.keys() ?? []]);
      assert.deepEqual(streams, [["room:a"], ["room:a"], ["room:a", "room:b"], ["room:a"]]);
      const places = readers.map(({ messages }) => parseCursor(messages.at(-1)?.id ?? "")?.offsets.get("room:a"));
      assert.equal(new Set(places).size, 1);
      await Promise.all(readers.map((reader) => reader.close()));
    });
  }));

Deno.test("a reader that doesn't read holds at most the high water, and goes on without a gap", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const reader = open(hub, ["room:a"]);
      await reader.until(() => reader.messages.some((it) => it.event === "followed"));
      for (let at = 0; at < 3_000; at += 100) {
        await Promise.all(Array.from({ length: 100 }, () => post(log, "room:a", "x".repeat(200))));
      }
      await reader.until(() => seqs(reader, "room:a").length === 3_000);
      assert.deepEqual(seqs(reader, "room:a"), Array.from({ length: 3_000 }, (_, at) => at + 1));
      await reader.close();
    });
  }));

Deno.test("draining says bye and ends the stream", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const reader = open(hub, ["room:a"]);
      await reader.until(() => reader.messages.some((it) => it.event === "followed"));
      hub.drain();
      await assert.rejects(reader.until(() => false), /the stream ended/);
      assert.equal(reader.messages.at(-1)?.event, "bye");
    });
  }));

for (const text of ["", "hello", "W10", "e30"]) {
  Deno.test(`parseCursor(${JSON.stringify(text)}) is a cursor only where it is one`, () => {
    assert.equal(parseCursor(text) !== undefined, text === "W10"); // "[]": no stream yet
  });
}

Deno.test("a stream that has ended counts as its person's until what it gave is sent", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const { promise: completed, resolve } = Promise.withResolvers<void>();
      const reader = open(hub, ["room:a"], undefined, { completed });
      await reader.until(() => reader.messages.some((it) => it.event === "followed"));
      hub.drain();
      assert.equal(hub.sessionsOf("u1"), 1);
      resolve();
      await completed;
      assert.equal(hub.sessionsOf("u1"), 0);
      await reader.close();
    });
  }));

Deno.test("a stream that is not read for 30 s ends, and no sooner; what came late into an idle one counts from then on", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const sweeper = createHandSweeper();
      const reader = open(hub, ["room:a"], undefined, { sweeper });
      await reader.until(() => reader.messages.some((it) => it.event === "followed"));
      sweeper.sweep(performance.now() + 60_000); // all of it was read
      assert.equal(sweeper.count(), 1);
      for (let n = 0; n < 10; n++) await post(log, "room:a", "x".repeat(15_000));
      await new Promise<void>((resolve) => setImmediate(resolve)); // the round that carries it
      const now = performance.now();
      sweeper.sweep(now + 29_000);
      assert.equal(sweeper.count(), 1);
      sweeper.sweep(now + 31_000);
      assert.equal(sweeper.count(), 0);
      await assert.rejects(reader.until(() => false), /the stream ended/);
    });
  }));
