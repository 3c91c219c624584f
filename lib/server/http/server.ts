/**
 * The seam over the HTTP server. In a process of our own it is `node:http` with `ws`, which bounds what one connection
 * may take: `Deno.serve` waits for a request's head for ever, and its WebSocket collects fragments without an end (1.5 GB
 * in 11 s from one socket, measured). On Deno Deploy it is `Deno.serve`, with Deploy's own front before it.
 */
import { serveOnDeno } from "./deno_server.ts";
import type { Peer } from "./env.ts";
import { type Bounds, serveOnNode } from "./node_server.ts";

export type Fetch = (request: Request, peer: Peer) => Response | Promise<Response>;

export interface Listening {
  /** The one that was asked for, or, for 0, the one that was given. */
  port: number;
  /** Takes no more connections, and resolves when those that are open have ended. */
  shutdown(): Promise<void>;
}

export interface ServerOptions {
  host: string;
  port: number;
  /** What a request that is not whole may take; for tests. */
  bounds?: Partial<Bounds>;
}

/** It cannot listen there. Its message is the reason. */
export class CannotListen extends Error {
  override name = "CannotListen";
  constructor(readonly setting: "HOST" | "PORT", reason: string) {
    super(reason);
  }
}

/** Listens, and answers by `fetch`. Throws `CannotListen`. */
export async function serve(options: ServerOptions & { deploy: boolean }, fetch: Fetch): Promise<Listening> {
  return options.deploy ? serveOnDeno(options, fetch) : await serveOnNode(options, fetch);
}
