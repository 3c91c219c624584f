/** What a connection costs that does nothing: the server's resident memory under 10,000 of them. */
import { bareSide, rivuletSide, type Side } from "../fan_out_sides.ts";
import type { Line } from "../job.ts";
import { hold } from "../processes.ts";
import type { Row } from "../table.ts";

const HOLD_MB = 400; // for 10,000
const SETTLE_MS = 3_000; // after the last connection, for a collection and the first digest
const KIB_IN_MB = 1_024;

export async function idleSockets(count: number): Promise<Row[]> {
  const ours = await resident(await rivuletSide(), count, (side) => side.job.receiver);
  const quiet = await resident(await rivuletSide(), count, (side) => side.job.sender);
  const bare = await resident(await bareSide(), count, (side) => side.job.receiver);
  const row = (what: string, { before, after }: Resident): Row => ({
    what: `${count} idle sockets, ${what} (RSS)`,
    ours: `${after} MB (${before} MB with none)`,
    theirs: `${bare.after} MB bare Deno (${bare.before} MB with none)`,
    ratio: after / bare.after,
    hold: `≤ ${HOLD_MB} MB`,
    held: after <= HOLD_MB,
  });
  return [row("following a room", ours), row("following nothing", quiet)];
}

interface Resident {
  before: number;
  after: number;
}

async function resident(side: Side, count: number, lineOf: (side: Side) => Line): Promise<Resident> {
  try {
    const before = await residentMb(side.pid);
    const { port, keepAlive } = side.job;
    const loader = await hold({ kind: "idle", port, keepAlive, count, line: lineOf(side) });
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const after = await residentMb(side.pid);
    console.error(`  ${side.name}: ${loader.line}, RSS ${before} MB, then ${after} MB`);
    await loader.stop();
    return { before, after };
  } finally {
    await side.stop();
  }
}

/** The resident set of a process, in MB. Reads /proc, so Linux only. */
async function residentMb(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const kib = Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]);
  return Math.round(kib / KIB_IN_MB);
}
