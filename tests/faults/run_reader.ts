/** Reads a followed stream off a socket, frame by frame, each from where the last one ended. */
import assert from "node:assert/strict";
import type { ServerFrame } from "../../lib/protocol/frames.ts";
import { parseServerFrame } from "../support/frames.ts";
import { connectRaw, type RawWs } from "../support/raw_ws.ts";
import type { Person } from "../support/people.ts";
import type { Way } from "./site.ts";

export interface RunReader {
  readonly line: RawWs;
  readonly position: string;
  /** The seq that was read last. */
  readonly last: number | undefined;
  /** How many events were read. */
  readonly events: number;
  /** Takes what came; gives the frame. Throws where it is not the next of the stream. */
  apply(text: string): ServerFrame | undefined;
}

/** Follows `stream` over a socket of its own, from its end or from where `before` stands. */
export async function openRunReader(
  way: Way,
  { api }: Person,
  stream: string,
  before?: RunReader,
): Promise<RunReader & { head: string }> {
  const line = await connectRaw({ port: way.port, path: "/live/ws?v=1", headers: api.headers() });
  await line.send(JSON.stringify({ t: "follow", streams: { [stream]: before?.position ?? "now" } }));
  const followed = parseServerFrame(await line.nextThat((text) => text.includes(`"followed"`)));
  assert(followed?.t === "followed");
  if (before) assert.equal(followed.offset, before.position);
  let position = followed.offset;
  let events = 0;
  let last = before?.last;
  return {
    line,
    head: followed.head,
    get position() {
      return position;
    },
    get last() {
      return last;
    },
    get events() {
      return events;
    },
    apply(text) {
      const frame = parseServerFrame(text);
      assert.notEqual(frame?.t, "gone");
      if (frame?.t !== "events" || frame.stream !== stream) return frame;
      assert.equal(frame.from, position);
      for (const { seq } of frame.events) {
        if (last !== undefined) assert.equal(seq, last + 1);
        last = seq;
        events++;
      }
      position = frame.to;
      return frame;
    },
  };
}

/** Reads until the connection ends; calls `onRead` after each frame. */
export async function readOn({ line, apply }: RunReader, onRead: () => void = () => {}): Promise<void> {
  for (;;) {
    const text = await line.next().catch(() => undefined);
    if (text === undefined) return;
    apply(text);
    onRead();
  }
}
