/**
 * The one seam over the runtime's WebSocket. It has no cap on a message and no notice of draining: what is too large is
 * refused when it has arrived, and a socket that isn't read is looked at again by its owner (PLATFORM.md, HTTP).
 */
import { FRAME_BYTES_MAX } from "../protocol/frames.ts";

const IDLE_TIMEOUT_S = 60; // the runtime pings at half of it, and ends a connection that doesn't answer

export interface SocketEvents {
  opened(): void;
  /** A text frame of at most 65,536 bytes. */
  text(text: string): void;
  binary(): void;
  /** A frame over 65,536 bytes. */
  tooBig(): void;
  closed(): void;
}

export interface Socket {
  /** Never throws; what a closed socket is given is dropped. */
  send(text: string): void;
  /** Bytes that the client has not taken yet. */
  buffered(): number;
  close(code: number, reason?: string): void;
}

/** Answers an upgrade: the response with the 101, and the socket. Throws where the request is no upgrade. */
export function upgrade(request: Request, events: SocketEvents): { response: Response; socket: Socket } {
  const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: IDLE_TIMEOUT_S });
  let over = false;
  const closed = () => {
    if (over) return; // `close` can fire twice
    over = true;
    events.closed();
  };
  socket.onopen = () => events.opened();
  socket.onclose = closed;
  socket.onerror = closed;
  socket.onmessage = ({ data }) => {
    if (typeof data !== "string") return events.binary();
    if (isTooBig(data)) return events.tooBig();
    events.text(data);
  };
  return {
    response,
    socket: {
      send(text) {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      buffered: () => socket.bufferedAmount,
      close(code, reason) {
        if (socket.readyState <= WebSocket.OPEN) socket.close(code, reason);
      },
    },
  };
}

function isTooBig(text: string): boolean {
  if (text.length > FRAME_BYTES_MAX) return true;
  return text.length * 3 > FRAME_BYTES_MAX && new TextEncoder().encode(text).length > FRAME_BYTES_MAX;
}
