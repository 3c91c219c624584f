/**
 * `deno task bench [--quick | --full] [--only=<leg>]`: the figures to hold (tests/README.md, Figures to hold), each
 * with both sides measured in this one run on this one machine, the client included. Every server is a process of its
 * own, so is its loader.
 */
import { durableSends } from "./legs/sends.ts";
import { fanOut, latency } from "./legs/fan_out.ts";
import { idleSockets } from "./legs/idle.ts";
import { kvWork } from "./legs/kv_work.ts";
import { transportsSideBySide } from "./legs/transports.ts";
import { pages } from "./legs/pages.ts";
import { resume } from "./legs/resume.ts";
import { startUp } from "./legs/start_up.ts";
import { killAll } from "./processes.ts";
import { removeDataDirs } from "./rivulet.ts";
import { type Row, table } from "./table.ts";

const quick = Deno.args.includes("--quick");
const full = Deno.args.includes("--full");
const only = Deno.args.find((arg) => arg.startsWith("--only="))?.slice("--only=".length);
const seconds = quick ? 2 : 6;

const legs: Record<string, () => Promise<Row[]>> = {
  fan_out: () =>
    fanOut({
      receivers: 500,
      seconds,
      windows: [
        { inFlight: 64, holdCentrifugo: 2, holdSocketIo: 10, holdBare: 5 },
        { inFlight: 4, holdCentrifugo: 1.5, holdSocketIo: 2 },
      ],
    }),
  latency: () => latency({ receivers: 500, perSecond: 400, seconds, hold: 50 }),
  small_room: () =>
    fanOut({
      receivers: 50,
      seconds,
      windows: [{ inFlight: 1, holdSocketIo: 0.8 }, { inFlight: 4, holdSocketIo: 1.5 }],
    }),
  quiet_room: () => latency({ receivers: 20, perSecond: 10, seconds, hold: 10 }),
  sends: () => durableSends(seconds),
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
  if (only !== undefined && name !== only) continue;
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
