/** The log's reader may go away or stall: lines are lost then, and nothing else happens. */
import assert from "node:assert/strict";
import type { LogRecord } from "@logtape/logtape";
import { createSink } from "../../../lib/server/http/logging.ts";

const MIB = 1024 * 1024;

const record = (text: string): LogRecord => ({
  category: ["rivulet"],
  level: "error",
  message: [text],
  rawMessage: text,
  timestamp: 0,
  properties: {},
});

Deno.test("a log that nobody reads any more fails nothing", async () => {
  const unhandled: unknown[] = [];
  const note = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled.push(event.reason);
  };
  addEventListener("unhandledrejection", note);
  try {
    const tried = Promise.withResolvers<void>();
    const sink = createSink(
      new WritableStream({
        write() {
          tried.resolve();
          throw new Deno.errors.BrokenPipe("Broken pipe (os error 32)");
        },
      }),
    );
    for (let at = 0; at < 100; at++) sink(record(`line ${at}`));
    await tried.promise;
    sink(record("and another"));
    await new Promise((resolve) => setTimeout(resolve)); // rejections that nobody handles are told by then
    assert.deepEqual(unhandled, []);
  } finally {
    removeEventListener("unhandledrejection", note);
  }
});

Deno.test("as JSON a record is one line, its properties beside its message, and an error keeps its stack", async () => {
  const lines: string[] = [];
  const written = Promise.withResolvers<void>();
  const sink = createSink(
    new WritableStream({
      write(line) {
        lines.push(new TextDecoder().decode(line));
        written.resolve();
      },
    }),
    "json",
  );
  const error = new TypeError("two\nlines", { cause: new Error("why") });
  sink({
    ...record(""),
    category: ["rivulet", "http"],
    message: ["Request ", "r1", " failed: ", error, ""],
    rawMessage: "Request {requestId} failed: {error}",
    properties: { requestId: "r1", error },
  });
  await written.promise;
  const [value = ""] = lines;
  assert.match(value, /^[^\n]+\n$/);
  const { requestId, logger, level, message, ...rest } = JSON.parse(value);
  assert.deepEqual([requestId, logger, level], ["r1", "rivulet.http", "ERROR"]);
  assert.equal(message, "Request {requestId} failed: {error}");
  assert.equal(rest.error.message, "two\nlines");
  assert.match(rest.error.stack, /logging_test/);
});

Deno.test("what waits for a reader that stalls is bounded, and goes on with it", async () => {
  const gate = Promise.withResolvers<void>();
  const written: number[] = [];
  const sink = createSink(
    new WritableStream<Uint8Array>({
      async write(line) {
        await gate.promise;
        written.push(line.length);
      },
    }),
  );
  const long = "x".repeat(1_000);
  for (let at = 0; at < 10_000; at++) sink(record(long));
  gate.resolve();
  while (written.length < 900) await new Promise((resolve) => setTimeout(resolve));
  const bytes = written.reduce((sum, it) => sum + it, 0);
  assert.ok(bytes <= MIB, `${bytes}`);
  const before = written.length;
  while (written.length === before) { // it may still be writing what waited
    sink(record("again"));
    await new Promise((resolve) => setTimeout(resolve));
  }
});
