/**
 * WebSockets by `ws`, which reads and closes them, each message bounded in bytes and in fragments. Text is written past
 * it: `ws` writes a frame's head and its body apart, for each receiver anew, and 500 of them cost 1.44 times what one
 * whole frame does that all share (measured). A client has 30 s to answer a close frame: the default of `ws`.
 */
import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Socket as TcpSocket } from "node:net";
import { nextTick } from "node:process";
import { FRAME_BYTES_MAX } from "../../protocol/frames.ts";
import type { Socket, SocketEvents, Upgraded } from "./upgrade.ts";
import "./ws_alone.ts";
import * as ws from "ws";
import { type WebSocket, WebSocketServer } from "ws";

const FRAGMENTS_MAX = 2_048; // of a message: each takes memory beside its bytes, however small it is
const PIECES_MAX = 2_048; // of a frame as it comes in, for the same reason
const CHECKS = 2; // of a silent socket, until it is pinged
const TEXT_FRAME = 0x81; // whole, unmasked
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const KEPT_BYTES_MAX = 1024 * 1024; // a frame that is kept for the next receiver

interface Ending {
  writableEnded: boolean;
  end(): Ending;
}

/**
 * `ws` ends a receiver at the end of what comes in, and again as the socket closes. The second one would make an error
 * that nobody gets, with its stack: 80 µs of each close (measured).
 */
const { Receiver } = ws as unknown as { Receiver: { prototype: Ending } }; // Its types leave it out.
const { end } = Receiver.prototype;
Receiver.prototype.end = function () {
  return this.writableEnded ? this : end.call(this);
};

export interface Sockets {
  /** Answers with the 101. Throws where the request is no proper upgrade. */
  upgrade(incoming: IncomingMessage, tcp: TcpSocket, head: Uint8Array): Upgraded;
  /** No more pings. */
  end(): void;
}

/** Pings a socket that has sent nothing for `pingMs`, and ends it after as long again. */
export function createSockets(pingMs: number): Sockets {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES_MAX,
    maxFragments: FRAGMENTS_MAX,
    maxBufferedChunks: PIECES_MAX,
    handleProtocols: () => false, // there are none
  });
  server.on("wsClientError", () => {}); // otherwise it answers by itself
  const open = new Set<NodeSocket>();
  const timer = setInterval(() => {
    for (const socket of open) socket.check();
  }, pingMs / CHECKS);

  return {
    upgrade(incoming, tcp, head) {
      let made: NodeSocket | undefined;
      server.handleUpgrade(incoming, tcp, Buffer.from(head), (ws) => made = new NodeSocket(ws, tcp));
      if (!made) throw new Error("The request is no WebSocket upgrade");
      const socket = made;
      open.add(socket);
      return {
        response: new Response(null, { status: 101 }),
        socket,
        hear(events) {
          socket.hear(events, () => open.delete(socket));
        },
      };
    },
    end: () => clearInterval(timer),
  };
}

class NodeSocket implements Socket {
  private bytes = 0; // read from the socket by the last check
  private quiet = 0; // checks in a row without anything read

  constructor(private readonly ws: WebSocket, private readonly tcp: TcpSocket) {}

  hear(events: SocketEvents, over: () => void): void {
    this.ws.on("message", (data: Buffer, isBinary) => {
      if (isBinary) events.binary();
      else events.text(data.toString());
    });
    // `ws` has sent the close frame already.
    this.ws.on("error", (error: Error & { code?: string }) => {
      if (error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") events.tooBig();
    });
    this.ws.on("close", () => {
      over();
      events.closed();
    });
    events.opened();
  }

  send(text: string): void {
    if (this.ws.readyState === this.ws.OPEN) this.tcp.write(frameOf(text));
  }

  together(): void {
    if (this.tcp.writableCorked > 0) return;
    this.tcp.cork();
    nextTick(() => this.tcp.uncork());
  }

  buffered(): number {
    return this.tcp.writableLength;
  }

  close(code: number, reason?: string): void {
    this.ws.close(code, reason);
  }

  /** Counts checks, not time: a process that was held up itself must not blame the client. */
  check(): void {
    this.quiet = this.tcp.bytesRead === this.bytes ? this.quiet + 1 : 0;
    this.bytes = this.tcp.bytesRead;
    if (this.quiet >= 2 * CHECKS) this.ws.terminate();
    else if (this.quiet === CHECKS && this.ws.readyState === this.ws.OPEN) this.ws.ping();
  }
}

const utf8 = new TextEncoder();
let last: { text: string; frame: Uint8Array } | undefined;

/** A text as a frame (RFC 6455 §5.2). The last one is kept, because the next receiver mostly gets the same. */
function frameOf(text: string): Uint8Array {
  if (last?.text === text) return last.frame;
  const frame = encodeFrame(text);
  last = frame.length > KEPT_BYTES_MAX ? undefined : { text, frame };
  return frame;
}

function encodeFrame(text: string): Uint8Array {
  const length = Buffer.byteLength(text);
  const head = length < LENGTH_16 ? 2 : length < 0x1_0000 ? 4 : 10;
  const frame = Buffer.allocUnsafeSlow(head + length);
  frame[0] = TEXT_FRAME;
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = LENGTH_16;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = LENGTH_64;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  utf8.encodeInto(text, frame.subarray(head));
  return frame;
}
