/** Durable acknowledged sends: many people in as many rooms, against one-by-one commits of the same on the same disk. */
import { type Api, createApi } from "../../support/api.ts";
import type { Sends, SendsResult } from "../job.ts";
import { load, runScript } from "../processes.ts";
import { ACK, caller, createRoom, KEEP_ALIVE, makeDataDir, type Rivulet, sendFrame, startRivulet } from "../rivulet.ts";
import { ms, rate, type Row } from "../table.ts";

const SENDERS = 50;
const PIPELINED = 8;
const HOLD = 4; // times the one-by-one commits
const TEXT = "x".repeat(120);
const PASSWORD = "correct horse battery";

export async function durableSends(seconds: number): Promise<Row[]> {
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
  const onebyone = await commits(seconds);
  return results.map((result, i): Row => {
    const ratio = result.acksPerSecond / onebyone;
    const whole = result.refused === 0 && result.acked === result.sent;
    return {
      what: `durable sends/s, ${SENDERS} people in ${SENDERS} rooms, ${i === 0 ? "one" : PIPELINED} under way each`,
      ours: `${rate(result.acksPerSecond)} (p99 ${ms(result.p99Ms)})${whole ? "" : " (incomplete)"}`,
      theirs: `${rate(onebyone)} one-by-one KV commits`,
      ratio,
      ...(i === 0 && { hold: `≥ ${HOLD} ×`, held: ratio >= HOLD && whole }),
    };
  });
}

/** Everybody joins by one invite and makes a room of their own. */
async function prepare({ server, api }: Rivulet): Promise<Omit<Sends, "window" | "seconds">> {
  const { invite } = await api.call("invites.create", { uses: SENDERS });
  const people = await Promise.all(
    Array.from({ length: SENDERS }, async (_, i): Promise<{ person: Api; room: string }> => {
      const person = createApi(server.url);
      await person.call("auth.signUp", { invite, name: `Sender ${i}`, handle: `sender${i}`, password: PASSWORD });
      return { person, room: await createRoom(person, `bench ${i}`) };
    }),
  );
  return {
    kind: "sends",
    port: server.port,
    keepAlive: KEEP_ALIVE,
    senders: people.map(({ person, room }) => ({ line: caller(person), message: sendFrame(room, TEXT) })),
    ack: ACK,
  };
}

async function commits(seconds: number): Promise<number> {
  const folder = await makeDataDir();
  try {
    const { commitsPerSecond } = await runScript<{ commitsPerSecond: number }>("peers/kv_commits.ts", [
      folder,
      String(seconds),
    ]);
    return commitsPerSecond;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
