/**
 * A client's positions on a connection that begins wherever it likes: an event stream, or the frames of another tab.
 * The events between a position and the connection are pulled, so that any position goes on without a gap, wherever it
 * came from: an earlier connection, a page, or a long-poll. Only the server can say whether a position is of the same
 * history: after a restore, one that sorts beyond the connection's belongs to a history that is gone.
 */
import { type ServerFrame, serverFrame } from "../../protocol/frames.ts";
import { NOW, OLDEST } from "../../protocol/streams.ts";
import { type Ask, pull } from "./ask.ts";

/** A pull brings at most 1 MiB; for a position that is further behind, the client starts again. */
const PULLS_MAX = 50;

export interface ResumePointsDeps {
  ask: Ask;
  /** Passes a frame to the client. */
  give(frame: ServerFrame): void;
  /** It cannot go on from here. */
  failed(): void;
}

export interface ResumePoints {
  /** A frame of the connection. */
  receive(frame: ServerFrame): void;
  /** Moves the client's position; delivery begins with the connection's `followed`, at once if that has come. */
  follow(stream: string, offset: string): void;
  unfollow(stream: string): void;
  /** Another connection begins: what the old one delivered no longer counts. */
  begin(): void;
  stop(): void;
  streams(): string[];
  /** By stream, the offset up to which the connection has delivered. */
  delivered(): Record<string, string>;
}

export function createResumePoints({ ask, give, failed }: ResumePointsDeps): ResumePoints {
  /** By stream, the offset up to which the connection has delivered. */
  const delivered = new Map<string, string>();
  /** Where the client stands, by followed stream. */
  const positions = new Map<string, string>();
  /** Streams whose position was not the connection's when it began, and that the server was not asked for since. */
  const doubted = new Set<string>();
  /** Streams that are being pulled; the connection's frames of them are left to the pull. */
  const behind = new Set<string>();
  let isOver = false;

  function receive(frame: ServerFrame) {
    if (isOver) return;
    if (frame.t === "followed") {
      delivered.set(frame.stream, frame.offset);
      if (positions.has(frame.stream)) catchUp(frame.stream);
    } else if (frame.t === "events") {
      delivered.set(frame.stream, frame.to);
      if (!positions.has(frame.stream) || behind.has(frame.stream)) return;
      if (frame.from === positions.get(frame.stream)) pass(frame);
      else void pullUp(frame.stream); // A pull ended in the middle of this frame.
    } else if (frame.t === "gone") {
      delivered.delete(frame.stream);
      doubted.delete(frame.stream);
      if (positions.delete(frame.stream)) give(frame);
    } else give(frame);
  }

  function pass(frame: ServerFrame) {
    if (frame.t === "events") positions.set(frame.stream, frame.to);
    if (frame.t === "gone") positions.delete(frame.stream);
    give(frame);
  }

  /** Begins delivery of a stream at the client's position. */
  function catchUp(stream: string) {
    const at = delivered.get(stream);
    const from = positions.get(stream);
    if (at === undefined || from === undefined) return; // `followed` comes when the server has found it.
    const offset = from === NOW ? at : from;
    positions.set(stream, offset);
    doubted.delete(stream);
    if (offset !== OLDEST) give({ t: "followed", stream, offset, head: at });
    if (offset === at) return;
    doubted.add(stream);
    void pullUp(stream);
  }

  /** Asks the server, until the position is the connection's or past it; then its frames are in order again. */
  async function pullUp(stream: string) {
    if (behind.has(stream)) return;
    behind.add(stream);
    try {
      for (let n = 0; isBehind(stream); n++) {
        if (n === PULLS_MAX) return failed();
        const asked = positions.get(stream) ?? "";
        doubted.delete(stream);
        const { frames, streams: { [stream]: to } } = await pull(ask, { [stream]: asked });
        if (isOver) return;
        if (positions.get(stream) !== asked) continue; // It was moved meanwhile.
        if (asked === OLDEST && to !== undefined) beginAt(stream, frames, to);
        for (const it of frames) {
          const { success, data } = serverFrame.safeParse(it);
          if (success && (data.t === "events" || data.t === "gone")) pass(data);
        }
      }
    } catch {
      if (!isOver) failed();
    } finally {
      behind.delete(stream);
    }
  }

  /** Only the answer names the offset of the oldest event. */
  function beginAt(stream: string, frames: readonly unknown[], to: string) {
    const { data } = serverFrame.safeParse(frames[0]);
    const offset = data?.t === "events" ? data.from : to;
    positions.set(stream, offset);
    give({ t: "followed", stream, offset, head: to });
  }

  function isBehind(stream: string): boolean {
    const position = positions.get(stream);
    if (position === undefined) return false;
    // Offsets of a stream sort as text, once the server has said that both are of one history.
    return doubted.has(stream) || position < (delivered.get(stream) ?? "");
  }

  return {
    receive,
    follow(stream, offset) {
      positions.set(stream, offset);
      catchUp(stream);
    },
    unfollow: (stream) => void positions.delete(stream),
    begin() {
      delivered.clear();
      doubted.clear();
    },
    stop: () => void (isOver = true),
    streams: () => [...positions.keys()],
    delivered: () => Object.fromEntries(delivered),
  };
}
