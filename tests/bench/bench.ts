/**
 * `deno task bench [--quick | --full] [--only=<leg>,…] [--rounds=5] [--minutes=90]`: the figures to hold
 * (tests/README.md, Figures to hold), each with both sides measured in this one run on this one machine, the client
 * included. Every server is a process of its own, so is its loader. Legs that would begin past the minutes are left out.
 */
import { durableSends } from "./legs/sends.ts";
import { fanOut, latency } from "./legs/fan_out.ts";
import { growth } from "./legs/growth.ts";
import { idleSockets } from "./legs/idle.ts";
import { kvWork } from "./legs/kv_work.ts";
import { transportsSideBySide } from "./legs/transports.ts";
import { manyRooms } from "./legs/rooms.ts";
import { pages } from "./legs/pages.ts";
import { resume } from "./legs/resume.ts";
import { startUp } from "./legs/start_up.ts";
import { killAll } from "./processes.ts";
import { removeDataDirs } from "./rivulet.ts";
import { type Row, table } from "./table.ts";

const quick = Deno.args.includes("--quick");
const full = Deno.args.includes("--full");
const option = (name: string) =>
  Deno.args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + "--=".length);
const only = option("only")?.split(",");
const rounds = Number(option("rounds") ?? (quick ? 1 : 5));
const end = performance.now() + Number(option("minutes") ?? 90) * 60_000;
const seconds = quick ? 2 : 4;

const SIZES = [
  { rooms: 10, people: 100, messages: 0 },
  { rooms: 1_000, people: 5_000, messages: 10_000 },
  { rooms: 5_000, people: 20_000, messages: 100_000 },
];

const legs: Record<string, () => Promise<Row[]>> = {
  fan_out: () =>
    fanOut({
      receivers: 500,
      seconds,
      rounds,
      windows: [
        { inFlight: 64, holdCentrifugo: 2, holdSocketIo: 10, holdBare: 5 },
        { inFlight: 4, holdCentrifugo: 1.5, holdSocketIo: 2 },
      ],
    }),
  latency: () => latency({ receivers: 500, perSecond: 400, seconds, rounds, hold: 50 }),
  small_room: () =>
    fanOut({
      receivers: 50,
      seconds,
      rounds,
      windows: [{ inFlight: 1, holdSocketIo: 0.8 }, { inFlight: 4, holdSocketIo: 1.5 }],
    }),
  quiet_room: () => latency({ receivers: 20, perSecond: 10, seconds, rounds, hold: 10, holdCentrifugo: 2 }),
  sends: () => durableSends(seconds, rounds),
  many_rooms: () => manyRooms({ seconds, rounds }),
  growth: () => growth(quick ? SIZES.slice(0, 2) : SIZES, { seconds, rounds }),
  idle: () => idleSockets(quick ? 1_000 : 10_000),
  start_up: () => startUp(quick ? 20_000 : 1_000_000),
  kv_work: kvWork,
  pages: () => pages(quick ? 1_000 : 5_000),
  resume: () => resume(quick ? 500 : 5_000),
  transports: () => transportsSideBySide(seconds, quick ? 200 : 2_000),
  ...(full && {
    fan_out_5000: () =>
      fanOut({
        receivers: 5_000,
        seconds,
        rounds,
        windows: [
          { inFlight: 4, holdCentrifugo: 1.5, holdSocketIo: 3 },
          { inFlight: 64, holdCentrifugo: 7, holdSocketIo: 5 },
        ],
      }),
  }),
};

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => Deno.exit(1));
}
globalThis.addEventListener("unload", () => {
  killAll();
  removeDataDirs();
});

const rows: Row[] = [];
const failed: string[] = [];
for (const [name, leg] of Object.entries(legs)) {
  if (only && !only.includes(name)) continue;
  if (performance.now() > end) {
    failed.push(`${name}: was left out, as the time is over (--minutes)`);
    continue;
  }
  console.error(`${name} …`);
  try {
    rows.push(...await leg());
  } catch (error) {
    failed.push(`${name}: ${error instanceof Error ? error.message : error}`);
    console.error(error);
  }
}

const { deno } = Deno.version;
console.log(`\nDeno ${deno}, ${Deno.build.os}, ${navigator.hardwareConcurrency} cores, ${seconds} s each\n`);
console.log(table(rows));
for (const line of failed) console.log(`failed: ${line}`);
Deno.exit(failed.length > 0 || rows.some(({ held }) => held === false) ? 1 : 0);
