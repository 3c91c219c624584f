/**
 * The Server-Sent Events transport (PROTOCOL.md §5, GET /live/sse), for a fixed set of streams. The line always begins
 * at the tail; what a stream holds between its position and the line is pulled, so that any position goes on without a
 * gap, wherever it came from: an earlier line, a page, or a long-poll.
 */
import { type ClientFrame, parseServerFrame, type ServerFrame, serverFrame } from "../../protocol/frames.ts";
import { PROTOCOL_VERSION } from "../../protocol/frames.ts";
import { NOW, OLDEST } from "../../protocol/streams.ts";
import { type Connection, type Transport, type TransportEvents, UNKNOWN_CLOSE } from "../transport.ts";
import { type AskDeps, createAsk, pull, replyTo } from "./ask.ts";

/**
 * A line that brought no event by then is held back by a proxy: the `silence` of a choice that prefers this transport.
 * With the probe it stays below 10 s.
 */
export const FIRST_EVENT_MS = 8_000;
/** The names of the events, which are the types of the frames. */
const kinds = ["welcome", "followed", "events", "gone", "digest", "presence", "typing", "bye"] as const;
/** A pull gives at most 1 MiB; a position further behind than so many is better begun anew. */
const PULLS_MAX = 50;
/** What a pull found must come on the line within this, or the line is dead: a browser hides the server's comments. */
const STALLED_MS = 5_000;

export interface EventLine {
  addEventListener(type: string, listener: (event: MessageEvent<unknown>) => void): void;
  close(): void;
}

export interface SseTransportDeps extends AskDeps {
  /** Full names, e.g. "feed" and "user:<id>"; at most 16. */
  streams: readonly string[];
  /** Whose presence is wanted, for as long as a line lasts; at most 200. */
  users?: readonly string[];
  /** The browser's: `(path) => new EventSource(path)`. */
  open(path: string): EventLine;
}

export function createSseTransport(deps: SseTransportDeps): Transport {
  return { name: "sse", connect: (on) => connect(deps, on) };
}

function connect(deps: SseTransportDeps, on: TransportEvents): Connection {
  const { me, streams, users = [], clock } = deps;
  const ask = createAsk(deps);
  /** How far the line has come, by stream. */
  const line = new Map<string, string>();
  /** Where the client stands, by followed stream. */
  const positions = new Map<string, string>();
  /** Streams that are behind the line; its frames of them are left to the pull. */
  const behind = new Set<string>();
  let isOver = false;

  const query = new URLSearchParams({ v: String(PROTOCOL_VERSION), as: me, streams: streams.join(",") });
  if (users.length > 0) query.set("users", users.join(","));
  const source = deps.open(`/live/sse?${query}`);
  for (const kind of kinds) source.addEventListener(kind, ({ data }) => typeof data === "string" && receive(data));
  source.addEventListener("open", () => on.opened?.());
  // Whether it would come back by itself or not: whoever connected decides that.
  source.addEventListener("error", () => end(UNKNOWN_CLOSE));

  function end(code: number) {
    if (isOver) return;
    stop();
    on.closed(code);
  }

  function stop() {
    isOver = true;
    source.close();
  }

  function receive(data: string) {
    if (isOver) return;
    const frame = parseServerFrame(data);
    if (!frame) return;
    if (frame.t === "followed") {
      line.set(frame.stream, frame.offset);
      if (positions.has(frame.stream)) catchUp(frame.stream);
    } else if (frame.t === "events") {
      line.set(frame.stream, frame.to);
      if (!positions.has(frame.stream) || behind.has(frame.stream)) return;
      if (frame.from === positions.get(frame.stream)) give(frame);
      else void pullUp(frame.stream); // A pull ended in the middle of it.
    } else if (frame.t === "gone") {
      line.delete(frame.stream);
      if (positions.delete(frame.stream)) on.frame(frame);
    } else on.frame(frame);
  }

  function give(frame: ServerFrame) {
    if (frame.t === "events") positions.set(frame.stream, frame.to);
    if (frame.t === "gone") positions.delete(frame.stream);
    on.frame(frame);
  }

  /** Begins delivery of a stream at the client's position. */
  function catchUp(stream: string) {
    const at = line.get(stream);
    const from = positions.get(stream);
    if (at === undefined || from === undefined) return; // `followed` comes when the server has found it.
    const offset = from === NOW ? at : from;
    positions.set(stream, offset);
    if (offset !== OLDEST) on.frame({ t: "followed", stream, offset, head: at });
    if (offset !== at) void pullUp(stream);
  }

  /** Pulls until the position is the line's or past it; then the line's frames are in order again. */
  async function pullUp(stream: string) {
    if (behind.has(stream)) return;
    behind.add(stream);
    try {
      for (let n = 0; isBehind(stream); n++) {
        if (n === PULLS_MAX) return end(UNKNOWN_CLOSE);
        const asked = positions.get(stream) ?? "";
        const { frames, streams: { [stream]: to } } = await pull(ask, { [stream]: asked });
        if (isOver) return;
        if (positions.get(stream) !== asked) continue; // It was moved meanwhile.
        if (asked === OLDEST && to !== undefined) begin(stream, frames, to);
        for (const it of frames) {
          const { success, data } = serverFrame.safeParse(it);
          if (success && (data.t === "events" || data.t === "gone")) give(data);
        }
      }
    } catch {
      end(UNKNOWN_CLOSE);
    } finally {
      behind.delete(stream);
    }
  }

  /** The oldest event has a place of its own, which only the answer tells. */
  function begin(stream: string, frames: readonly unknown[], to: string) {
    const { data } = serverFrame.safeParse(frames[0]);
    const offset = data?.t === "events" ? data.from : to;
    positions.set(stream, offset);
    on.frame({ t: "followed", stream, offset, head: to });
  }

  function isBehind(stream: string): boolean {
    const position = positions.get(stream);
    return position !== undefined && position < (line.get(stream) ?? ""); // Offsets of a stream sort as text.
  }

  /** A round trip, which also shows a line that is open and dead: events are there that it does not bring. */
  async function ping(id: number) {
    try {
      const { streams: heads } = await pull(ask, Object.fromEntries(line));
      if (isOver) return;
      on.frame({ t: "pong", id });
      const isShort = () => Object.entries(heads).some(([stream, to]) => (line.get(stream) ?? to) < to);
      if (isShort()) clock.after(STALLED_MS, () => isShort() && end(UNKNOWN_CLOSE));
    } catch {
      return; // Without a pong the live client gives up.
    }
  }

  function send(frame: ClientFrame) {
    switch (frame.t) {
      case "call":
        return void replyTo(ask, frame).then(on.frame);
      case "ping":
        return void ping(frame.id);
      case "follow":
        for (const [stream, offset] of Object.entries(frame.streams)) {
          positions.set(stream, offset);
          catchUp(stream);
        }
        return;
      case "unfollow":
        return frame.streams.forEach((stream) => positions.delete(stream));
      case "watch":
        return; // A line's people are given with it.
    }
  }

  return { send, close: stop };
}
