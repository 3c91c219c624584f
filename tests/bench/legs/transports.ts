/** The three transports side by side, on one machine in one run: what each delivers, how soon, and what it costs. */
import type { Api } from "../../support/api.ts";
import { type Server, startServer } from "../../support/server.ts";
import type { FanOut, FanOutResult, Line } from "../job.ts";
import { canPin, cpuSeconds, hold, load, pin, residentMb } from "../processes.ts";
import {
  ACK,
  caller,
  createPeople,
  createRoom,
  follower,
  KEEP_ALIVE,
  makeDataDir,
  sendFrame,
  startRivulet,
} from "../rivulet.ts";
import { ms, rate, type Row } from "../table.ts";

const POLLS_A_PERSON = 8; // the server's limit: pollers are spread over as many people, and the others like them
const LATENCY_RECEIVERS = 20; // a team in a room
const LATENCY_PER_SECOND = 10;
/**
 * For latency the server and its clients have a core each, as on two machines. Left alone, Linux wakes a reader on the
 * writer's core, where it waits until the writer has nothing to do, with the other core idle: measured, up to 2 ms.
 * Where that cannot be had they share what there is, and the row says so.
 */
const CORES = { server: 0, clients: 1 };
const FAN_OUT_RECEIVERS = 500;
const FAN_OUT_WINDOW = 64;
const ROUNDS = 7;
const SETTLE_MS = 3_000; // after the last connection, for a collection and the first digest
const IDLE_MS = 30_000; // a poll lasts 25 s: each is asked anew at least once
const HOLD_POLL_LATENCY = 1.5; // times the WebSocket's p50
const HOLD_SSE_FAN_OUT = 0.7; // of the WebSocket's
const HOLD_BYTES = 320;

const transports = ["ws", "sse", "poll"] as const;
type Transport = (typeof transports)[number];
const names: Record<Transport, string> = { ws: "WebSocket", sse: "SSE", poll: "long-poll" };

type Round = Record<Transport, FanOutResult>;

interface Measured {
  latency: FanOutResult;
  fanOut: FanOutResult;
  /** Everything came, in every run. */
  whole: boolean;
  idleMb: number;
  beforeMb: number;
  /** The part of one core that idle connections keep busy. */
  idleBusy: number;
}

/**
 * Measures each with `idle` connections that do nothing. Each gets a fresh process over the same data. Latency and
 * fan-out are measured several times, one transport after the other. The machine's own speed changes within minutes, so
 * a ratio is that of one round, and the middle round's counts; of the figures themselves each transport's middle one.
 */
export async function transportsSideBySide(seconds: number, idle: number): Promise<Row[]> {
  const dataDir = await makeDataDir();
  try {
    const rivulet = await startRivulet(dataDir);
    const room = await createRoom(rivulet.api, "bench");
    const people = await createPeople(rivulet, Math.ceil(Math.max(idle, FAN_OUT_RECEIVERS) / POLLS_A_PERSON));
    await Promise.all(people.map((person) => person.call("rooms.join", { room })));
    await rivulet.server.stop();
    const cores = await canPin(Object.values(CORES)) ? CORES : undefined;
    const bench = { dataDir, port: rivulet.server.port, api: rivulet.api, people, room };
    const latencies: Round[] = [];
    const fanOuts: Round[] = [];
    const pace = { perSecond: LATENCY_PER_SECOND };
    const window = { window: FAN_OUT_WINDOW };
    for (let round = 0; round < ROUNDS; round++) {
      latencies.push(
        await inTurn((it) => run(bench, it, { receivers: LATENCY_RECEIVERS, pace, seconds, cores })),
      );
      fanOuts.push(await inTurn((it) => run(bench, it, { receivers: FAN_OUT_RECEIVERS, pace: window, seconds })));
    }
    const all = new Map<Transport, Measured>();
    for (const it of transports) {
      const latency = middle(latencies.map((round) => round[it]), ({ p50Ms }) => p50Ms);
      const fanOut = middle(fanOuts.map((round) => round[it]), ({ deliveriesPerSecond }) => deliveriesPerSecond);
      const whole = [...latencies, ...fanOuts].every((round) => isWhole(round[it]));
      all.set(it, { latency, fanOut, whole, ...await idleCost(bench, it, idle) });
    }
    const later = middle(latencies.map(({ poll, ws }) => poll.p50Ms / ws.p50Ms), Number);
    const less = middle(fanOuts.map(({ sse, ws }) => sse.deliveriesPerSecond / ws.deliveriesPerSecond), Number);
    return rows(all, { later, less }, idle, cores !== undefined);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

async function inTurn(measure: (transport: Transport) => Promise<FanOutResult>): Promise<Round> {
  const sse = await measure("sse"); // the two others are measured against the WebSocket, so it comes between them
  return { sse, ws: await measure("ws"), poll: await measure("poll") };
}

interface Bench {
  dataDir: string;
  port: number;
  api: Api;
  people: Api[];
  room: string;
}

async function run(
  bench: Bench,
  transport: Transport,
  { receivers, pace, seconds, cores }: Pick<FanOut, "receivers" | "pace" | "seconds"> & {
    cores?: typeof CORES | undefined;
  },
): Promise<FanOutResult> {
  const server = await serve(bench);
  try {
    if (cores) await pin(server.pid, cores.server);
    const [lines, sender] = [linesOf(bench, transport), caller(bench.api)];
    const common = { port: bench.port, keepAlive: KEEP_ALIVE, lines, sender, ack: ACK };
    const message = sendFrame(bench.room, "%M");
    const result = await load<FanOut>(
      { kind: "fan_out", ...common, message, receivers, pace, seconds },
      cores?.clients,
    );
    console.error(`  ${transport} ${JSON.stringify(pace)} ${JSON.stringify(result)}`);
    return result;
  } finally {
    await server.stop();
  }
}

function middle<T>(runs: T[], by: (run: T) => number): T {
  const sorted = runs.toSorted((a, b) => by(a) - by(b));
  const found = sorted[Math.floor(sorted.length / 2)];
  if (found === undefined) throw new Error("nothing was measured");
  return found;
}

function serve({ port, dataDir }: Bench): Promise<Server> {
  return startServer({ port, dataDir, env: { LIMITS: "off" } });
}

async function idleCost(bench: Bench, transport: Transport, count: number) {
  const server = await serve(bench);
  try {
    const beforeMb = await residentMb(server.pid);
    const loader = await hold({
      kind: "idle",
      port: bench.port,
      keepAlive: KEEP_ALIVE,
      count,
      lines: linesOf(bench, transport),
    });
    await wait(SETTLE_MS);
    const before = await cpuSeconds(server.pid);
    await wait(IDLE_MS);
    const idleBusy = (await cpuSeconds(server.pid) - before) / (IDLE_MS / 1_000);
    const idleMb = await residentMb(server.pid);
    console.error(
      `  ${loader.line}, RSS ${beforeMb} MB, then ${idleMb} MB, ${(100 * idleBusy).toFixed(1)} % of a core`,
    );
    await loader.stop();
    return { beforeMb, idleMb, idleBusy };
  } finally {
    await server.stop();
  }
}

function linesOf({ people, room }: Bench, transport: Transport): Line[] {
  return people.map((person) => lineOf(transport, person, room));
}

function lineOf(transport: Transport, person: Api, room: string): Line {
  const stream = `room:${room}`;
  const headers = person.headers();
  if (transport === "ws") return follower(person, room);
  if (transport === "poll") {
    return { transport, path: "/live/poll", headers, steps: [], streams: `{"${stream}":"now"}` };
  }
  const path = `/live/sse?v=1&compact=true&streams=${encodeURIComponent(stream)}`;
  return { transport, path, headers, steps: [{ hear: "event: followed" }] };
}

function rows(
  all: Map<Transport, Measured>,
  { later, less }: { later: number; less: number },
  idle: number,
  arePinned: boolean,
): Row[] {
  const of = (transport: Transport) => {
    const found = all.get(transport);
    if (!found) throw new Error(`${transport} was not measured`);
    return found;
  };
  const formatted = (tell: (measured: Measured) => string) =>
    transports.map((it) => `${names[it]} ${tell(of(it))}`).join(" · ");
  const [ws, sse, poll] = [of("ws"), of("sse"), of("poll")];
  return [
    {
      what: `latency p50, p99 at ${LATENCY_PER_SECOND}/s to ${LATENCY_RECEIVERS} followers` +
        (arePinned ? "" : ", server and clients not kept on cores of their own"),
      ours: formatted(({ latency }) => `${ms(latency.p50Ms)}, ${ms(latency.p99Ms)}`),
      ratio: later,
      hold: `long-poll's p50 ≤ ${HOLD_POLL_LATENCY} × WebSocket's`,
      held: later <= HOLD_POLL_LATENCY && ws.whole && poll.whole,
    },
    {
      what: `deliveries/s, ${FAN_OUT_RECEIVERS} followers, ${FAN_OUT_WINDOW} in flight`,
      ours: formatted(({ fanOut, whole }) => `${rate(fanOut.deliveriesPerSecond)}${whole ? "" : " (incomplete)"}`),
      ratio: less,
      hold: `SSE's ≥ ${HOLD_SSE_FAN_OUT} × WebSocket's`,
      held: less >= HOLD_SSE_FAN_OUT && sse.whole,
    },
    {
      what: `bytes for each line of 120 characters (20 words) that comes, at ${LATENCY_PER_SECOND}/s`,
      ours: formatted(({ latency }) => String(Math.round(latency.bytesPerDelivery))),
      hold: `≤ ${HOLD_BYTES}, but for long-poll's own heads`,
      held: Math.max(ws.latency.bytesPerDelivery, sse.latency.bytesPerDelivery) <= HOLD_BYTES,
    },
    {
      what: `memory of an idle follower (KB), ${idle} of them`,
      ours: formatted(({ beforeMb, idleMb }) => `${Math.round((1_024 * (idleMb - beforeMb)) / idle)}`),
    },
    {
      what: `of one core for ${idle} idle followers`,
      ours: formatted(({ idleBusy }) => `${(100 * idleBusy).toFixed(1)} %`),
    },
  ];
}

function isWhole({ sent, receivers, delivered, refused, ended }: FanOutResult): boolean {
  return delivered === sent * receivers && refused === 0 && ended === 0;
}

function wait(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}
