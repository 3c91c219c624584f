/**
 * `deno task abuse [probe…]`: what one signed-in person can do to the others, measured. The rule: another's send stays
 * under 3 × its calm p99, memory stays under the probe's bound, and SIGTERM ends the process within 5 s. Exits with 1
 * where it is broken. On loopback only, about half a minute a probe.
 */
import type { Probe } from "./probe.ts";
import { probes } from "./probes.ts";
import { type Trial, tryOut } from "./trial.ts";

const SLOWER_MAX = 3;
const END_MAX_MS = 5_000;
const RESIDENT_MAX_MB = 450;

const names = Deno.args;
const unknown = names.filter((name) => !probes.some((it) => it.name === name));
if (unknown.length > 0) throw new Error(`There is no probe ${unknown.join(", ")}`);

const HEADINGS = [
  "probe",
  "p50 calm",
  "p50",
  "p99 calm",
  "p99",
  "max",
  "CPU calm",
  "CPU",
  "turn calm",
  "turn",
  "RSS before",
  "RSS peak",
];
const rows = [[...HEADINGS, "RSS after", "SIGTERM", "broken"]];
for (const probe of names.length === 0 ? probes : probes.filter((it) => names.includes(it.name))) {
  console.error(`${probe.name}: ${probe.does}`);
  const trial = await tryOut(probe);
  rows.push(rowOf(probe, trial));
  console.error(rows.at(-1)?.join(" | "));
}
console.log(
  rows.map((row) => `| ${row.join(" | ")} |`).toSpliced(1, 0, `|${" --- |".repeat(rows[0]?.length ?? 0)}`).join("\n"),
);
Deno.exit(rows.slice(1).every((row) => row.at(-1) === "") ? 0 : 1);

function rowOf(
  probe: Probe,
  { calm, attacked, calmCpu, attackedCpu, calmTurn, attackedTurn, before, peak, after, ended }: Trial,
): string[] {
  const broken = [
    attacked.p99 > SLOWER_MAX * calm.p99 ? `${(attacked.p99 / calm.p99).toFixed(1)} × p99` : "",
    peak > (probe.residentMaxMb ?? RESIDENT_MAX_MB) ? `over ${probe.residentMaxMb ?? RESIDENT_MAX_MB} MB` : "",
    ended > END_MAX_MS ? "did not end" : "",
  ];
  const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  return [
    probe.name,
    ms(calm.p50),
    ms(attacked.p50),
    ms(calm.p99),
    ms(attacked.p99),
    ms(attacked.max),
    `${calmCpu.toFixed(0)} %`,
    `${attackedCpu.toFixed(0)} %`,
    ms(calmTurn),
    ms(attackedTurn),
    `${before} MB`,
    `${peak} MB`,
    `${after} MB`,
    ms(ended),
    broken.filter((it) => it !== "").join(", "),
  ];
}
