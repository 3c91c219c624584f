/**
 * An event stream that breaks while it is still coming up (lib/protocol/README.md §5: the cursor names every followed
 * stream).
 */
import assert from "node:assert/strict";
import { parseCursor } from "../../lib/server/live/transports/cursor.ts";
import { createEventStream } from "../../lib/server/live/transports/event_stream.ts";
import type { Hub } from "../../lib/server/live/hub.ts";
import { createHandSweeper, person, withHub } from "../support/hub.ts";
import { within } from "../faults/within.ts";
import { post, withStorage } from "../support/storage.ts";

const REST_MS = 3_000;
const STREAMS = ["room:a", "room:b", "room:c"];

interface Block {
  event: string;
  id: string;
  data: string;
}

/** Reads blocks until `enough` says so, then breaks the line. */
async function read(hub: Hub, id: string | undefined, enough: (block: Block) => boolean): Promise<void> {
  const cursor = id === undefined ? undefined : parseCursor(id);
  const sweeper = createHandSweeper();
  const options = { hub, sweeper, user: person("u1"), session: "s1", hash: "h1", instance: "i1", users: [] };
  const reader = createEventStream({ ...options, streams: STREAMS, cursor }).getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const end = text.indexOf("\n\n");
    if (end < 0) {
      const { done, value } = await reader.read();
      if (done) throw new Error("The event stream ended");
      text += decoder.decode(value, { stream: true });
      continue;
    }
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(text.slice(0, end))?.[1] ?? "";
    const block = { event: field("event"), id: field("id"), data: field("data") };
    text = text.slice(end + 2);
    if (enough(block)) return await reader.cancel();
  }
}

Deno.test("a line that breaks after any `followed` resumes the streams that were not followed yet without a gap", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      let followed = 0;
      let before = "";
      await read(hub, undefined, ({ event, id }) => {
        before = id || before;
        return event === "followed" && ++followed === STREAMS.length;
      });
      for (const stream of STREAMS) await post(log, stream);
      // Comes back with its cursor, again and again, and each time the line breaks after the first `followed`.
      for (let n = 0; n < STREAMS.length; n++) {
        await read(hub, before, ({ event, id }) => {
          if (event === "followed") before = id;
          return event === "followed";
        });
      }
      const seen = new Set<string>();
      const rest = read(hub, before, ({ event, data }) => {
        if (event === "events") seen.add(JSON.parse(data).stream);
        return event === "events" && seen.size === STREAMS.length;
      });
      await within(REST_MS, "what was missed", rest);
      assert.deepEqual([...seen].sort(), STREAMS);
    });
  }));
