/** A WebSocket of one person, whose frames are parsed by the contract's schemas. */
import assert from "node:assert/strict";
import type { ServerFrame, ServerFrames } from "../../lib/protocol/frames.ts";
import { parseServerFrame } from "../support/frames.ts";
import type { Api } from "../support/api.ts";
import { connectRaw, type RawWs } from "../support/raw_ws.ts";
import type { Server } from "../support/server.ts";
import { within } from "../faults/within.ts";

const FRAME_MS = 10_000; // for a frame that must come

export interface Socket {
  raw: RawWs;
  say(frame: unknown): Promise<void>;
  /** The next frame of a type that fits; others are passed over (and kept in `seen`). */
  frame<T extends ServerFrame["t"]>(t: T, fits?: (frame: ServerFrames[T]) => boolean): Promise<ServerFrames[T]>;
  /** Asks and waits for its reply. */
  call(name: string, body: unknown): Promise<ServerFrames["reply"]>;
  /** Says a ping and waits for its pong: whatever was said before has been handled. */
  pong(): Promise<ServerFrame[]>;
  readonly seen: ServerFrame[];
  /** The close code. */
  closed(ms?: number): Promise<number>;
  close(): Promise<void>;
}

export async function openSocket(server: Server, who: Api, path = "/live/ws?v=1"): Promise<Socket> {
  const raw = await connectRaw({ port: server.port, path, headers: who.headers() });
  const seen: ServerFrame[] = [];
  let ids = 0;

  async function next(): Promise<ServerFrame> {
    const text = await raw.next();
    const frame = parseServerFrame(text);
    assert(frame, `not a frame of the contract: ${text}`);
    seen.push(frame);
    return frame;
  }
  function isOf<T extends ServerFrame["t"]>(frame: ServerFrame, t: T): frame is ServerFrames[T] & ServerFrame {
    return frame.t === t;
  }
  async function find<T extends ServerFrame["t"]>(t: T, fits: (frame: ServerFrames[T]) => boolean) {
    for (;;) {
      const frame = await next();
      if (isOf(frame, t) && fits(frame)) return frame;
    }
  }
  const socket: Socket = {
    raw,
    seen,
    say: (frame) => raw.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    frame: (t, fits = () => true) =>
      within(FRAME_MS, () => `a fitting ${t}, got ${JSON.stringify(seen.slice(-5))}`, find(t, fits)),
    async call(name, body) {
      const id = ++ids;
      await socket.say({ t: "call", id, name, body });
      return await socket.frame("reply", (reply) => reply.id === id);
    },
    async pong() {
      const id = ++ids;
      const from = seen.length;
      await socket.say({ t: "ping", id });
      await socket.frame("pong", (pong) => pong.id === id);
      return seen.slice(from);
    },
    closed: async (ms = FRAME_MS) => (await within(ms, "the connection to close", raw.closed)).code,
    async close() {
      raw.drop();
      await raw.closed;
    },
  };
  return socket;
}
