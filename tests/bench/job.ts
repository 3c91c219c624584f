/** What the bench asks of its loader, and what comes back: one JSON object each way. */

/** Waits for a frame that holds `hear`, if it has one, then says `say`. */
export interface Step {
  hear?: string;
  say?: string;
}

/** How one kind of connection comes up. */
export interface Line {
  /** A WebSocket by default; the others only follow. */
  transport?: "sse" | "poll";
  /** A poller's streams, as JSON. */
  streams?: string;
  path: string;
  headers: Record<string, string>;
  steps: Step[];
}

/** What to do with what a server sends to keep its sockets alive. */
export interface KeepAlive {
  /** A text frame, and the text that answers it (Engine.IO's "2" and "3"). */
  answer?: { heard: string; said: string };
  /** A text frame said every so many ms. */
  every?: { ms: number; said: string };
}

interface Common {
  port: number;
  keepAlive: KeepAlive;
}

/** One sender, many receivers; each message is due at every receiver once. */
export interface FanOut extends Common {
  kind: "fan_out";
  receivers: number;
  /** The receivers' ways to come up, taken in turn. */
  lines: Line[];
  sender: Line;
  /** The frame that sends a message: `%M` becomes the text, `%N` a running number, `%R` names the run. */
  message: string;
  /** Closed loop: so many messages are under way; or open: so many are sent a second, whatever comes back. */
  pace: { window: number } | { perSecond: number };
  /** How a frame begins that acknowledges a message to its sender; a message is under way until then too. */
  ack?: string;
  seconds: number;
}

export interface FanOutResult {
  receivers: number;
  sent: number;
  delivered: number;
  /** Acknowledgements that say "error". */
  refused: number;
  /** Over the time measured, the warm-up left out. */
  deliveriesPerSecond: number;
  messagesPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** The part of one core that the loader itself used: near 1, it was the loader that was measured. */
  loaderBusy: number;
  /** Connections that the server ended. */
  ended: number;
  /** Bytes that came over the receivers' connections for each delivery, all that surrounds it included. */
  bytesPerDelivery: number;
}

/** Senders, each with its own connection and `window` messages under way, acknowledged by frames. */
export interface Sends extends Common {
  kind: "sends";
  /** `message` is a frame with `%N` and `%R`. */
  senders: { line: Line; message: string }[];
  window: number;
  ack: string;
  seconds: number;
}

export interface SendsResult {
  sent: number;
  acked: number;
  refused: number;
  acksPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  loaderBusy: number;
}

/** Opens `count` connections and holds them until stdin ends, or not at all if it only counts them. */
export interface Idle extends Common {
  kind: "idle";
  count: number;
  /** Taken in turn. */
  lines: Line[];
  once?: true;
}

export interface IdleResult {
  open: number;
  /** How long it took until all were up. */
  ms: number;
}

export type Job = FanOut | Sends | Idle;
export type Result<J extends Job> = J extends FanOut ? FanOutResult : J extends Sends ? SendsResult : IdleResult;
