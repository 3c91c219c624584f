/** What the two servers have in common (server.ts). */
import type { Peer } from "./env.ts";

export interface Bounds {
  /** From the start of a connection, or of a further request on it, to the end of the request's head. */
  headMs: number;
  /** The same to the end of the body. It exceeds the deadline of `body.ts`, so that a late body is answered first. */
  requestMs: number;
  /** Between two requests; longer than proxies keep a connection, or they would send into one that just closed. */
  keepAliveMs: number;
  /** Between two checks for late requests. */
  lookMs: number;
  /** A socket that sends nothing for this long is pinged; after twice that it is ended. */
  pingMs: number;
}

export type Fetch = (request: Request, peer: Peer) => Response | Promise<Response>;

export interface Listening {
  /** The requested port, or for 0 the one that the system gave. */
  port: number;
  /** Takes no more connections, and resolves when those that are open have ended. */
  shutdown(): Promise<void>;
}

export interface ServerOptions {
  host: string;
  port: number;
  /** How long an incomplete request may take; for tests. */
  bounds?: Partial<Bounds>;
}

/** It cannot listen there. Its message is the reason. */
export class CannotListen extends Error {
  override name = "CannotListen";
  constructor(readonly setting: "HOST" | "PORT", reason: string) {
    super(reason);
  }
}
