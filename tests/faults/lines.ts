/** The three transports as one thing: a line that brings frames until it breaks. */
import { pollAnswer } from "../../lib/protocol/poll.ts";
import { formatCursor } from "../../lib/server/live/transports/cursor.ts";
import { connectRaw } from "../support/raw_ws.ts";
import type { Person } from "../support/people.ts";
import type { Way } from "./site.ts";

export type Transport = "ws" | "sse" | "poll";

const POLL_WAIT_MS = 2_000;

export interface Line {
  /** The next frames' texts; rejects once the line is broken. */
  next(): Promise<string[]>;
  /** Breaks the line from this side; resolves when nothing of it is left. */
  drop(): Promise<void>;
}

export interface LineOptions {
  site: Way;
  person: Person;
  streams: string[];
  /** The offset up to which a stream was applied; undefined before its first frame. */
  positionOf(stream: string): string | undefined;
  /** Told of an offset that an answer says is reached. */
  stands(stream: string, offset: string): void;
  /** The last `id:` of an event stream, while nothing was heard in another way since. */
  cursor: { value?: string };
  /** Whether it asks for compact frames. */
  compact?: true;
}

export function openLine(transport: Transport, options: LineOptions): Promise<Line> {
  if (transport === "ws") return openWs(options);
  return transport === "sse" ? openSse(options) : Promise.resolve(openPoll(options));
}

function from({ streams, positionOf }: LineOptions): Record<string, string> {
  return Object.fromEntries(streams.map((stream) => [stream, positionOf(stream) ?? "-1"]));
}

async function openWs(options: LineOptions): Promise<Line> {
  const { site, person } = options;
  const ws = await connectRaw({ port: site.port, path: "/live/ws?v=1", headers: person.api.headers() });
  await ws.send(JSON.stringify({ t: "follow", streams: from(options), compact: options.compact }));
  return {
    next: async () => [await ws.next()],
    async drop() {
      ws.drop();
      await ws.closed;
    },
  };
}

async function openSse(options: LineOptions): Promise<Line> {
  const { site, person, streams, cursor, positionOf, compact = false } = options;
  const abort = new AbortController();
  const headers = { ...person.api.headers(), ...(cursor.value !== undefined && { "last-event-id": cursor.value }) };
  // Whoever comes from another transport names their positions; who comes first begins at the tail.
  const isMoved = streams.some((stream) => positionOf(stream) !== undefined);
  const moved = isMoved
    ? `&cursor=${formatCursor({ offsets: new Map(Object.entries(from(options))), ended: new Map() })}`
    : "";
  const response = await fetch(`${site.url}/live/sse?v=1&compact=${compact}&streams=${streams.join(",")}${moved}`, {
    headers,
    signal: abort.signal,
  });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new Error(`The event stream was refused: ${response.status}`);
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    async next() {
      for (;;) {
        const end = text.lastIndexOf("\n\n");
        if (end >= 0) {
          const blocks = text.slice(0, end).split("\n\n");
          text = text.slice(end + 2);
          return blocks.flatMap((block) => {
            cursor.value = /^id: ?(.*)$/m.exec(block)?.[1] ?? cursor.value;
            return /^data: ?(.*)$/m.exec(block)?.[1] ?? [];
          });
        }
        const { done, value } = await reader.read();
        if (done) throw new Error("The event stream ended");
        text += value;
      }
    },
    async drop() {
      abort.abort();
      await reader.cancel().catch(() => {});
    },
  };
}

function openPoll(options: LineOptions): Line {
  const { site, person, stands, compact } = options;
  const abort = new AbortController();
  let answered: Record<string, string> = {};
  return {
    async next() {
      // The frames before were applied by now: what the answer gave as next offsets must be where they led.
      for (const [stream, offset] of Object.entries(answered)) stands(stream, offset);
      const response = await fetch(`${site.url}/live/poll`, {
        method: "POST",
        headers: { ...person.api.headers(), "content-type": "application/json" },
        body: JSON.stringify({ v: 1, streams: from(options), wait: POLL_WAIT_MS, compact }),
        signal: abort.signal,
      });
      const answer: unknown = await response.json();
      if (!response.ok) throw new Error(`The poll was refused: ${response.status}`);
      const { frames, streams } = pollAnswer.parse(answer);
      answered = streams;
      return frames.map((frame) => JSON.stringify(frame));
    },
    drop() {
      abort.abort();
      return Promise.resolve();
    },
  };
}
