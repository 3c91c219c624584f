/** A server that is not ours, for as long as a test needs it. */
import { pause } from "./within.ts";

const START_MS = 15_000;
const LOOK_MS = 20;

export interface Daemon {
  /** SIGTERM, and its end. Safe to call again. */
  stop(): Promise<void>;
}

/** Runs it until it is stopped; resolves once it listens at `port`. Throws what it says where it doesn't. */
export async function startDaemon(path: string, args: string[], port: number): Promise<Daemon> {
  const child = new Deno.Command(path, { args, stdin: "null", stdout: "null", stderr: "piped" }).spawn();
  const said = new Response(child.stderr).text();
  let isOver = false;
  const over = child.status.then(() => isOver = true);
  const stop = async () => {
    if (!isOver) child.kill("SIGTERM");
    await Promise.all([over, said]);
  };
  for (const deadline = performance.now() + START_MS; !await listens(port);) {
    if (isOver) throw new Error(`${path} ended: ${await said}`);
    if (performance.now() > deadline) {
      await stop();
      throw new Error(`${path} did not listen in ${START_MS} ms: ${await said}`);
    }
    await pause(LOOK_MS);
  }
  return { stop };
}

async function listens(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}
