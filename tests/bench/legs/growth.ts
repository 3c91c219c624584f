/** Whether a send costs the same in a large workspace: more rooms, more people, and more messages in the room. */
import { openDatabase } from "../../../lib/server/kv/open.ts";
import { seedPeople, seedRooms } from "../../support/many.ts";
import type { Sends } from "../job.ts";
import { load, runScript } from "../processes.ts";
import { ACK, caller, createRoom, KEEP_ALIVE, makeDataDir, sendFrame, startRivulet } from "../rivulet.ts";
import { inRounds, middle, spread } from "../rounds.ts";
import { rate, type Row } from "../table.ts";

const TEXT = "x".repeat(120);
const IN_FLIGHT = 8;
const SAME = 1.2; // times the CPU of a send in the smallest
const SEED_DEADLINE_MS = 600_000;

export interface Size {
  rooms: number;
  people: number;
  messages: number;
}

/** Sends in workspaces of these sizes, each a server of its own, in turn. The first is what the others are held against. */
export async function growth(
  sizes: Size[],
  { seconds, rounds }: { seconds: number; rounds: number },
): Promise<Row[]> {
  const sites: Awaited<ReturnType<typeof makeSite>>[] = [];
  try {
    for (const size of sizes) sites.push(await makeSite(size));
    const runners = sites.map(({ name, pid, job }) => ({
      name,
      pid,
      run: () => load<Sends>({ ...job, window: IN_FLIGHT, seconds }),
    }));
    const measured = await inRounds(rounds, runners);
    const costs = (name: string) =>
      measured.rounds.map((round) => {
        const run = round.get(name);
        return run ? (1e6 * run.cpu) / Math.max(1, run.result.acked) : NaN;
      });
    const speed = (name: string) =>
      middle(measured.rounds.map((round) => round.get(name)?.result.acksPerSecond ?? NaN));
    const [least] = sites;
    return sites.map(({ name }, at): Row => {
      const told = (name: string) => `${rate(speed(name))}/s, ${Math.round(middle(costs(name)))} µs CPU`;
      const row = { what: `a send with ${name} (${measured.said})`, ours: told(name) };
      if (!least || at === 0) return row;
      const ratios = costs(name).map((cost, round) => cost / (costs(least.name)[round] ?? NaN));
      const ratio = middle(ratios);
      const theirs = `${told(least.name)} with ${least.name}${spread(ratios, (it) => `${it.toFixed(2)} ×`)}`;
      return { ...row, theirs, ratio, hold: `≤ ${SAME} × CPU`, held: ratio <= SAME };
    });
  } finally {
    for (const site of sites) await site.stop();
  }
}

async function makeSite({ rooms, people, messages }: Size) {
  const dataDir = await makeDataDir();
  const before = await startRivulet(dataDir);
  const room = await createRoom(before.api, "bench");
  const key = "growth_first_message";
  const { message } = await before.api.call("messages.send", { room, text: TEXT, key });
  await before.stop();
  const { db } = await openDatabase({ dataDir });
  const named = Array.from({ length: rooms }, (_, at) => `room${String(at).padStart(8, "0")}`);
  await seedRooms(db, room, { named });
  await seedPeople(db, people, room);
  db.close();
  const seeding = [dataDir, room, String(message.seq), String(messages)];
  if (messages > 0) await runScript("seed.ts", seeding, SEED_DEADLINE_MS);
  const { server, api, stop } = await startRivulet(dataDir);
  return {
    name: `${rooms} rooms, ${people} people in it, ${messages} messages`,
    pid: server.pid,
    job: {
      kind: "sends" as const,
      port: server.port,
      keepAlive: KEEP_ALIVE,
      senders: [{ line: caller(api), message: sendFrame(room, TEXT) }],
      ack: ACK,
    },
    async stop() {
      await stop();
      await Deno.remove(dataDir, { recursive: true });
    },
  };
}
