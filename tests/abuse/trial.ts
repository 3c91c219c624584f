/** One probe against a server of its own: calm, then attacked, then told to end while the attack goes on. */
import { cpuSeconds, residentMb } from "../bench/processes.ts";
import { createApi } from "../support/api.ts";
import { setUpWorkspace } from "../support/people.ts";
import { type Server, startServer } from "../support/server.ts";
import type { Probe, Signed, Target } from "./probe.ts";
import { connectSenders, pause, type Times } from "./senders.ts";

const SENDERS = 4;
const WARM_MS = 3_000;
const CALM_MS = 10_000;
const BEGIN_MS = 1_000; // for the attack to get under way
const ATTACKED_MS = 12_000;
const END_DEADLINE_MS = 20_000; // from SIGTERM, after which the process counts as never ended
const LOOK_MS = 200; // between two looks at its memory
const PROGRAM = new URL("./watched.ts", import.meta.url).pathname;
const NICE = "10"; // what is measured is the server, not who gets a core

export interface Trial {
  calm: Times;
  attacked: Times;
  /** Of one core, in percent. */
  calmCpu: number;
  attackedCpu: number;
  /** The longest turn of its loop, in ms of CPU time. */
  calmTurn: number;
  attackedTurn: number;
  /** Resident memory in MB: before the attack, the most during it, and at its end. */
  before: number;
  peak: number;
  after: number;
  /** From SIGTERM to the end of the process, in ms. */
  ended: number;
}

export async function tryOut(probe: Probe): Promise<Trial> {
  const dataDir = await Deno.makeTempDir({ prefix: "rivulet_abuse_" }); // TMPDIR on a tmpfs takes a busy disk out of the figures
  try {
    const { target, senders } = await prepare(probe, dataDir);
    const server = await startServer({ dataDir, env: { LOG_LEVEL: "error" }, program: PROGRAM });
    try {
      return await measure(probe, server, { ...target, url: server.url, port: server.port }, senders);
    } finally {
      await server.kill("SIGKILL");
    }
  } finally {
    await Deno.remove(dataDir, { recursive: true }).catch(() => {});
  }
}

/** The workspace, its people and the attack's data, on a server without rates. */
async function prepare(probe: Probe, dataDir: string): Promise<{ target: Target; senders: Signed[] }> {
  const server = await startServer({ dataDir, env: { LOG_LEVEL: "error", LIMITS: "off" } });
  try {
    const { url, port } = server;
    const joined = await setUpWorkspace(url, server.token);
    const { room: { id: room } } = await joined.owner.api.call("rooms.create", {
      name: "Readings",
      visibility: "public",
    });
    const join = async (handle: string): Promise<Signed> => {
      const { id, api } = await joined.join(handle);
      await api.call("rooms.join", { room });
      return { id, handle, cookie: api.cookie() };
    };
    const attacker = await join("eve");
    const senders: Signed[] = [];
    for (let i = 0; i < SENDERS; i++) senders.push(await join(`sender-${i}`));
    const target: Target = { url, port, attacker, room, made: [] };
    return { target: { ...target, made: await probe.prepare?.(target) ?? [] }, senders };
  } finally {
    await server.stop();
  }
}

async function measure(probe: Probe, server: Server, target: Target, people: Signed[]): Promise<Trial> {
  const { pid } = server;
  const senders = await connectSenders(server.port, target.room, people);
  await senders.measure(WARM_MS);
  const warmed = server.stderr().length;
  const [calm, calmCpu] = await withCpu(pid, () => senders.measure(CALM_MS));
  const calmed = server.stderr().length;
  const before = await residentMb(pid);
  let peak = before;
  const looking = setInterval(async () => peak = Math.max(peak, await residentMb(pid).catch(() => 0) || 0), LOOK_MS);
  const attack = startAttack(probe, target);
  try {
    await pause(BEGIN_MS);
    const [attacked, attackedCpu] = await withCpu(pid, () => senders.measure(ATTACKED_MS));
    const after = await residentMb(pid);
    const [calmTurn, attackedTurn] = [
      longestTurn(server.stderr().slice(warmed, calmed)),
      longestTurn(server.stderr().slice(calmed)),
    ];
    const stoppedAt = performance.now();
    const late = setTimeout(() => server.kill("SIGKILL"), END_DEADLINE_MS);
    await server.kill("SIGTERM");
    clearTimeout(late);
    const ended = performance.now() - stoppedAt;
    return { calm, attacked, calmCpu, attackedCpu, calmTurn, attackedTurn, before, peak, after, ended };
  } finally {
    clearInterval(looking);
    senders.close();
    try {
      attack.kill("SIGKILL");
    } catch {
      // It has ended already: the server was gone.
    }
    await attack.status;
  }
}

async function withCpu<T>(pid: number, body: () => Promise<T>): Promise<[T, number]> {
  const [cpu, at] = [await cpuSeconds(pid), performance.now()];
  const result = await body();
  return [result, (await cpuSeconds(pid) - cpu) / (performance.now() - at) * 100_000];
}

/** Of what `watched.ts` says, each second. */
function longestTurn(said: string): number {
  return Math.max(0, ...said.matchAll(/^turn ([\d.]+)$/gm).map(([, ms]) => Number(ms)));
}

function startAttack({ name }: Probe, target: Target): Deno.ChildProcess {
  const script = new URL("./attack.ts", import.meta.url).pathname;
  return new Deno.Command("nice", {
    args: ["-n", NICE, Deno.execPath(), "run", "-A", script, name, JSON.stringify(target)],
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
}

/** A client of somebody who is signed in already. */
export function apiOf({ url }: Target, { cookie }: Signed) {
  return createApi(url, cookie);
}
