/** A request of `node:http` as the app reads it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Peer } from "./env.ts";
import type { Upgraded } from "./upgrade.ts";

const PLAIN_HOST = /^[\w.:[\]-]+$/;
const NO_HOST = "localhost"; // for a Host that would change the URL's path

type Read = Pick<Request, "method" | "url" | "headers" | "signal" | "body" | "arrayBuffer">;

/**
 * The request, with as much of `Request` as the app and Hono read. A whole `Request` costs more than the rest of a
 * small answer: 38 µs for its signal and 51 µs for its body stream (measured), and few handlers use either.
 */
export function toRequest(incoming: IncomingMessage, outgoing: ServerResponse): Request {
  return new NodeRequest(incoming, outgoing) satisfies Read as unknown as Request;
}

class NodeRequest implements Read {
  readonly method: string;
  readonly url: string;
  private known: Headers | undefined;
  private going: AbortController | undefined;
  private stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;

  constructor(private readonly incoming: IncomingMessage, private readonly outgoing: ServerResponse) {
    const { method = "GET", url = "/", headers: { host = NO_HOST } } = incoming;
    this.method = method;
    this.url = url.startsWith("/") ? `http://${PLAIN_HOST.test(host) ? host : NO_HOST}${url}` : toAbsolute(url);
  }

  get headers(): Headers {
    return this.known ??= new Headers(this.incoming.headers as Record<string, string>);
  }

  /** Aborted when the client goes away before it has its answer. */
  get signal(): AbortSignal {
    if (this.going) return this.going.signal;
    const going = this.going = new AbortController();
    this.outgoing.once("close", () => {
      if (!this.outgoing.writableFinished) going.abort();
    });
    return going.signal;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.method === "GET" || this.method === "HEAD") return null;
    return this.stream ??= Readable.toWeb(this.incoming) as ReadableStream<Uint8Array<ArrayBuffer>>;
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    const { incoming } = this;
    const pieces: Uint8Array[] = [];
    return new Promise((resolve, reject) => {
      incoming.on("data", (piece) => pieces.push(piece));
      incoming.on("end", () => resolve(joined(pieces)));
      incoming.on("error", reject);
      incoming.on("close", () => reject(new Error("The body broke off"))); // after the end it does nothing
    });
  }
}

/** What `Deno.serve` gives beside a request, of `node:http`. */
export class NodePeer implements Peer {
  readonly remoteAddr: { hostname: string };
  /** Whether the answer is a stream: the maker of a stream asks when it is completed. */
  isStream = false;

  constructor(
    incoming: IncomingMessage,
    private readonly outgoing: ServerResponse,
    readonly upgrade?: () => Upgraded,
  ) {
    this.remoteAddr = { hostname: incoming.socket.remoteAddress ?? "" };
  }

  get completed(): Promise<void> {
    this.isStream = true;
    const { outgoing } = this;
    return new Promise((resolve) => {
      outgoing.once("finish", resolve);
      outgoing.once("close", resolve);
    });
  }
}

/** A request to a proxy names the whole address, and an `OPTIONS` request may name none (RFC 9112 §3.2). */
function toAbsolute(url: string): string {
  return URL.parse(url)?.href ?? `http://${NO_HOST}/*`;
}

function joined(pieces: Uint8Array[]): ArrayBuffer {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes.buffer;
}
