/** A client connection of the loader: upgraded, brought up step by step, then read without copying. */
import { endOfHead, upgradeRequest } from "../../support/raw_ws.ts";
import { createFrameReader, encodeFrame, type FrameReader, opcode } from "../../support/ws_frame.ts";
import type { KeepAlive, Line } from "../job.ts";
import { openEventStream, openPoller } from "./followers.ts";
import type { Loop } from "./loop.ts";

const AT_ONCE = 64; // connections that come up side by side
const UP_DEADLINE_MS = 10_000; // between two that are up
const HEAD_MAX_BYTES = 16_384;

export interface Socket {
  /** Writes a text frame. */
  say(text: string): void;
  /** True once it has heard its last step. */
  up(): boolean;
  /** True until the server ends it. */
  open(): boolean;
  shut(): void;
}

export interface Options {
  line: Line;
  port: number;
  keepAlive: KeepAlive;
  bufferBytes: number;
  /** Told of each text frame once the connection is up. */
  heard: (bytes: Uint8Array, start: number, end: number) => void;
  /** Told how many bytes each read brought. */
  took?: (count: number) => void;
  /** Called after each read, when all its frames have been heard. */
  settled?: (say: Socket["say"]) => void;
}

const open = { ws: openSocket, sse: openEventStream, poll: openPoller };
const utf8 = new TextEncoder();
const latin1 = new TextDecoder("latin1");

/** Opens sockets, 64 side by side, and keeps them alive. Throws when they stop coming up. */
export function openSockets(loop: Loop, wanted: Options[]): Socket[] {
  const sockets: Socket[] = [];
  let coming: Socket[] = [];
  const settle = (most: number) => {
    loop.until(() => {
      if (coming.some((socket) => !socket.open())) throw new Error("The server ended a connection that was coming up");
      coming = coming.filter((socket) => !socket.up());
      return coming.length <= most;
    }, UP_DEADLINE_MS);
    if (coming.length > most) throw new Error(`Connections stopped coming up after ${sockets.length - coming.length}`);
  };
  for (const options of wanted) {
    const socket = open[options.line.transport ?? "ws"](loop, options);
    sockets.push(socket);
    coming.push(socket);
    const { every } = options.keepAlive;
    if (every && options.line.transport === undefined) loop.every(every.ms, () => socket.say(every.said));
    settle(AT_ONCE - 1);
  }
  settle(0);
  return sockets;
}

/** `count` lines: the given ones, over and over. */
export function inTurn(lines: Line[], count: number): Line[] {
  return Array.from({ length: count }, (_, i) => lines[i % lines.length]).filter((line) => line !== undefined);
}

/** True when `bytes` from `start` begin with `text`, which is ASCII. */
export function startsWith(bytes: Uint8Array, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Connects and goes through the line's steps, as the loop turns. The loop throws for an answer that is not 101. */
function openSocket(loop: Loop, options: Options): Socket {
  const { line, port, keepAlive: { answer }, heard, settled, took, bufferBytes } = options;
  const steps = [...line.steps];
  let open = true;
  let reader: FrameReader | undefined;

  const wire = loop.connect(port, () => {
    if (!reader) return void greeted();
    const count = wire.read(reader.room());
    if (count <= 0) return shut();
    took?.(count);
    reader.took(count);
    settled?.(say);
  });
  wire.write(new Uint8Array(upgradeRequest({ port, path: line.path, headers: line.headers })));

  let head = new Uint8Array();
  function greeted() {
    const more = new Uint8Array(HEAD_MAX_BYTES);
    const count = wire.read(more);
    if (count <= 0) throw new Error(`The server ended a connection to ${line.path} before it answered`);
    head = new Uint8Array([...head, ...more.subarray(0, count)]);
    const end = endOfHead(head, head.length);
    if (end === undefined) return;
    const answered = latin1.decode(head);
    if (!answered.startsWith("HTTP/1.1 101")) throw new Error(`The server did not upgrade ${line.path}:\n${answered}`);
    sayOn();
    reader = createFrameReader(frame, { bytes: bufferBytes, held: head.subarray(end) });
  }
  /** Says what waits for no frame. */
  function sayOn() {
    while (steps[0]?.hear === undefined && steps[0]?.say !== undefined) say(steps.shift()?.say ?? "");
  }
  function frame(code: number, bytes: Uint8Array, start: number, end: number) {
    if (code === opcode.ping) return put(opcode.pong, bytes.slice(start, end));
    if (code !== opcode.text) return;
    const [step] = steps;
    if (step) {
      if (!latin1.decode(bytes.subarray(start, end)).includes(step.hear ?? "")) return;
      if (step.say !== undefined) say(step.say);
      steps.shift();
      sayOn();
    } else if (answer && end - start === answer.heard.length && startsWith(bytes, start, answer.heard)) {
      say(answer.said);
    } else {
      heard(bytes, start, end);
    }
  }
  function put(code: number, payload: Uint8Array) {
    if (open && !wire.write(encodeFrame(code, payload))) shut();
  }
  const say = (text: string) => put(opcode.text, utf8.encode(text));
  function shut() {
    open = false;
    wire.close();
  }
  return { say, up: () => steps.length === 0 && reader !== undefined, open: () => open, shut };
}
