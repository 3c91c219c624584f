/** What a long history costs: the start of the server and the opening of a room, with 1 M messages and with few. */
import { startServer } from "../../support/server.ts";
import { runScript } from "../processes.ts";
import { createRoom, makeDataDir, startRivulet } from "../rivulet.ts";
import { ms, type Row } from "../table.ts";

const FEW = 100;
const STARTS = 5; // of each; the median counts
const OPENINGS = 40; // of each room, warm; the median counts
const HOLD_MANY = 1_000_000; // messages that the figures are held for
const HOLD_START_MS = 1_000;
const HOLD_SLOWER = 1.25; // "no slower": within what two runs of one and the same thing differ by
const SEED_DEADLINE_MS = 600_000;

/** Fills a room with `many` messages and measures; the folder is gone afterwards. */
export async function startUp(many: number): Promise<Row[]> {
  const empty = await makeDataDir();
  const full = await makeDataDir();
  try {
    await (await startRivulet(empty)).stop();
    const rooms = await fill(full, many);
    const startEmpty = median(await starts(empty));
    const startFull = median(await starts(full));
    const open = await openings(full, rooms);
    const label = `${many / 1e6} M`;
    return [
      {
        what: `start to the first /healthz 200, ${label} messages stored`,
        ours: ms(startFull),
        theirs: `${ms(startEmpty)} with none`,
        ratio: startFull / startEmpty,
        ...(many >= HOLD_MANY && {
          hold: `≤ ${HOLD_START_MS} ms, no slower`,
          held: startFull <= HOLD_START_MS && startFull <= startEmpty * HOLD_SLOWER,
        }),
      },
      {
        what: `GET /rooms/<id> of ${label} messages`,
        ours: ms(open.many),
        theirs: `${ms(open.few)} of ${FEW}`,
        ratio: open.many / open.few,
        ...(many >= HOLD_MANY && { hold: "same", held: open.many <= open.few * HOLD_SLOWER }),
      },
    ];
  } finally {
    await Deno.remove(empty, { recursive: true });
    await Deno.remove(full, { recursive: true });
  }
}

interface Rooms {
  few: string;
  many: string;
}

async function fill(dataDir: string, many: number): Promise<Rooms> {
  const rivulet = await startRivulet(dataDir);
  const seqs: number[] = [];
  const rooms: string[] = [];
  try {
    for (const name of ["few", "many"]) {
      const room = await createRoom(rivulet.api, name);
      rooms.push(room);
      const key = `first_${name}`.padEnd(16, "_");
      const { message } = await rivulet.api.call("messages.send", { room, text: `In ${name}, the first.`, key });
      seqs.push(message.seq);
    }
  } finally {
    await rivulet.stop();
  }
  const [few = "", manyRoom = ""] = rooms;
  const [fewSeq = 0, manySeq = 0] = seqs;
  await runScript("seed.ts", [dataDir, few, String(fewSeq), String(FEW - 1)], SEED_DEADLINE_MS);
  await runScript("seed.ts", [dataDir, manyRoom, String(manySeq), String(many - 1)], SEED_DEADLINE_MS);
  return { few, many: manyRoom };
}

async function starts(dataDir: string): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const from = performance.now();
    const server = await startServer({ dataDir, env: { LIMITS: "off" } });
    const response = await fetch(`${server.url}/healthz`);
    await response.body?.cancel();
    times.push(performance.now() - from);
    await server.stop();
    if (response.status !== 200) throw new Error(`/healthz answered ${response.status}`);
  }
  console.error(`  starts: ${times.map((time) => ms(time)).join(", ")}`);
  return times;
}

async function openings(dataDir: string, { few, many }: Rooms): Promise<Record<keyof Rooms, number>> {
  const { server, api, stop } = await startRivulet(dataDir);
  const open = async (room: string) => {
    const from = performance.now();
    const response = await fetch(`${server.url}/rooms/${room}`, { headers: api.headers() });
    await response.text();
    if (response.status !== 200) throw new Error(`/rooms/${room} answered ${response.status}`);
    return performance.now() - from;
  };
  const times: Record<keyof Rooms, number[]> = { few: [], many: [] };
  try {
    for (let i = -OPENINGS; i < OPENINGS; i++) {
      const one = { few: await open(few), many: await open(many) };
      if (i < 0) continue; // warming up
      times.few.push(one.few);
      times.many.push(one.many);
    }
  } finally {
    await stop();
  }
  return { few: median(times.few), many: median(times.many) };
}

function median(times: number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
}
