/** Children of the bench: peers, loaders and scripts. Each says what it has to say in one line of JSON on stdout. */
import { build } from "esbuild";
import type { Job, Result } from "./job.ts";

const FIRST_LINE_DEADLINE_MS = 120_000; // a loader's line comes when its job is done
const KIB_IN_MB = 1_024;
const TICKS_A_SECOND = 100; // USER_HZ of every Linux that Deno runs on
const STOP_DEADLINE_MS = 5_000; // from SIGTERM, then SIGKILL

export const root = new URL("../../", import.meta.url).pathname;

export interface Child {
  pid: number;
  /** Its first line: JSON. */
  line: string;
  /** Ends its stdin, then the process. */
  stop(): Promise<void>;
}

export interface Peer {
  name: string;
  pid: number;
  port: number;
  stop(): Promise<void>;
}

const running = new Set<Deno.ChildProcess>();

/** Kills whatever still runs; for a bench that ends early. */
export function killAll(): void {
  for (const child of running) end(child, "SIGKILL");
}

/** Starts a command and waits for its first line. Throws when it ends without one, or needs over `deadlineMs`. */
export async function spawn(
  command: string,
  args: string[],
  deadlineMs: number = FIRST_LINE_DEADLINE_MS,
): Promise<Child> {
  const child = new Deno.Command(command, { args, cwd: root, stdin: "piped", stdout: "piped", stderr: "inherit" })
    .spawn();
  running.add(child);
  const status = child.status.finally(() => running.delete(child));
  async function stop() {
    await child.stdin.close().catch(() => {});
    end(child, "SIGTERM");
    const late = setTimeout(() => end(child, "SIGKILL"), STOP_DEADLINE_MS);
    await status;
    clearTimeout(late);
  }
  const late = setTimeout(() => end(child, "SIGKILL"), deadlineMs);
  const line = await firstLine(child.stdout);
  clearTimeout(late);
  if (line !== undefined) return { pid: child.pid, line, stop };
  await stop();
  throw new Error(`"${command} ${args.join(" ").slice(0, 200)}" ended without a word, or took over ${deadlineMs} ms`);
}

/** Runs a script of ours to its first line, which is the whole of what it has to say. */
export async function runScript<T>(path: string, args: string[], deadlineMs?: number): Promise<T> {
  const child = await spawn(Deno.execPath(), ["run", "-A", `${root}tests/bench/${path}`, ...args], deadlineMs);
  await child.stop();
  const said: T = JSON.parse(child.line);
  return said;
}

/** Runs a job in a loader of its own; with a `core`, on that one alone. */
export async function load<J extends Job>(job: J, core?: number): Promise<Result<J>> {
  if (core === undefined) return await runScript("loader/main.ts", [JSON.stringify(job)]);
  const args = ["run", "-A", `${root}tests/bench/loader/main.ts`, JSON.stringify(job)];
  const child = await spawn("taskset", ["--cpu-list", String(core), Deno.execPath(), ...args]);
  await child.stop();
  const said: Result<J> = JSON.parse(child.line);
  return said;
}

/** Whether processes can be kept on each of these cores: they are there, and so is `taskset` (util-linux). */
export async function canPin(cores: number[]): Promise<boolean> {
  const tries = cores.map((core) => new Deno.Command("taskset", { args: ["--cpu-list", `${core}`, "true"] }));
  try {
    return (await Promise.all(tries.map((it) => it.output()))).every(({ success }) => success);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Keeps all threads of a process on one core. Throws where there is no `taskset` (util-linux). */
export async function pin(pid: number, core: number): Promise<void> {
  const args = ["--all-tasks", "--cpu-list", "--pid", String(core), String(pid)];
  const { success, stderr } = await new Deno.Command("taskset", { args }).output();
  if (!success) throw new Error(`Cannot pin process ${pid}: ${new TextDecoder().decode(stderr)}`);
}

/** Starts a job and gives its loader once it has said its line; stop it to end the job. */
export function hold(job: Job): Promise<Child> {
  return spawn(Deno.execPath(), ["run", "-A", `${root}tests/bench/loader/main.ts`, JSON.stringify(job)]);
}

/** Starts `peers/<file>.ts` under Deno. */
export async function startPeer(name: string, file: string): Promise<Peer> {
  return peer(name, await spawn(Deno.execPath(), ["run", "-A", `${root}tests/bench/peers/${file}.ts`]));
}

/** The same under Node, bundled for it; undefined where there is no `node`. */
export async function startNodePeer(name: string, file: string): Promise<Peer | undefined> {
  if (!await hasNode()) return undefined;
  const outfile = await Deno.makeTempFile({ suffix: ".cjs" });
  try {
    await build({
      entryPoints: [`${root}tests/bench/peers/${file}.ts`],
      outfile,
      bundle: true,
      platform: "node",
      format: "cjs",
      external: ["bufferutil", "utf-8-validate"],
      logLevel: "error",
    });
    return peer(name, await spawn("node", [outfile]));
  } finally {
    await Deno.remove(outfile);
  }
}

/** The resident set of a process, in MB. Reads /proc, so Linux only. */
export async function residentMb(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const kib = Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]);
  return Math.round(kib / KIB_IN_MB);
}

/** What a process has used of the cores so far, in seconds. Reads /proc, so Linux only. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  // Fields 14 and 15 of proc(5); the second one, in brackets, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

async function hasNode(): Promise<boolean> {
  try {
    return (await new Deno.Command("node", { args: ["--version"], stdout: "null", stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

function peer(name: string, { pid, line, stop }: Child): Peer {
  const { port }: { port: number } = JSON.parse(line);
  return { name, pid, port, stop };
}

async function firstLine(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string | undefined> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text += part;
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end);
  }
  return undefined;
}

function end(child: Deno.ChildProcess, signal: Deno.Signal) {
  try {
    child.kill(signal);
  } catch {
    // It has ended already.
  }
}
