/** The SSE transport (lib/protocol/README.md §5). It begins at the tail of fixed streams, and pulls the rest. */
import { createFrameReader } from "../../protocol/compact.ts";
import { type ClientFrame, close as codes, PROTOCOL_VERSION } from "../../protocol/frames.ts";
import { parseJson } from "../../protocol/json.ts";
import { type Connection, type Transport, type TransportEvents, UNKNOWN_CLOSE } from "../connection/transport.ts";
import { type AskDeps, createAsk, makeCall } from "./ask.ts";
import { createPing } from "./ping.ts";
import { createResumePoints } from "./resume_points.ts";

/** The names of the events, which are the types of the frames. */
const kinds = ["welcome", "followed", "events", "gone", "digest", "presence", "typing", "bye"] as const;

export interface EventConnection {
  addEventListener(type: string, listener: (event: MessageEvent<unknown>) => void): void;
  close(): void;
}

export interface SseTransportDeps extends AskDeps {
  /** Full names, e.g. "feed" and "user:<id>"; at most 16. */
  streams: readonly string[];
  /** Whose presence is wanted, for as long as a connection lasts; at most 200. */
  users?: readonly string[];
  /** The browser's: `(path) => new EventSource(path)`. */
  open(path: string): EventConnection;
}

export function createSseTransport(deps: SseTransportDeps): Transport {
  return { name: "sse", connect: (on) => connect(deps, on) };
}

function connect(deps: SseTransportDeps, on: TransportEvents): Connection {
  const { me, streams, users = [], clock } = deps;
  const ask = createAsk(deps);
  const read = createFrameReader();
  const fail = () => end(UNKNOWN_CLOSE);
  const points = createResumePoints({ ask, give: on.frame, failed: fail });
  const ping = createPing({ ask, clock, points, give: on.frame, isOver: () => isOver, stalled: fail });
  /** Streams of which this connection brings nothing more. */
  const ended = new Set<string>();
  /** What its end means; `signed_out` is left for a probe to find. */
  let endCode = UNKNOWN_CLOSE;
  let isOver = false;

  const query = new URLSearchParams({
    v: String(PROTOCOL_VERSION),
    as: me,
    streams: streams.join(","),
    compact: "true",
  });
  if (users.length > 0) query.set("users", users.join(","));
  const source = deps.open(`/live/sse?${query}`);
  for (const kind of kinds) source.addEventListener(kind, ({ data }) => typeof data === "string" && receive(data));
  source.addEventListener("open", () => on.opened?.());
  // The live client decides when to connect again, not the browser.
  source.addEventListener("error", () => end(endCode));

  function end(code: number) {
    if (isOver) return;
    stop();
    on.closed(code);
  }

  function stop() {
    isOver = true;
    points.stop();
    source.close();
  }

  function receive(data: string) {
    const frame = read(parseJson(data));
    if (!frame || isOver) return;
    if (frame.t === "gone") ended.add(frame.stream);
    if (frame.t === "bye" && frame.reason !== "signed_out") endCode = codes.restart;
    points.receive(frame);
  }

  function send(frame: ClientFrame) {
    switch (frame.t) {
      case "call":
        // The connection was opened with the sign-in before.
        return void makeCall(ask, frame, on.frame, () => end(codes.signedOut));
      case "ping":
        return void ping(frame.id);
      case "follow":
        // Only a new connection can ask for it again.
        if (Object.keys(frame.streams).some((it) => ended.has(it))) return end(codes.restart);
        return Object.entries(frame.streams).forEach(([stream, offset]) => points.follow(stream, offset));
      case "unfollow":
        return frame.streams.forEach(points.unfollow);
      case "watch":
        return; // They were named when the connection was opened.
    }
  }

  return { send, close: stop };
}
