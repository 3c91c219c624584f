/**
 * The seam over `Deno.serve`, for Deno Deploy. Its WebSocket has no cap on a message and no event for being drained: a
 * message that is too large is refused once it has arrived, and the owner of a full socket checks it again and again.
 */
import { FRAME_BYTES_MAX } from "../../protocol/frames.ts";
import { CannotListen, type Fetch, type Listening, type ServerOptions } from "./listening.ts";
import type { Socket, SocketEvents, Upgraded } from "./upgrade.ts";

const IDLE_TIMEOUT_S = 60; // the runtime pings at half of it, and ends a connection that doesn't answer

/** Listens by `Deno.serve`. Throws `CannotListen`. */
export function serveOnDeno({ host: hostname, port }: ServerOptions, fetch: Fetch): Listening {
  try {
    const server = Deno.serve(
      { hostname, port, onListen() {} },
      (request, { remoteAddr, completed }) =>
        fetch(request, { remoteAddr, completed, upgrade: () => upgrade(request) }),
    );
    return { port: server.addr.port, shutdown: () => server.shutdown() };
  } catch (error) {
    const isPort = error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.PermissionDenied;
    throw new CannotListen(isPort ? "PORT" : "HOST", error instanceof Error ? error.message : String(error));
  }
}

function upgrade(request: Request): Upgraded {
  const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: IDLE_TIMEOUT_S });
  return {
    response,
    socket: new RuntimeSocket(socket),
    hear(events) {
      const listener = new Listener(events);
      for (const type of ["open", "message", "close", "error"]) socket.addEventListener(type, listener);
    },
  };
}

// There are ten thousand of each, so these are classes, with one listener for all events.

class RuntimeSocket implements Socket {
  constructor(private readonly socket: WebSocket) {}

  send(text: string): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(text);
  }

  buffered(): number {
    return this.socket.bufferedAmount;
  }

  /**
   * Closes by a timer. While a message is handled, the runtime has the next one already, and for that one it drops a
   * connection that is closing, with the close frame unsent (measured).
   */
  close(code: number, reason?: string): void {
    setTimeout(() => {
      if (this.socket.readyState <= WebSocket.OPEN) this.socket.close(code, reason);
    });
  }
}

class Listener implements EventListenerObject {
  private over = false;

  constructor(private readonly events: SocketEvents) {}

  handleEvent(event: Event): void {
    if (event instanceof MessageEvent) return this.message(event.data);
    if (event.type === "open") return this.events.opened();
    if (this.over) return; // `close` can fire twice
    this.over = true;
    this.events.closed();
  }

  private message(data: unknown): void {
    if (typeof data !== "string") return this.events.binary();
    if (isTooBig(data)) return this.events.tooBig();
    this.events.text(data);
  }
}

function isTooBig(text: string): boolean {
  if (text.length > FRAME_BYTES_MAX) return true;
  return text.length * 3 > FRAME_BYTES_MAX && new TextEncoder().encode(text).length > FRAME_BYTES_MAX;
}
