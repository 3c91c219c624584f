/** Deliveries a second and latency: one message, many receivers. */
import {
  bareSide,
  centrifugoSide,
  rivuletSide,
  type Side,
  socketIoOnNodeSide,
  socketIoSide,
  wsSide,
} from "../fan_out_sides.ts";
import type { FanOut, FanOutResult } from "../job.ts";
import { load } from "../processes.ts";
import { ms, rate, type Row } from "../table.ts";

export interface FanOutOptions {
  receivers: number;
  seconds: number;
  /** By messages in flight: the ratios to hold against Centrifugo, Socket.IO, and the bare loop. */
  windows: { inFlight: number; holdCentrifugo?: number; holdSocketIo: number; holdBare?: number }[];
}

export interface LatencyOptions {
  receivers: number;
  perSecond: number;
  seconds: number;
  /** Of p99, ms. */
  hold: number;
}

type Measured = Map<string, FanOutResult[]>;

/** Runs every side in turn, each in a fresh process, with the same windows. */
export async function fanOut({ receivers, seconds, windows }: FanOutOptions): Promise<Row[]> {
  const measured = await measure(receivers, seconds, windows.map(({ inFlight }) => ({ window: inFlight })));
  return windows.flatMap(({ inFlight, holdCentrifugo, holdSocketIo, holdBare }, i) => {
    const ours = pick(measured, "Rivulet", i);
    const what = `fan-out, ${receivers} receivers, ${inFlight} in flight (deliveries/s)`;
    const row = (name: string, theirs: FanOutResult, hold?: number): Row => {
      const ratio = ours.deliveriesPerSecond / theirs.deliveriesPerSecond;
      const figures = { what, ours: delivered(ours), theirs: `${delivered(theirs)} ${name}`, ratio };
      return hold === undefined ? figures : { ...figures, hold: `≥ ${hold} ×`, held: ratio >= hold && whole(ours) };
    };
    const [name, best] = bestSocketIo(measured, i);
    const centrifugo = [...measured.keys()].filter((it) => it.startsWith("Centrifugo")); // none where there is no Go
    return [
      ...centrifugo.map((it) => row(it, pick(measured, it, i), holdCentrifugo)),
      row(name, best, holdSocketIo),
      row("ws", pick(measured, "ws", i)),
      row("bare loop", pick(measured, "bare loop", i), holdBare),
    ];
  });
}

/** So many messages a second, whatever comes back. */
export async function latency({ receivers, perSecond, seconds, hold }: LatencyOptions): Promise<Row[]> {
  const measured = await measure(receivers, seconds, [{ perSecond }]);
  const ours = pick(measured, "Rivulet", 0);
  const latencies = ({ p50Ms, p99Ms }: FanOutResult) => `${ms(p50Ms)}, ${ms(p99Ms)}`;
  return [...measured].filter(([name]) => name !== "Rivulet").map(([name, [theirs]], i) => ({
    what: `p50, p99 at ${perSecond}/s to ${receivers} receivers`,
    ours: latencies(ours),
    theirs: theirs ? `${latencies(theirs)} ${name}${whole(theirs) ? "" : ", and growing"}` : "",
    ...(theirs && { ratio: ours.p50Ms / theirs.p50Ms }),
    ...(i === 0 && { hold: `p99 ≤ ${hold} ms`, held: ours.p99Ms <= hold && whole(ours) }),
  }));
}

async function measure(receivers: number, seconds: number, paces: FanOut["pace"][]): Promise<Measured> {
  const measured: Measured = new Map();
  for (const start of [rivuletSide, centrifugoSide, socketIoSide, socketIoOnNodeSide, wsSide, bareSide]) {
    const side = await start(receivers);
    if (side) measured.set(side.name, await results(side, receivers, seconds, paces));
  }
  return measured;
}

async function results(side: Side, receivers: number, seconds: number, paces: FanOut["pace"][]) {
  const all: FanOutResult[] = [];
  try {
    for (const pace of paces) {
      const result = await load<FanOut>({ ...side.job, receivers, seconds, pace });
      console.error(`  ${side.name} ${JSON.stringify(pace)} ${JSON.stringify(result)}`);
      all.push(result);
    }
  } finally {
    await side.stop();
  }
  return all;
}

function pick(measured: Measured, name: string, index: number): FanOutResult {
  const result = measured.get(name)?.[index];
  if (!result) throw new Error(`${name} was not measured`);
  return result;
}

/** The faster of Socket.IO on Deno and on Node: what a team would run. */
function bestSocketIo(measured: Measured, index: number): [string, FanOutResult] {
  const all = [...measured.keys()].filter((name) => name.startsWith("Socket.IO"))
    .map((name): [string, FanOutResult] => [name, pick(measured, name, index)]);
  const [best] = all.toSorted(([, a], [, b]) => b.deliveriesPerSecond - a.deliveriesPerSecond);
  if (!best) throw new Error("Socket.IO was not measured");
  return best;
}

function delivered(result: FanOutResult): string {
  return `${rate(result.deliveriesPerSecond)}${whole(result) ? "" : " (incomplete)"}`;
}

/** Every message arrived everywhere, once. */
function whole({ sent, receivers, delivered, refused, ended }: FanOutResult): boolean {
  return delivered === sent * receivers && refused === 0 && ended === 0;
}
