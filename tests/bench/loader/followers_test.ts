/** What the bench's poller takes for an answer: the server sends a long one in several chunks. */
import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { openPoller } from "./followers.ts";
import { createLoop } from "./loop.ts";

const TURN_MS = 1;
const LONG = "x".repeat(65_536); // as much as the server sends in one chunk

Deno.test({
  name: "a poll's answer that comes in chunks is heard as one, and the next poll goes on from its end",
  ignore: Deno.build.os !== "linux", // the loop reads by epoll
  sanitizeResources: false, // libc stays open
  async fn() {
    const answers = [
      ['{"frames":[],"streams":{"me":"1"},"seen":"a"}'],
      ['{"frames":[{"text":"', LONG, LONG, '"}],"streams":{"me":"2"},"seen":"b"}'],
      ['{"frames":[],"streams":{"me":"3"},"seen":"c"}'],
    ];
    const asked: string[] = [];
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const chunks = answers[asked.push(await request.text()) - 1];
      return chunks
        ? new Response(ReadableStream.from(chunks).pipeThrough(new TextEncoderStream()))
        : new Response("{}");
    });
    const loop = createLoop();
    const heard: string[] = [];
    const poller = openPoller(loop, {
      line: { path: "/live/poll", headers: {}, steps: [], streams: '{"me":"now"}' },
      port: server.addr.port,
      keepAlive: {},
      bufferBytes: 4_096,
      heard: (bytes, start, end) => heard.push(new TextDecoder().decode(bytes.subarray(start, end))),
    });
    while (heard.length < 2) {
      loop.turn(TURN_MS);
      await nextTurn(); // The server is in this process.
    }
    poller.shut();
    await server.shutdown();
    assert.deepEqual(heard, answers.slice(1).map((chunks) => chunks.join("")));
    assert.deepEqual(asked.slice(0, 3).map((body) => JSON.parse(body)), [
      { v: 1, wait: 25_000, compact: true, streams: { me: "now" }, seen: "" },
      { v: 1, wait: 25_000, compact: true, streams: { me: "1" }, seen: "a" },
      { v: 1, wait: 25_000, compact: true, streams: { me: "2" }, seen: "b" },
    ]);
  },
});
