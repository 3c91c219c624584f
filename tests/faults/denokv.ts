/** A real `denokv`, where `DENOKV` names its binary: the database that several instances share over KV Connect. */
import { freePort } from "../support/server.ts";
import { startDaemon } from "./daemon.ts";

const TOKEN = "a token of at least twelve characters";

/** The binary; undefined where there is none. `.ci/denokv` makes one. */
export const denokvPath = Deno.env.get("DENOKV") || undefined;

export interface DenoKv {
  /** What an instance is told of it: KV_URL and KV_TOKEN. */
  readonly env: { KV_URL: string; KV_TOKEN: string };
  stop(): Promise<void>;
}

/** Serves the database file at `file` until it is stopped. Throws where it does not come up. */
export async function startDenoKv(path: string, file: string): Promise<DenoKv> {
  const port = freePort();
  const args = ["--sqlite-path", file, "serve", "--addr", `127.0.0.1:${port}`, "--access-token", TOKEN];
  const { stop } = await startDaemon(path, args, port);
  return { env: { KV_URL: `http://127.0.0.1:${port}`, KV_TOKEN: TOKEN }, stop };
}
