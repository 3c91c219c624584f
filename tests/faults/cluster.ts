/** A workspace on several instances over one `denokv`, behind a haproxy that sends each request wherever it likes. */
import { type Joined, setUpWorkspace } from "../support/people.ts";
import { freePort, type Server, startServer } from "../support/server.ts";
import type { Daemon } from "./daemon.ts";
import { startDenoKv } from "./denokv.ts";
import { balance } from "./fronts.ts";
import type { Way } from "./site.ts";

export interface Cluster extends Way, Joined {
  /** Where `denokv` has its file, named as an instance alone names it. */
  readonly dataDir: string;
  readonly instances: number;
  /** SIGTERM to one of them, and a new one on its port once it has ended. Gives how it ended, and in how many ms. */
  restart(at: number): Promise<{ code: number; ms: number }>;
  /** SIGTERM to all of them, and then the database's end. The file stays until `body` is through. */
  stop(): Promise<void>;
}

/** Starts it, and ends it whatever happens in `body`; its data goes too. */
export async function withCluster(
  { denokv, instances }: { denokv: string; instances: number },
  body: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const dataDir = Deno.makeTempDirSync({ prefix: "rivulet_cluster_" });
  const kv = await startDenoKv(denokv, `${dataDir}/rivulet.sqlite`);
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { LOG_LEVEL: "warn", LIMITS: "off", PUBLIC_URL: url, ...kv.env };
  const servers: Server[] = [];
  let front: Daemon | undefined;
  try {
    for (let at = 0; at < instances; at++) servers.push(await startServer({ env, dataDir }));
    front = await balance(port, servers.map((server) => server.port));
    await body({
      url,
      port,
      dataDir,
      instances,
      ...await setUpWorkspace(url, servers[0]?.token),
      up: () => Promise.resolve(), // some instance is, always
      async restart(at) {
        const old = servers[at % instances];
        if (!old) throw new Error(`There is no instance ${at}`);
        const begun = performance.now();
        const { code } = await old.kill("SIGTERM");
        const ms = performance.now() - begun;
        servers[at % instances] = await startServer({ env, dataDir, port: old.port });
        return { code, ms };
      },
      async stop() {
        await Promise.all(servers.map((server) => server.stop()));
        await kv.stop();
      },
    });
  } finally {
    await front?.stop();
    await Promise.all(servers.map((server) => server.stop()));
    await kv.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
}
