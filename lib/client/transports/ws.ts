/** The WebSocket transport (lib/protocol/README.md §5, GET /live/ws). */
import { createFrameReader } from "../../protocol/compact.ts";
import { PROTOCOL_VERSION } from "../../protocol/frames.ts";
import { parseJson } from "../../protocol/json.ts";
import { type Connection, type Transport, type TransportEvents, UNKNOWN_CLOSE } from "../connection/transport.ts";

/** `origin` is the page's, e.g. "https://chat.example"; `me` the id of the person whom the page shows. */
export function createWsTransport(origin: string, me: string): Transport {
  const url = new URL(`/live/ws?v=${PROTOCOL_VERSION}&as=${encodeURIComponent(me)}`, origin);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return { name: "ws", connect: (on) => connect(url.href, on) };
}

function connect(url: string, on: TransportEvents): Connection {
  const socket = new WebSocket(url);
  const read = createFrameReader();
  let over = false;
  const closed = (code: number) => {
    if (over) return;
    over = true;
    on.closed(code);
  };
  socket.onmessage = (message: MessageEvent<unknown>) => {
    if (over || typeof message.data !== "string") return;
    const frame = read(parseJson(message.data));
    if (frame) on.frame(frame);
  };
  socket.onopen = () => on.opened?.();
  socket.onclose = (event) => closed(event.code);
  socket.onerror = () => {
    if (socket.readyState === WebSocket.CLOSED) closed(UNKNOWN_CLOSE);
  };
  return {
    send: (frame) => {
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(JSON.stringify(frame.t === "follow" ? { ...frame, compact: true } : frame));
    },
    close: (code) => {
      over = true;
      socket.close(code);
    },
  };
}
