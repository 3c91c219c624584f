/** Names that every JavaScript object has by itself are names like any other that nothing is called by. */
import assert from "node:assert/strict";
import { parseCursor } from "../../../lib/server/live/transports/cursor.ts";
import { createEventStream } from "../../../lib/server/live/transports/event_stream.ts";
import { presenceFrame } from "../../../lib/server/live/state/presence.ts";
import { createHandSweeper, person, withHub } from "../../support/hub.ts";
import { withStorage } from "../../support/storage.ts";
import { withConnection } from "./with_connection.ts";
import { poll, withPolls } from "./with_polls.ts";

const NAMES = ["__proto__", "constructor", "toString"];
const STREAMS = `{"__proto__":"now","constructor":"now","toString":"now"}`; // an object literal would not have the first

Deno.test("following such a name over a socket is answered with gone", () =>
  withConnection(async (wire) => {
    await wire.until(() => wire.frames.length === 2);
    wire.raw(`{"t":"follow","streams":${STREAMS}}`);
    wire.say({ t: "ping", id: 1 });
    await wire.until(() => wire.frames.some((frame) => frame.t === "pong"));
    const gone = wire.frames.flatMap((frame) => frame.t === "gone" ? [frame] : []);
    assert.deepEqual(gone, NAMES.map((stream) => ({ t: "gone", stream, reason: "not_found" })));
  }));

Deno.test("a poll of such names is answered with gone", () =>
  withStorage(({ log }) =>
    withPolls(log, async ({ polls }) => {
      const { frames, streams } = await poll(polls, { streams: JSON.parse(STREAMS) });
      assert.deepEqual(frames, NAMES.map((stream) => ({ t: "gone", stream, reason: "not_found" })));
      assert.deepEqual(streams, {});
    })
  ));

Deno.test("the cursor of an event stream remembers such names as ended", () =>
  withStorage(({ log }) =>
    withHub(log, async ({ hub }) => {
      const options = { hub, sweeper: createHandSweeper(), user: person("u1"), session: "s1", hash: "h1" };
      const cursor = parseCursor(btoa("[]"));
      const stream = createEventStream({ ...options, instance: "i1", users: [], streams: NAMES, cursor });
      const decoder = new TextDecoder();
      let text = "";
      for await (const part of stream) {
        text += decoder.decode(part, { stream: true });
        if (text.split("event: gone").length > NAMES.length && text.endsWith("\n\n")) break;
      }
      const cursors = [...text.matchAll(/^id: (.*)$/gm)].map(([, id = ""]) => parseCursor(id));
      assert.ok(cursors.every((it) => it !== undefined), "each can be read");
      assert.deepEqual([...cursors.at(-1)?.ended ?? []], NAMES.map((name) => [name, "not_found"]));
    })
  ));

Deno.test("who watches such a name learns that nobody is online by it", () => {
  const { text } = presenceFrame(NAMES, { isOnline: () => false });
  assert.equal(text, `{"t":"presence","users":{"__proto__":"offline","constructor":"offline","toString":"offline"}}`);
});
