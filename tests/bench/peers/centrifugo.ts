/**
 * Centrifugo with its memory engine: nothing stored. The Go toolchain builds it, the first time only, and holds its source
 * against Go's checksum database; the version is pinned by its checksum besides.
 */
import type { Peer } from "../processes.ts";

const MODULE = "github.com/centrifugal/centrifugo/v6";
const VERSION = "v6.9.1";
const SUM = "h1:JyYAxuwBvf5ox+3EW2agQJTxNG5axoRSOdvoA6qPAuo=";
const UP_DEADLINE_MS = 10_000;
const LOOK_MS = 50; // between two looks at whether it is up
const CHANNEL = "room";

/** What a client says to follow, and a sender to send `%M` as message number `%N`. */
export const follow = [
  { say: JSON.stringify({ id: 1, connect: {} }) },
  { hear: '"connect"', say: JSON.stringify({ id: 2, subscribe: { channel: CHANNEL } }) },
  { hear: '"subscribe"' },
];
export const connect = [{ say: JSON.stringify({ id: 1, connect: {} }) }, { hear: '"connect"' }];
export const publish = `{"id":1%N,"publish":{"channel":"${CHANNEL}","data":{"text":"%M"}}}`;

/** Starts it; undefined, with a line that says why, where it cannot be built. */
export async function startCentrifugo(): Promise<Peer | undefined> {
  const binary = await builtCentrifugo().catch((error) => {
    console.error(`  Centrifugo is left out: ${error instanceof Error ? error.message : error}`);
  });
  if (binary === undefined) return undefined;
  const port = freePort();
  const config = await Deno.makeTempFile({ suffix: ".json" });
  const open = { allow_subscribe_for_client: true, allow_publish_for_client: true };
  await Deno.writeTextFile(
    config,
    JSON.stringify({
      client: { insecure: true, allowed_origins: ["*"] },
      channel: { without_namespace: open },
      http_server: { address: "127.0.0.1", port: String(port) },
      health: { enabled: true },
      log: { level: "error" },
    }),
  );
  const child = new Deno.Command(binary, { args: ["--config", config], stdout: "null", stderr: "inherit" }).spawn();
  const stop = async () => {
    child.kill("SIGTERM");
    await child.status;
    await Deno.remove(config);
  };
  try {
    await isUp(port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { name: `Centrifugo ${VERSION}`, pid: child.pid, port, stop };
}

/** The path of the binary, built if it is not there yet. Throws where there is no Go, or another source. */
async function builtCentrifugo(): Promise<string> {
  const cache = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`;
  const folder = `${cache}/rivulet_bench/${VERSION}`;
  const binary = `${folder}/centrifugo`;
  if (await Deno.stat(binary).then(() => true, () => false)) return binary;
  const { Sum }: { Sum?: string } = JSON.parse(await go(["mod", "download", "-json", `${MODULE}@${VERSION}`]));
  if (Sum !== SUM) throw new Error(`${MODULE} ${VERSION} has the checksum ${Sum}, not ${SUM}`);
  await Deno.mkdir(folder, { recursive: true });
  await go(["install", "-buildvcs=false", `${MODULE}@${VERSION}`], { GOBIN: folder });
  return binary;
}

async function go(args: string[], env: Record<string, string> = {}): Promise<string> {
  const command = new Deno.Command("go", { args, env, cwd: "/", stderr: "piped" });
  const { success, stdout, stderr } = await command.output();
  const utf8 = new TextDecoder();
  if (!success) throw new Error(`go ${args[0]} failed: ${utf8.decode(stderr).slice(-500)}`);
  return utf8.decode(stdout);
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}

async function isUp(port: number): Promise<void> {
  for (const end = performance.now() + UP_DEADLINE_MS;;) {
    const isOk = await fetch(`http://127.0.0.1:${port}/health`).then(async (response) => {
      await response.body?.cancel();
      return response.ok;
    }, () => false);
    if (isOk) return;
    if (performance.now() > end) throw new Error("Centrifugo did not come up");
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
