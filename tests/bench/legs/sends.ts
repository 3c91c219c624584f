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
import { middle, spread } from "../rounds.ts";
import { ms, rate, type Row } from "../table.ts";

const SENDERS = 50;
const PIPELINED = 8;
const HOLD = 4; // times the one-by-one commits
const HOLD_LONE = { p50Ms: 0.3, p99Ms: 1, commits: 1.7 }; // both, or p50 of so many one-by-one commits of the same
const TEXT = "x".repeat(120);

export async function durableSends(seconds: number, rounds: number): Promise<Row[]> {
  const lone: Lone[] = [];
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
    const alone = { ...job, senders: job.senders.slice(0, 1), window: 1, seconds };
    for (let round = 0; round < rounds; round++) {
      const { read } = await commits(seconds);
      const result = await load<Sends>(alone);
      console.error(`  alone, commits of the same ${read.toFixed(0)}/s: ${JSON.stringify(result)}`);
      lone.push({ ...result, commitMs: 1_000 / read });
    }
  } finally {
    await rivulet.stop();
  }
  const after = await commits(seconds);
  console.error(`  one-by-one commits a second: ${JSON.stringify({ before, after })}`);
  // A disk has its moods: the better one counts.
  const same = Math.max(before.read, after.read);
  const bare = Math.max(before.message, after.message);
  const many = results.flatMap((result, i): Row[] => {
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
  return [loneRow(lone), ...many];
}

interface Lone extends SendsResult {
  /** How long a one-by-one commit of the same took, right before. */
  commitMs: number;
}

function loneRow(lone: Lone[]): Row {
  const [p50s, p99s] = [lone.map(({ p50Ms }) => p50Ms), lone.map(({ p99Ms }) => p99Ms)];
  const commitsMs = lone.map(({ commitMs }) => commitMs);
  const ratio = middle(lone.map(({ p50Ms, commitMs }) => p50Ms / commitMs));
  const fine = (value: number) => `${value.toFixed(2)} ms`;
  const isSoon = middle(p50s) <= HOLD_LONE.p50Ms && middle(p99s) <= HOLD_LONE.p99Ms;
  return {
    what: `a lone sender's ack, p50 and p99 (rounds: ${lone.length})`,
    ours: `${fine(middle(p50s))}${spread(p50s, fine)}, ${fine(middle(p99s))}${spread(p99s, fine)}`,
    theirs: `${fine(middle(commitsMs))}${spread(commitsMs, fine)} one-by-one KV commit of the same`,
    ratio,
    hold: `≤ ${HOLD_LONE.p50Ms}, ${HOLD_LONE.p99Ms} ms, or ≤ ${HOLD_LONE.commits} ×`,
    held: (isSoon || ratio <= HOLD_LONE.commits) && lone.every(({ sent, acked }) => sent === acked),
  };
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
