/**
 * Rounds of runs, one side after the other, so that whatever the machine does meets all sides alike. What other processes
 * did meanwhile is watched: a round that they disturbed does not count.
 */
import { cpuSeconds } from "./processes.ts";

const DISTURBED = 0.25; // of a core that others kept busy during a run
const TICKS_A_SECOND = 100; // USER_HZ of every Linux that Deno runs on

/** What is measured; its runs go on one after the other, and the other sides wait meanwhile. */
export interface Runner<T> {
  name: string;
  /** The server's process, and those of clients that stay. */
  pid: number;
  clients?: number[];
  run(): Promise<T>;
}

export interface Run<T> {
  result: T;
  /** What the server used of the cores, in seconds. */
  cpu: number;
  /** Of a core that other processes kept busy. */
  others: number;
}

/** The runs of one round, by side. */
export type Round<T> = Map<string, Run<T>>;

export interface Rounds<T> {
  /** Those that count. */
  rounds: Round<T>[];
  /** How many there were, and what is to be known of them. */
  said: string;
}

/** Runs all sides in turn, `count` times over. If every round was disturbed, all of them count, and `said` tells. */
export async function inRounds<T>(count: number, sides: Runner<T>[]): Promise<Rounds<T>> {
  const all: Round<T>[] = [];
  for (let at = 0; at < count; at++) {
    const round: Round<T> = new Map();
    for (const { name, pid, run } of sides) {
      const one = await watched(pid, sides, run);
      round.set(name, one);
      console.error(`  ${name}, round ${at + 1}, others ${one.others.toFixed(2)} cores: ${JSON.stringify(one.result)}`);
    }
    all.push(round);
  }
  const isQuiet = (round: Round<T>) => [...round.values()].every(({ others }) => others <= DISTURBED);
  const quiet = all.filter(isQuiet);
  const most = Math.max(...all.flatMap((round) => [...round.values()].map(({ others }) => others)));
  if (quiet.length === all.length) return { rounds: all, said: `rounds: ${count}` };
  const busy = `others kept up to ${most.toFixed(1)} cores busy`;
  return quiet.length > 0
    ? { rounds: quiet, said: `rounds: ${quiet.length} of ${count}, as ${busy} in the rest` }
    : { rounds: all, said: `rounds: ${count}, all disturbed: ${busy}` };
}

async function watched<T>(pid: number, sides: Omit<Runner<T>, "run">[], run: () => Promise<T>): Promise<Run<T>> {
  const pids = [...new Set(sides.flatMap(({ pid, clients = [] }) => [pid, ...clients]))];
  const look = async () => ({
    at: performance.now(),
    busy: await machineSeconds(),
    own: await ownSeconds(),
    servers: (await Promise.all(pids.map(cpuSeconds))).reduce((sum, it) => sum + it, 0),
    cpu: await cpuSeconds(pid),
  });
  const before = await look();
  const result = await run();
  const after = await look();
  const ours = after.own - before.own + after.servers - before.servers;
  const seconds = (after.at - before.at) / 1_000;
  const others = Math.max(0, (after.busy - before.busy - ours) / seconds);
  return { result, cpu: after.cpu - before.cpu, others };
}

/** What all processes have used of the cores so far, in seconds; without interrupts, which are nobody's. */
async function machineSeconds(): Promise<number> {
  const [, user, nice, system] = (await Deno.readTextFile("/proc/stat")).split(/\s+/, 4).map(Number);
  return ((user ?? 0) + (nice ?? 0) + (system ?? 0)) / TICKS_A_SECOND;
}

/** The same of this process and of those that it started and that have ended: loaders. */
async function ownSeconds(): Promise<number> {
  const stat = await Deno.readTextFile("/proc/self/stat");
  // Fields 14 to 17 of proc(5); the second one, in brackets, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 15);
  return fields.reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_A_SECOND;
}

export function middle(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** The least and the most, told by `tell`; nothing where there is only one. */
export function spread(values: number[], tell: (value: number) => string): string {
  return values.length > 1 ? ` (${tell(Math.min(...values))} to ${tell(Math.max(...values))})` : "";
}
