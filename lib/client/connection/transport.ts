/**
 * The interface of a transport: it takes client frames and gives server frames, and always begins with `welcome`; one
 * that has none on the wire makes its own. A further `welcome` means that another transport carries the session from
 * here on; nothing is lost if each stream is followed from its position.
 */
import type { ClientFrame, ServerFrame } from "../../protocol/frames.ts";
import type { becauses } from "../../protocol/poll.ts";

export const NORMAL_CLOSE = 1000;
export const UNKNOWN_CLOSE = 1006;

export type TransportName = "ws" | "sse" | "poll";

/** Why the preferred transport is not the one in use. */
export type Because = (typeof becauses)[number];

export interface TransportEvents {
  frame(frame: ServerFrame): void;
  /** The connection is open, and no frame has come yet. */
  opened?(): void;
  /** At most once; nothing comes after it. `code` as a WebSocket's, 1006 when nothing is known. */
  closed(code: number): void;
}

export interface Connection {
  /** May be called only after `welcome`. */
  send(frame: ClientFrame): void;
  /** Ends it; `closed` need not follow. */
  close(code: number): void;
  /** The machine slept or the network came back: reads at once what is there. */
  wake?(): void;
}

export interface Transport {
  name: TransportName;
  connect(on: TransportEvents): Connection;
  /** Why the session is not on the preferred transport; read at each `welcome`. */
  because?(): Because | undefined;
}
