/** What a connection costs that does nothing: the server's resident memory under 10,000 of them. */
import { bareSide, rivuletSide, type Side } from "../fan_out_sides.ts";
import { hold, residentMb } from "../processes.ts";
import type { Row } from "../table.ts";

const HOLD_MB = 400; // for so many:
const HOLD_COUNT = 10_000;
const SETTLE_MS = 3_000; // after the last connection, for a collection and the first digest

export async function idleSockets(count: number): Promise<Row[]> {
  const ours = await resident(await rivuletSide(count), count);
  const bare = await resident(await bareSide(), count);
  return [{
    what: `${count} idle sockets, each following a room (RSS)`,
    ours: `${ours.after} MB (${ours.before} MB with none)`,
    theirs: `${bare.after} MB bare Deno (${bare.before} MB with none)`,
    ratio: ours.after / bare.after,
    ...(count >= HOLD_COUNT && { hold: `≤ ${HOLD_MB} MB`, held: ours.after <= HOLD_MB }),
  }];
}

interface Resident {
  before: number;
  after: number;
}

async function resident(side: Side, count: number): Promise<Resident> {
  try {
    const before = await residentMb(side.pid);
    const { port, keepAlive, lines } = side.job;
    const loader = await hold({ kind: "idle", port, keepAlive, count, lines });
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const after = await residentMb(side.pid);
    console.error(`  ${side.name}: ${loader.line}, RSS ${before} MB, then ${after} MB`);
    await loader.stop();
    return { before, after };
  } finally {
    await side.stop();
  }
}
