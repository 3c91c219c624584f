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
import { inRounds, middle, type Round, type Rounds, type Run, spread } from "../rounds.ts";
import { ms, rate, type Row } from "../table.ts";

const RIVULET = "Rivulet";

interface Size {
  receivers: number;
  seconds: number;
  rounds: number;
}

export interface FanOutOptions extends Size {
  /** By messages in flight: the ratios to hold against Centrifugo, Socket.IO, and the bare loop. */
  windows: { inFlight: number; holdCentrifugo?: number; holdSocketIo: number; holdBare?: number }[];
}

export interface LatencyOptions extends Size {
  perSecond: number;
  /** Of p99, ms. */
  hold: number;
  /** Of p50, times Centrifugo's. */
  holdCentrifugo?: number;
}

type Measured = Rounds<FanOutResult>;

/** Runs every side in turn, round after round; a ratio is that of one round, and the middle round's counts. */
export async function fanOut({ windows, ...size }: FanOutOptions): Promise<Row[]> {
  const measured = await measure(size, windows.map(({ inFlight }) => ({ window: inFlight })));
  return windows.flatMap(({ inFlight, holdCentrifugo, holdSocketIo, holdBare }, i): Row[] => {
    const { rounds, said } = at(measured, i);
    const what = `fan-out, ${size.receivers} receivers, ${inFlight} in flight (deliveries/s; ${said})`;
    const ours = all(rounds, RIVULET);
    const row = (name: string, hold?: number): Row => {
      const ratios = rounds.map((round) => perSecond(round, RIVULET) / perSecond(round, name));
      const ratio = middle(ratios);
      const theirs = `${told(all(rounds, name))} ${name}${spread(ratios, (it) => `${it.toFixed(1)} ×`)}`;
      const figures = { what, ours: told(ours), theirs, ratio };
      return hold === undefined
        ? figures
        : { ...figures, hold: `≥ ${hold} ×`, held: ratio >= hold && ours.every(({ result }) => whole(result)) };
    };
    const centrifugo = named(rounds, "Centrifugo"); // none where there is no Go
    return [
      ...centrifugo.map((name) => row(name, holdCentrifugo)),
      row(bestSocketIo(rounds), holdSocketIo),
      row("ws"),
      row("bare loop", holdBare),
    ];
  });
}

/** So many messages a second, whatever comes back. */
export async function latency({ perSecond, hold, holdCentrifugo, ...size }: LatencyOptions): Promise<Row[]> {
  const { rounds, said } = at(await measure(size, [{ perSecond }]), 0);
  const p50s = (name: string) => all(rounds, name).map(({ result }) => result.p50Ms);
  const p99s = (name: string) => all(rounds, name).map(({ result }) => result.p99Ms);
  const latencies = (name: string) =>
    `${ms(middle(p50s(name)))}${spread(p50s(name), ms)}, ${ms(middle(p99s(name)))}${spread(p99s(name), ms)}`;
  const areWhole = (name: string) => all(rounds, name).every(({ result }) => whole(result));
  const what = `p50, p99 at ${perSecond}/s to ${size.receivers} receivers (${said})`;
  const others = [...rounds[0]?.keys() ?? []].filter((name) => name !== RIVULET);
  return others.map((name, i): Row => {
    const ratio = middle(rounds.map((round) => of(round, RIVULET).result.p50Ms / of(round, name).result.p50Ms));
    const theirs = `${latencies(name)} ${name}${areWhole(name) ? "" : ", and growing"}`;
    const figures = { what, ours: latencies(RIVULET), theirs, ratio };
    if (holdCentrifugo !== undefined && name.startsWith("Centrifugo")) {
      return { ...figures, hold: `p50 ≤ ${holdCentrifugo} ×`, held: ratio <= holdCentrifugo && areWhole(RIVULET) };
    }
    const held = middle(p99s(RIVULET)) <= hold && areWhole(RIVULET);
    return i === others.length - 1 ? { ...figures, hold: `p99 ≤ ${hold} ms`, held } : figures;
  });
}

/** All sides stay up, so that only what runs differs between two rounds. The rounds of each pace. */
async function measure({ receivers, seconds, rounds }: Size, paces: FanOut["pace"][]): Promise<Measured[]> {
  const sides: Side[] = [];
  try {
    for (const start of [rivuletSide, centrifugoSide, socketIoSide, socketIoOnNodeSide, wsSide, bareSide]) {
      const side = await start(receivers);
      if (side) sides.push(side);
    }
    const measured: Measured[] = [];
    for (const pace of paces) {
      console.error(`  ${JSON.stringify(pace)}`);
      measured.push(
        await inRounds(
          rounds,
          sides.map(({ name, pid, job }) => ({
            name,
            pid,
            run: () => load<FanOut>({ ...job, receivers, seconds, pace }),
          })),
        ),
      );
    }
    return measured;
  } finally {
    for (const side of sides) await side.stop();
  }
}

function at(measured: Measured[], index: number): Measured {
  const found = measured[index];
  if (!found) throw new Error("Nothing was measured");
  return found;
}

function of(round: Round<FanOutResult>, name: string): Run<FanOutResult> {
  const run = round.get(name);
  if (!run) throw new Error(`${name} was not measured`);
  return run;
}

const all = (rounds: Round<FanOutResult>[], name: string) => rounds.map((round) => of(round, name));
const perSecond = (round: Round<FanOutResult>, name: string) => of(round, name).result.deliveriesPerSecond;
const named = (rounds: Round<FanOutResult>[], begin: string) =>
  [...rounds[0]?.keys() ?? []].filter((name) => name.startsWith(begin));

/** The faster of Socket.IO on Deno and on Node: what a team would run. */
function bestSocketIo(rounds: Round<FanOutResult>[]): string {
  const speed = (name: string) => middle(rounds.map((round) => perSecond(round, name)));
  const [best] = named(rounds, "Socket.IO").toSorted((a, b) => speed(b) - speed(a));
  if (best === undefined) throw new Error("Socket.IO was not measured");
  return best;
}

/** Deliveries a second; and what one costs: the server's CPU, that of connecting and of warming up included, and bytes. */
function told(runs: Run<FanOutResult>[]): string {
  const cpu = middle(runs.map(({ cpu, result }) => (1e6 * cpu) / Math.max(1, result.delivered)));
  const bytes = middle(runs.map(({ result }) => result.bytesPerDelivery));
  const isWhole = runs.every(({ result }) => whole(result));
  const speed = rate(middle(runs.map(({ result }) => result.deliveriesPerSecond)));
  return `${speed}${isWhole ? "" : " (incomplete)"}, ${cpu.toFixed(1)} µs CPU and ${Math.round(bytes)} bytes each`;
}

/** Every message arrived everywhere, once. */
function whole({ sent, receivers, delivered, refused, ended }: FanOutResult): boolean {
  return delivered === sent * receivers && refused === 0 && ended === 0;
}
