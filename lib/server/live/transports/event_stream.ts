/**
 * Server-Sent Events: a session with a fixed set of streams. Each event's id is the cursor over all of them, so the
 * browser's Last-Event-ID resumes by itself (lib/protocol/README.md §5; the format is the HTML standard's, 9.2.5).
 */
import { type ByeReason, type GoneReason, PROTOCOL_VERSION } from "../../../protocol/frames.ts";
import { NOW } from "../../../protocol/streams.ts";
import type { User } from "../../../protocol/users.ts";
import { type Cancel, every } from "../clock.ts";
import { type Cursor, formatCursor } from "./cursor.ts";
import type { Hub } from "../hub.ts";
import { eventBytes, type ServerSentEvent } from "./event_bytes.ts";
import { createSession } from "../live_session.ts";
import { PING_MS, type Sweeper } from "./sweeper.ts";

const HIGH_WATER = 64 * 1024; // bytes unread by a client before frames wait for it
const COMMENT_MS = 14_000; // the promise is 15 s
const RETRY_MIN_MS = 1_000; // a browser waits so long before it reconnects
const RETRY_MAX_MS = 5_000;
const LIFE_MIN_MS = 30 * 60_000; // the stream is ended then, before a proxy's own limit cuts it
const LIFE_MAX_MS = 60 * 60_000;
const NOT_READING_MS = 30_000;

export interface EventStreamOptions {
  hub: Hub;
  sweeper: Sweeper;
  /** Takes it off the count of admitted connections, because its session counts instead. */
  admitted?: (() => void) | undefined;
  user: User;
  session: string;
  hash: string;
  instance: string;
  /** The full names of the streams to follow. */
  streams: string[];
  cursor: Cursor | undefined;
  users: string[];
  isCompact?: boolean;
  /** Resolves when all that the stream gave has been sent, or the client has gone. Never rejects. */
  completed?: Promise<void> | undefined;
}

/** Opens the stream of events as bytes. It ends when the sign-in does, when the server drains, and after a while. */
export function createEventStream(options: EventStreamOptions): ReadableStream<Uint8Array> {
  const { hub, user } = options;
  const { clock } = hub;
  const ended = new Map<string, GoneReason>();
  // A stream that is still being found keeps the offset that it came with: if the connection breaks before, nothing is
  // lost.
  const asked = new Map<string, string>();
  const unanswered = new Set(options.streams);
  const timers: Cancel[] = [];
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let fullSince: number | undefined; // since when its client has not read enough, monotonic ms

  function write(event: ServerSentEvent): void {
    controller?.enqueue(eventBytes(event));
    if ((controller?.desiredSize ?? 1) <= 0) fullSince ??= clock.now();
  }
  const say = (text: string) => controller?.enqueue(utf8.encode(text));
  const session = createSession({
    hub,
    user,
    id: options.session,
    hash: options.hash,
    sink: {
      writable: () => (controller?.desiredSize ?? 0) > 0,
      send(frame) {
        const { t } = frame;
        // A removed person gets this once; if they follow again, the stream is not found.
        if (t === "gone") end(frame.stream, frame.reason === "removed" ? "not_found" : frame.reason);
        const id = t === "followed" || t === "events" || t === "gone" ? cursor() : undefined;
        write({ type: t, id, data: frame.text });
        if (t === "followed" || t === "gone") answered(frame.stream);
      },
      ended: close,
    },
  });

  /** Remembers an ended stream, for the cursor. */
  function end(stream: string, reason: GoneReason): void {
    ended.set(stream, reason);
    asked.delete(stream);
  }

  const cursor = () => formatCursor({ offsets: new Map([...asked, ...session.positions()]), ended });

  const swept = {
    sweep(now: number) {
      if (fullSince !== undefined && now - fullSince > NOT_READING_MS) close();
    },
  };

  function close(_reason?: ByeReason): void {
    for (const cancel of timers) cancel();
    options.sweeper.delete(swept);
    options.admitted?.();
    session.close();
    const open = controller;
    controller = undefined;
    if (!open) return;
    outlive();
    open.close();
  }

  /** A response that the client does not read stays in memory until the client closes it. */
  function outlive(): void {
    if (!options.completed) return;
    hub.outlived(user.id);
    options.completed.then(() => hub.closed(user.id));
  }

  function begin(): void {
    say(`retry: ${spread(RETRY_MIN_MS, RETRY_MAX_MS)}\n\n`);
    const { session: id, instance } = options;
    const welcome = { t: "welcome", v: PROTOCOL_VERSION, user, session: id, ping: PING_MS, transport: "sse", instance };
    write({ type: "welcome", id: undefined, data: JSON.stringify(welcome) });
    options.sweeper.add(swept);
    timers.push(
      every(COMMENT_MS, () => say(": \n\n"), clock),
      clock.after(spread(LIFE_MIN_MS, LIFE_MAX_MS), () => session.bye("recycled")),
    );
    const { streams } = options;
    for (const stream of streams) {
      const offset = options.cursor?.offsets.get(stream);
      if (offset !== undefined) asked.set(stream, offset);
    }
    for (const stream of streams) follow(stream);
  }

  /** Sends latest state only after the answers to all streams. */
  function answered(stream: string): void {
    if (!unanswered.delete(stream) || unanswered.size > 0) return;
    hub.greet(session);
    options.admitted?.();
    if (options.users.length > 0) session.watch(options.users);
  }

  function follow(stream: string): void {
    const reason = options.cursor?.ended.get(stream);
    if (reason === undefined) return session.follow({ [stream]: asked.get(stream) ?? NOW }, options.isCompact);
    end(stream, reason);
    write({ type: "gone", id: cursor(), data: JSON.stringify({ t: "gone", stream, reason }) });
    answered(stream);
  }

  return new ReadableStream<Uint8Array>({
    start(it) {
      controller = it;
      begin();
    },
    pull() {
      fullSince = undefined;
      session.drained();
    },
    cancel() {
      controller = undefined;
      close();
    },
  }, { highWaterMark: HIGH_WATER, size: (chunk) => chunk.byteLength });
}

const utf8 = new TextEncoder();

function spread(min: number, max: number): number {
  return Math.round(min + Math.random() * (max - min));
}
