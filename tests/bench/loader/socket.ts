/** A client connection of the loader: brought up step by step, then read without copying. */
import { upgrade, writeAll } from "../../support/raw_ws.ts";
import { createFrameReader, encodeFrame, opcode } from "../../support/ws_frame.ts";
import type { KeepAlive, Line } from "../job.ts";

const UP_DEADLINE_MS = 60_000; // for all its steps: thousands of connections come up side by side

export interface Socket {
  /** Queues a text frame; what is queued in one turn leaves in one write. */
  say(text: string): void;
  /** True until the server ends it. */
  open(): boolean;
  shut(): void;
}

/** Told of each text frame once the connection is up. */
export type Heard = (bytes: Uint8Array, start: number, end: number) => void;

export interface Options {
  port: number;
  line: Line;
  keepAlive: KeepAlive;
  heard: Heard;
  /** Called after each read, when all its frames have been heard. */
  settled?: (say: Socket["say"]) => void;
  bufferBytes: number;
}

const utf8 = new TextEncoder();
const latin1 = new TextDecoder("latin1");

/** Connects and goes through the line's steps; resolves when the last one was heard. Throws when one isn't in 60 s. */
export async function openSocket(options: Options): Promise<Socket> {
  const { port, line, keepAlive: { answer, every }, heard, settled, bufferBytes } = options;
  const { conn, held } = await upgrade({ port, path: line.path, headers: line.headers });
  const steps = [...line.steps];
  const up = Promise.withResolvers<void>();
  const pen = createPen(conn);
  let open = true;

  const beat = every && setInterval(() => pen.say(every.said), every.ms);
  const reader = createFrameReader((code, bytes, start, end) => {
    if (code === opcode.ping) return pen.put(encodeFrame(opcode.pong, bytes.slice(start, end)));
    if (code !== opcode.text) return;
    const [step] = steps;
    if (step) {
      if (!latin1.decode(bytes.subarray(start, end)).includes(step.hear)) return;
      if (step.say !== undefined) pen.say(step.say);
      steps.shift();
      if (steps.length === 0) up.resolve();
    } else if (answer && end - start === answer.heard.length && startsWith(bytes, start, answer.heard)) {
      pen.say(answer.said);
    } else {
      heard(bytes, start, end);
    }
  }, { bytes: bufferBytes, held });

  function shut() {
    open = false;
    clearInterval(beat);
    try {
      conn.close();
    } catch {
      // The read loop found it closed first.
    }
  }
  async function read() {
    try {
      for (;;) {
        const count = await conn.read(reader.room());
        if (count === null) break;
        reader.took(count);
        settled?.(pen.say);
      }
    } catch {
      // Reset, or shut by us.
    }
    up.reject(new Error(`The server ended a connection that waited for ${steps[0]?.hear}`));
    shut();
  }
  read();

  const timer = setTimeout(() => up.reject(new Error(`The server did not say ${steps[0]?.hear}`)), UP_DEADLINE_MS);
  try {
    await up.promise;
  } catch (error) {
    shut();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return { say: pen.say, open: () => open, shut };
}

/** True when `bytes` from `start` begin with `text`, which is ASCII. */
export function startsWith(bytes: Uint8Array, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

function createPen(conn: Deno.TcpConn) {
  let queued: Uint8Array[] = [];
  let writing = false;

  function put(frame: Uint8Array): void {
    queued.push(frame);
    if (!writing) flush();
  }
  async function flush() {
    writing = true;
    await Promise.resolve(); // Lets the rest of this turn join the write.
    try {
      while (queued.length > 0) {
        const frames = queued;
        queued = [];
        await writeAll(conn, joined(frames));
      }
    } catch {
      // The read loop sees the same end and says so.
    }
    writing = false;
  }
  return { put, say: (text: string) => put(encodeFrame(opcode.text, utf8.encode(text))) };
}

function joined(frames: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    all.set(frame, at);
    at += frame.length;
  }
  return all;
}
