/** The seam over `node:http`: what a connection may take before its request is whole, and the way to `fetch`. */
import { getLogger } from "@logtape/logtape";
import { createServer, type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Socket as TcpSocket } from "node:net";
import { answer } from "./node_answer.ts";
import { NodePeer, toRequest } from "./node_request.ts";
import { createSockets, type Sockets } from "./node_sockets.ts";
import { type Bounds, CannotListen, type Fetch, type Listening, type ServerOptions } from "./listening.ts";

const BOUNDS: Bounds = { headMs: 10_000, requestMs: 20_000, keepAliveMs: 75_000, lookMs: 1_000, pingMs: 30_000 };
const HEAD_BYTES_MAX = 32 * 1024;
const IDLE_CHECK_MS = 20; // while it goes down

const log = getLogger(["rivulet", "http"]);

/** Listens by `node:http`. Throws `CannotListen`. */
export async function serveOnNode({ host, port, bounds }: ServerOptions, fetch: Fetch): Promise<Listening> {
  const { headMs, requestMs, keepAliveMs, lookMs, pingMs } = { ...BOUNDS, ...bounds };
  const sockets = createSockets(pingMs);
  const server = createServer({
    headersTimeout: headMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: lookMs,
    maxHeaderSize: HEAD_BYTES_MAX,
    joinDuplicateHeaders: true, // joined as `Headers` does, instead of dropping the second
    // Whatever else asks for an upgrade gets an answer over HTTP/1.1, as RFC 9110 §7.8 allows.
    shouldUpgradeCallback: ({ method, headers }) => method === "GET" && headers.upgrade?.toLowerCase() === "websocket",
  });
  server.on("request", async (incoming, outgoing) => {
    await respond(fetch, incoming, outgoing);
    endLate(incoming, requestMs);
  });
  server.on("upgrade", (incoming, tcp, head) => void upgrade(sockets, fetch, incoming, tcp as TcpSocket, head));
  try {
    await listen(server, host, port);
  } catch (error) {
    sockets.end();
    throw error;
  }
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    shutdown: () =>
      new Promise((resolve) => {
        sockets.end();
        // Those that have an answer under way are kept alive until it is given.
        const timer = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
        server.close(() => {
          clearInterval(timer);
          resolve();
        });
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: Error & { code?: string }) => {
      const isPort = error.code === "EADDRINUSE" || error.code === "EACCES";
      reject(new CannotListen(isPort ? "PORT" : "HOST", error.message));
    });
    server.listen({ host, port }, () => {
      server.removeAllListeners("error");
      server.on("error", (error) => log.error("Cannot take a connection: {error}", { error }));
      resolve();
    });
  });
}

/** By connection, the timer of the body that comes behind its answer. Bodies come in order, so there is one at most. */
const lateBodies = new WeakMap<TcpSocket, ReturnType<typeof setTimeout>>();

/** Ends a connection on which the body of an answered request goes on coming: `requestTimeout` looks no more then. */
function endLate(incoming: IncomingMessage, requestMs: number): void {
  const { socket } = incoming;
  if (incoming.complete || socket.destroyed) return;
  if (lateBodies.has(socket)) clearTimeout(lateBodies.get(socket));
  else socket.once("close", () => clearTimeout(lateBodies.get(socket)));
  lateBodies.set(socket, setTimeout(() => incoming.complete || socket.destroy(), requestMs));
}

async function respond(fetch: Fetch, incoming: IncomingMessage, outgoing: ServerResponse) {
  const peer = new NodePeer(incoming, outgoing);
  try {
    const response = await fetch(toRequest(incoming, outgoing), peer);
    await answer(response, outgoing, peer.isStream);
  } catch (error) {
    outgoing.destroy(); // there is no way left to answer
    throw error;
  }
}

/** A refusal goes out as it does over HTTP, and ends the connection. */
async function upgrade(sockets: Sockets, fetch: Fetch, incoming: IncomingMessage, tcp: TcpSocket, head: Uint8Array) {
  tcp.on("error", () => {}); // it may break while the sign-in is looked up
  const outgoing = new ServerResponse(incoming);
  outgoing.shouldKeepAlive = false;
  const peer = new NodePeer(incoming, outgoing, () => sockets.upgrade(incoming, tcp, head));
  try {
    const response = await fetch(toRequest(incoming, outgoing), peer);
    if (response.status === 101 || tcp.destroyed) return;
    outgoing.assignSocket(tcp);
    outgoing.once("finish", () => tcp.destroySoon());
    await answer(response, outgoing, peer.isStream);
  } catch (error) {
    tcp.destroy();
    throw error;
  }
}
