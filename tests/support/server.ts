/** The real server as a child process: started as `deno task start` starts it, on a free port, killed however a test likes. */

import { dirname } from "node:path";
import { isStale } from "../../lib/build/build.ts";

const START_DEADLINE_MS = 30_000; // to the line with the URL; the build that the task makes first has its own
const STOP_DEADLINE_MS = 10_000; // from SIGTERM, then SIGKILL; the drain promises 5 s
const ASSIGNMENT = /^[A-Z_]+=/; // a step that only names something for the steps behind it
const OUTPUT_MAX_CHARS = 262_144; // of each output, the end of it

export interface StartOptions {
  /** A free one by default. Give the old one to restart where clients look for it. */
  port?: number;
  /** A new temporary one by default, removed by `stop()`; a given one is left alone. */
  dataDir?: string;
  /** Settings besides HOST, PORT and DATA_DIR. Nothing but PATH, HOME and Deno's own is passed on from this process. */
  env?: Record<string, string>;
  /** A module that serves in place of main.ts, and may do what it likes. */
  program?: string;
}

export interface Server {
  /** The origin that tests use: http://127.0.0.1:<port> */
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly pid: number;
  /** The first-run URL that was printed, while there is no workspace, and its token. */
  readonly setupUrl: string | undefined;
  readonly token: string | undefined;
  /** Sends a signal and waits for the end of the process. */
  kill(signal?: Deno.Signal): Promise<Deno.CommandStatus>;
  /** Ends it with SIGTERM, after 10 s with SIGKILL, and removes a data folder of ours. Safe to call again. */
  stop(): Promise<void>;
  /** Resolves when the process has ended, whatever ended it. */
  readonly ended: Promise<Deno.CommandStatus>;
  stdout(): string;
  stderr(): string;
  /** Closes the readers' ends of both outputs, as a log's reader does that ends. */
  stopReading(): Promise<void>;
}

const root = new URL("../../", import.meta.url).pathname;
const running = new Set<Deno.ChildProcess>();
globalThis.addEventListener("unload", () => {
  for (const child of running) kill(child, "SIGKILL");
});

/** Starts the server and waits for the URL that it prints. Throws with its stderr when it ends first or needs over 30 s. */
export async function startServer(options: StartOptions = {}): Promise<Server> {
  const { port = freePort(), dataDir = Deno.makeTempDirSync({ prefix: "rivulet_" }), env = {}, program } = options;
  const { before, serve } = await startTask();
  stale ??= isStale();
  for (const step of await stale ? before : []) await builtOnce(step);

  const line = program === undefined ? serve : serve.replace(/--allow-.*$/, `-A ${program}`);
  const child = shell(line, { HOST: "127.0.0.1", PORT: String(port), DATA_DIR: dataDir, ...env });
  running.add(child);
  const printed = Promise.withResolvers<void>();
  const reading = new AbortController();
  const seen = (all: string) => /https?:\/\/\S+\s/.test(all) && printed.resolve();
  const [stdout, out] = collect(child.stdout, seen, reading.signal);
  const [stderr, err] = collect(child.stderr, seen, reading.signal);
  const ended = child.status.finally(() => running.delete(child));
  ended.then(({ code }) => printed.reject(new Error(`The server ended with status ${code}:\n${stderr()}`)));
  const timer = setTimeout(
    () => printed.reject(new Error(`The server printed no URL in ${START_DEADLINE_MS} ms:\n${stderr()}`)),
    START_DEADLINE_MS,
  );
  try {
    await printed.promise;
  } catch (error) {
    kill(child, "SIGKILL");
    await ended;
    throw error;
  } finally {
    clearTimeout(timer);
  }

  const setupUrl = /https?:\/\/\S+[?&]token=[\w-]+/.exec(stdout() + stderr())?.[0];
  async function end(signal: Deno.Signal) {
    kill(child, signal);
    return await ended;
  }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    dataDir,
    pid: child.pid,
    setupUrl,
    token: setupUrl === undefined ? undefined : new URL(setupUrl).searchParams.get("token") ?? undefined,
    kill: (signal = "SIGKILL") => end(signal),
    async stop() {
      const late = setTimeout(() => kill(child, "SIGKILL"), STOP_DEADLINE_MS);
      await end("SIGTERM");
      clearTimeout(late);
      if (options.dataDir === undefined) await Deno.remove(dataDir, { recursive: true }).catch(() => {});
    },
    ended,
    stdout,
    stderr,
    async stopReading() {
      reading.abort();
      await Promise.all([out, err]);
    },
  };
}

/** A port that nobody listens on now. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

/** The `start` task, taken apart: what it does before it serves, and the command that serves. */
async function startTask(): Promise<{ before: string[]; serve: string }> {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${root}deno.json`));
  const stepsOf = (task: { command: string }) => task.command.split("&&").map((step) => step.trim());
  const before = stepsOf(tasks.start);
  const [, name = ""] = /^deno task --quiet (\S+)$/.exec(before.pop() ?? "") ?? [];
  const steps = stepsOf(tasks[name]);
  const serve = steps.pop() ?? "";
  if (!steps.every((step) => ASSIGNMENT.test(step))) throw new Error(`Cannot start the server: ${name} does too much`);
  return { before, serve: [...steps, `exec ${serve}`].join(" && ") };
}

/** Whether the pages' files had to be built when the first server started. */
let stale: Promise<boolean> | undefined;
const built = new Map<string, Promise<void>>();

function builtOnce(step: string): Promise<void> {
  const building = built.get(step) ?? build(step);
  built.set(step, building);
  return building;
}

async function build(step: string) {
  const child = shell(step, {});
  const [stdout] = collect(child.stdout);
  const [stderr] = collect(child.stderr);
  const { success } = await child.status;
  if (!success) throw new Error(`Cannot start the server: "${step}" failed:\n${stdout()}${stderr()}`);
}

/** Runs a line of the task; `sh` puts in the variables that it names. */
function shell(line: string, settings: Record<string, string>): Deno.ChildProcess {
  const kept = ["HOME", "DENO_DIR", "XDG_CACHE_HOME"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const path = `${dirname(Deno.execPath())}:${Deno.env.get("PATH") ?? ""}`; // the same Deno, also where it came by npx
  return new Deno.Command("sh", {
    args: ["-c", line],
    cwd: root,
    clearEnv: true,
    env: { ...Object.fromEntries(kept), PATH: path, NO_COLOR: "1", ...settings },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Reads a stream to its end, so that the child never blocks on it; gives the last of it, and when it is over. */
function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  more: (all: string) => void = () => {},
  signal?: AbortSignal,
): [last: () => string, over: Promise<void>] {
  const decoder = new TextDecoder();
  let all = "";
  const sink = new WritableStream<Uint8Array<ArrayBuffer>>({
    write(part) {
      all = (all + decoder.decode(part, { stream: true })).slice(-OUTPUT_MAX_CHARS);
      more(all);
    },
  });
  return [() => all, stream.pipeTo(sink, { ...(signal && { signal }) }).catch(() => {})];
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal) {
  try {
    child.kill(signal);
  } catch {
    // It has ended already.
  }
}
