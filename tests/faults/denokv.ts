/** A real `denokv`, where `DENOKV` names its binary: the database that several instances share over KV Connect. */
import { freePort } from "../support/server.ts";
import { pause } from "./within.ts";

const START_MS = 15_000;
const LOOK_MS = 20;
const TOKEN = "a token of at least twelve characters";

/** The binary; undefined where there is none. `cargo install denokv` makes one. */
export const denokvPath = Deno.env.get("DENOKV") || undefined;

export interface DenoKv {
  /** What an instance is told of it: KV_URL and KV_TOKEN. */
  readonly env: { KV_URL: string; KV_TOKEN: string };
  stop(): Promise<void>;
}

/** Serves the database file at `file` until it is stopped. Throws where it does not come up. */
export async function startDenoKv(path: string, file: string): Promise<DenoKv> {
  const port = freePort();
  const child = new Deno.Command(path, {
    args: ["--sqlite-path", file, "serve", "--addr", `127.0.0.1:${port}`, "--access-token", TOKEN],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let isOver = false;
  const over = child.status.then(() => isOver = true);
  const stop = async () => {
    if (!isOver) child.kill("SIGTERM");
    await over;
  };
  for (const deadline = performance.now() + START_MS; !await listens(port);) {
    if (isOver || performance.now() > deadline) {
      await stop();
      throw new Error(`${path} does not serve ${file}`);
    }
    await pause(LOOK_MS);
  }
  return { env: { KV_URL: `http://127.0.0.1:${port}`, KV_TOKEN: TOKEN }, stop };
}

async function listens(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}
