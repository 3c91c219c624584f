/** Durable acknowledged sends: many people in as many rooms, against one-by-one commits of the same on the same disk. */
import type { Sends, SendsResult } from "../job.ts";
import { load, runScript } from "../processes.ts";
import {
  ACK,
  caller,
  createPeople,
  createRoom,
  KEEP_ALIVE,
  makeDataDir,
  type Rivulet,
  sendFrame,
  startRivulet,
} from "../rivulet.ts";
import { ms, rate, type Row } from "../table.ts";

const SENDERS = 50;
const PIPELINED = 8;
const HOLD = 4; // times the one-by-one commits
const TEXT = "x".repeat(120);

export async function durableSends(seconds: number): Promise<Row[]> {
  const before = await commits(seconds);
  const rivulet = await startRivulet();
  const results: SendsResult[] = [];
  try {
    const job = await prepare(rivulet);
    for (const window of [1, PIPELINED]) {
      const result = await load<Sends>({ ...job, window, seconds });
      console.error(`  sends, window ${window}: ${JSON.stringify(result)}`);
      results.push(result);
    }
  } finally {
    await rivulet.stop();
  }
  const after = await commits(seconds);
  console.error(`  one-by-one commits a second: ${JSON.stringify({ before, after })}`);
  // A disk has its moods: the better one counts.
  const same = Math.max(before.read, after.read);
  const bare = Math.max(before.message, after.message);
  return results.flatMap((result, i): Row[] => {
    const what = `durable sends/s, ${SENDERS} people in ${SENDERS} rooms, ${
      i === 0 ? "one" : PIPELINED
    } under way each`;
    const whole = result.refused === 0 && result.acked === result.sent;
    const ours = `${rate(result.acksPerSecond)} (p99 ${ms(result.p99Ms)})${whole ? "" : " (incomplete)"}`;
    const [ratio, bareRatio] = [result.acksPerSecond / same, result.acksPerSecond / bare];
    return [
      {
        what,
        ours,
        theirs: `${rate(same)} one-by-one KV commits of the same`,
        ratio,
        ...(i === 0 && { hold: `≥ ${HOLD} ×`, held: ratio >= HOLD && whole }),
      },
      { what, ours, theirs: `${rate(bare)} without the sender's read mark`, ratio: bareRatio },
    ];
  });
}

/** Everybody has a room of their own. */
async function prepare(rivulet: Rivulet): Promise<Omit<Sends, "window" | "seconds">> {
  const people = await createPeople(rivulet, SENDERS);
  const senders = people.map(async (person, i) => {
    const room = await createRoom(person, `bench ${i}`);
    return { line: caller(person), message: sendFrame(room, TEXT) };
  });
  return {
    kind: "sends",
    port: rivulet.server.port,
    keepAlive: KEEP_ALIVE,
    senders: await Promise.all(senders),
    ack: ACK,
  };
}

interface Commits {
  /** A second: of the message alone, and with the sender's read mark and its event, as Rivulet stores it. */
  message: number;
  read: number;
}

async function commits(seconds: number): Promise<Commits> {
  const folder = await makeDataDir();
  try {
    return await runScript<Commits>("peers/kv_commits.ts", [folder, String(seconds), String(SENDERS)]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
