/**
 * What carries a session's frames. A transport takes client frames and gives server frames, whatever it does to move
 * them, and always begins with `welcome`: one that has none on the wire makes its own.
 */
import type { ClientFrame, ServerFrame } from "../protocol/frames.ts";

export interface TransportEvents {
  frame(frame: ServerFrame): void;
  /** At most once; nothing comes after it. `code` as a WebSocket's, 1006 when nothing is known. */
  closed(code: number): void;
}

export interface Connection {
  /** Only after `welcome`. */
  send(frame: ClientFrame): void;
  /** Ends it; `closed` need not follow. */
  close(code: number): void;
}

export interface Transport {
  name: "ws" | "sse" | "poll";
  connect(on: TransportEvents): Connection;
}
