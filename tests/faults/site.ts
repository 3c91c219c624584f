/** One workspace on a real server that is killed and started again on the same data and port. */
import { type Joined, setUpWorkspace } from "../support/people.ts";
import { freePort, type Server, startServer } from "../support/server.ts";
import { createWatched, pause } from "./within.ts";

const UP_DEADLINE_MS = 60_000;

/** A way to the server: straight, or through something that spoils what goes by. */
export interface Way {
  /** The origin. */
  readonly url: string;
  readonly port: number;
  /** Resolves while the server is up, and else once it is again. */
  up(): Promise<void>;
}

export interface Site extends Way, Joined {
  readonly dataDir: string;
  readonly server: Server;
  /** How often it was killed. */
  readonly kills: number;
  /** SIGKILL, and a new process on the same data folder and port; `meanwhile` has the folder for itself. */
  killAndRestart(meanwhile?: () => Promise<void>): Promise<void>;
  /** Stops the process for so long (SIGSTOP), and lets it go on. */
  freeze(ms: number): Promise<void>;
  /** SIGTERM; gives the process's end. The data stays until `remove`. */
  stop(): Promise<Deno.CommandStatus>;
}

/** Something that stands in front of the server, at a port of its own. */
export interface Front {
  /** It doesn't pass on the Host that was asked for, so the server must be told its PUBLIC_URL. */
  hidesHost: boolean;
  /** Begins to pass on what comes to `port`; resolves once it listens. */
  start(port: number, server: number): Promise<{ stop(): Promise<void> }>;
}

/** Starts a workspace, behind `front` if there is one, and ends it whatever happens in `body`; its data goes too. */
export async function withSite(
  body: (site: Site) => Promise<void>,
  env: Record<string, string> = {},
  front?: Front,
  dataDir = Deno.makeTempDirSync({ prefix: "rivulet_faults_" }),
): Promise<void> {
  const watched = createWatched();
  const frontPort = freePort();
  const settings = {
    LOG_LEVEL: "warn",
    LIMITS: "off",
    ...(front?.hidesHost && { PUBLIC_URL: `http://127.0.0.1:${frontPort}` }),
    ...env,
  };
  let server = await startServer({ dataDir, env: settings });
  const { port: serverPort } = server;
  const before = await front?.start(frontPort, serverPort).catch(async (error) => {
    await server.stop();
    throw error;
  });
  const port = front ? frontPort : serverPort;
  const url = `http://127.0.0.1:${port}`;
  let isUp = true;
  let kills = 0;
  try {
    await body({
      url,
      port,
      dataDir,
      ...await setUpWorkspace(url, server.token),
      get server() {
        return server;
      },
      get kills() {
        return kills;
      },
      up: () => watched.until(() => isUp, UP_DEADLINE_MS, "the server to be up again"),
      async freeze(ms) {
        Deno.kill(server.pid, "SIGSTOP");
        await pause(ms);
        Deno.kill(server.pid, "SIGCONT");
      },
      async killAndRestart(meanwhile) {
        isUp = false;
        kills++;
        await server.kill("SIGKILL");
        await meanwhile?.();
        server = await startServer({ dataDir, port: serverPort, env: settings });
        isUp = true;
        watched.changed();
      },
      async stop() {
        isUp = false;
        return await server.kill("SIGTERM");
      },
    });
  } finally {
    isUp = false;
    await before?.stop();
    await server.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
}
