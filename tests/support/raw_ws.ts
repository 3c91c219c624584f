/**
 * A WebSocket client over a bare TCP connection. Fault tests use it because it can do what no browser would (write any
 * bytes, stop reading, drop the line); the bench because it is cheap.
 */
import { createFrameReader, encodeFrame, type FrameOptions, opcode } from "./ws_frame.ts";

const LOOPBACK = "127.0.0.1";
const UPGRADE_MAX_BYTES = 65_536; // of an answer's head, and of the body of a refusal
const UPGRADE_DEADLINE_MS = 10_000;

export interface Upgrade {
  port: number;
  /** Path and query. */
  path: string;
  /** Sent besides the upgrade's own; `origin` stands in for the server's own origin, "" leaves Origin out. */
  headers?: Record<string, string>;
  hostname?: string;
}

/** The server answered an upgrade with something other than 101. */
export class NotUpgraded extends Error {
  override name = "NotUpgraded";
  constructor(readonly status: number, readonly head: string, readonly body: string) {
    super(`The server answered the upgrade with ${status}`);
  }
}

/** How a connection ended: 1005 for a close frame without a code, 1006 where the line went without any. */
export interface Closed {
  code: number;
  reason: string;
}

export interface RawWs {
  /** The next text message, fragments put together; rejects with the close code once nothing more can come. */
  next(): Promise<string>;
  /** The next text message that `wanted` holds for; others are passed over. */
  nextThat(wanted: (text: string) => boolean): Promise<string>;
  send(text: string): Promise<void>;
  /** Writes one frame, as it is told. */
  frame(code: number, payload: Uint8Array, options?: FrameOptions): Promise<void>;
  /** Writes bytes as they are. */
  write(bytes: Uint8Array): Promise<void>;
  ping(payload?: string): Promise<void>;
  /** Sends a close frame; `closed` tells what came back. */
  close(code?: number, reason?: string): Promise<void>;
  /** Drops the line, without a close frame. Safe to call again. */
  drop(): void;
  /** Stops reading from the socket after the read that is under way, so that the server's buffers fill up. */
  pause(): void;
  resume(): void;
  /** Resolves when the connection is over, whoever ended it; never rejects. */
  readonly closed: Promise<Closed>;
  /** Payloads of the pongs that came. */
  readonly pongs: string[];
}

/** A socket that has been upgraded, and what came behind the 101. */
interface Upgraded {
  conn: Deno.TcpConn;
  held: Uint8Array;
}

const utf8 = new TextEncoder();
const text = new TextDecoder();

/** Asks for an upgrade. Throws `NotUpgraded` for another answer than 101, and when none came within 10 s. */
async function upgrade(to: Upgrade): Promise<Upgraded> {
  const conn = await Deno.connect({ hostname: to.hostname ?? LOOPBACK, port: to.port });
  conn.setNoDelay(true);
  const timer = setTimeout(() => shut(conn), UPGRADE_DEADLINE_MS);
  try {
    await writeAll(conn, upgradeRequest(to));
    return await answered(conn);
  } catch (error) {
    shut(conn);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** The bytes that ask for an upgrade. */
export function upgradeRequest({ port, path, headers = {}, hostname = LOOPBACK }: Upgrade): Uint8Array {
  const { origin = `http://${hostname}:${port}`, ...others } = headers;
  const lines = Object.entries(origin ? { origin, ...others } : others).map(([name, value]) => `${name}: ${value}\r\n`);
  return utf8.encode(
    `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${lines.join("")}\r\n`,
  );
}

async function answered(conn: Deno.TcpConn): Promise<Upgraded> {
  const bytes = new Uint8Array(UPGRADE_MAX_BYTES);
  let length = 0;
  for (;;) {
    const count = await conn.read(bytes.subarray(length)).catch(() => null);
    if (!count) throw new NotUpgraded(0, text.decode(bytes.subarray(0, length)), "");
    length += count;
    const end = endOfHead(bytes, length);
    if (end === undefined) continue;
    const head = text.decode(bytes.subarray(0, end));
    const status = Number(head.slice(9, 12));
    if (status === 101) return { conn, held: bytes.slice(end, length) };
    const wanted = end + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    if (length < wanted && length < bytes.length) continue;
    throw new NotUpgraded(status, head, text.decode(bytes.subarray(end, length)));
  }
}

/** Where an answer's body starts, or undefined while its head is not whole. */
export function endOfHead(bytes: Uint8Array, length: number): number | undefined {
  for (let at = bytes.indexOf(13); at >= 0 && at + 3 < length; at = bytes.indexOf(13, at + 1)) {
    if (bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at + 4;
  }
  return undefined;
}

/** Connects, upgrades and reads. Throws as `upgrade` does. */
export async function connectRaw(to: Upgrade): Promise<RawWs> {
  const { conn, held } = await upgrade(to);
  const { promise: closed, resolve: end } = Promise.withResolvers<Closed>();
  const messages: string[] = [];
  const pongs: string[] = [];
  const partial = new TextDecoder();
  let fragments = "";
  let over: Closed | undefined;
  let woken = Promise.withResolvers<void>();
  let running = Promise.withResolvers<void>();
  running.resolve();

  const write = (bytes: Uint8Array) => writeAll(conn, bytes);
  const frame = (code: number, payload: Uint8Array, options?: FrameOptions) =>
    write(encodeFrame(code, payload, options));
  const drop = () => shut(conn);

  const reader = createFrameReader((code, bytes, start, stop, fin) => {
    if (code === opcode.ping) return void frame(opcode.pong, bytes.slice(start, stop)).catch(() => {});
    if (code === opcode.pong) return void pongs.push(text.decode(bytes.subarray(start, stop)));
    if (code === opcode.close) {
      const given = stop - start >= 2 ? ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0) : 1005;
      over ??= { code: given, reason: text.decode(bytes.subarray(start + 2, Math.max(start + 2, stop))) };
      // The echo that RFC 6455 §5.5.1 asks for; the line may be gone already.
      return void frame(opcode.close, bytes.slice(start, start + Math.min(2, stop - start))).catch(() => {}).then(drop);
    }
    fragments += partial.decode(bytes.subarray(start, stop), { stream: !fin });
    if (!fin) return;
    messages.push(fragments);
    fragments = "";
    wake();
  }, { held });

  function wake() {
    woken.resolve();
    woken = Promise.withResolvers<void>();
  }
  async function next(): Promise<string> {
    for (;;) {
      const message = messages.shift();
      if (message !== undefined) return message;
      if (over) throw new Error(`The connection closed: ${over.code} ${over.reason}`);
      await woken.promise;
    }
  }
  async function read() {
    try {
      for (;;) {
        await running.promise;
        const count = await conn.read(reader.room());
        if (count === null) break;
        reader.took(count);
      }
    } catch (error) {
      if (error instanceof RangeError) over ??= { code: 1002, reason: error.message };
    }
    over ??= { code: 1006, reason: "" };
    drop();
    wake();
    end(over);
  }
  read();

  return {
    next,
    async nextThat(wanted) {
      for (;;) {
        const message = await next();
        if (wanted(message)) return message;
      }
    },
    send: (message) => frame(opcode.text, utf8.encode(message)),
    frame,
    write,
    ping: (payload = "") => frame(opcode.ping, utf8.encode(payload)),
    close(code = 1000, reason = "") {
      const payload = utf8.encode(`  ${reason}`);
      new DataView(payload.buffer).setUint16(0, code);
      return frame(opcode.close, payload);
    },
    drop,
    pause() {
      running = Promise.withResolvers<void>();
    },
    resume: () => running.resolve(),
    closed,
    pongs,
  };
}

/** Writes all of `bytes`; a socket may take a part at a time. */
async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

function shut(conn: Deno.TcpConn) {
  try {
    conn.close();
  } catch {
    // It was closed before.
  }
}
