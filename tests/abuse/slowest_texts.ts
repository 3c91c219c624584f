/**
 * `deno run -A tests/abuse/slowest_texts.ts [how many]`: which hostile texts take longest to become a message's body, in
 * ms of this process' own time. What else the machine does still shows: a thread that is put off loses what it had cached.
 */
import process from "node:process";
import { excerptOf } from "../../lib/server/messages/excerpt.ts";
import { handlesIn, withMentions } from "../../lib/server/messages/handles.ts";
import { BODY_NODES_MAX, parseBody } from "../../lib/server/messages/markdown.ts";
import { shows } from "../../lib/server/messages/shows.ts";
import { filled, hostileTexts } from "./hostile_texts.ts";

const RUNS = 4; // the quickest counts
const WARM_RUNS = 30;
const ordinary = filled("Two reads, *one* edge: see https://a.test/b and `c`.\n\n- d\n- e\n\n");

/** All that a send does with a text. */
function read(text: string): void {
  const body = parseBody(text, {});
  shows(body, text);
  handlesIn(body, 50);
  const named = withMentions(body, { a: "u1", ann: "u2" }, BODY_NODES_MAX);
  excerptOf(named);
  JSON.stringify(named);
}

function quickest(text: string): number {
  let best = Infinity;
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage();
    read(text);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1_000);
  }
  return best;
}

for (let run = 0; run < WARM_RUNS; run++) read(ordinary);
const times = Object.entries(hostileTexts).map(([what, text]) => ({ what, ms: quickest(text) }));
times.sort((a, b) => b.ms - a.ms);
console.log(
  `An ordinary text of this length takes ${
    quickest(ordinary).toFixed(1)
  } ms; of ${times.length} hostile ones the slowest:`,
);
for (const { what, ms } of times.slice(0, Number(Deno.args[0] ?? 20))) {
  console.log(`${ms.toFixed(1).padStart(6)}  ${what}`);
}
