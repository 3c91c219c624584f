/** The attack's own process: `attack.ts <probe> <target as JSON>`. Ends by itself some time after it should be over. */
import type { Target } from "./probe.ts";
import { probes } from "./probes.ts";

const LIFE_MS = 60_000;

const [name, json = "{}"] = Deno.args;
const target: Target = JSON.parse(json);
const probe = probes.find((it) => it.name === name);
if (!probe) throw new Error(`There is no probe ${name}`);
await probe.attack(target, AbortSignal.timeout(LIFE_MS), (line) => console.error(`  ${name}: ${line}`));
