/**
 * The seam over the HTTP server. In a process of our own it is `node:http` with `ws`, which bounds what one connection
 * may take: `Deno.serve` waits for a request's head for ever, and its WebSocket collects fragments without an end (1.5
 * GB in 11 s from one socket, measured). On Deno Deploy it is `Deno.serve`, with Deploy's own front before it.
 */
import { serveOnDeno } from "./deno_server.ts";
import type { Fetch, Listening, ServerOptions } from "./listening.ts";
import { serveOnNode } from "./node_server.ts";

/** Listens, and answers by `fetch`. Throws `CannotListen`. */
export async function serve(options: ServerOptions & { deploy: boolean }, fetch: Fetch): Promise<Listening> {
  return options.deploy ? serveOnDeno(options, fetch) : await serveOnNode(options, fetch);
}
