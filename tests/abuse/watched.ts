/** The server, and beside it a look at the turns of its loop: says each second how long the longest one was. */
import "../../main.ts";

const LOOK_MS = 2;
const SAY_MS = 1_000;

/** CPU time of the main thread in ms: what other processes have of the cores is left out. */
function spent(): number {
  return Number(Deno.readTextFileSync("/proc/thread-self/schedstat").split(" ")[0]) / 1_000_000;
}

let [last, longest] = [spent(), 0];
Deno.unrefTimer(setInterval(() => {
  const now = spent();
  longest = Math.max(longest, now - last);
  last = now;
}, LOOK_MS));
Deno.unrefTimer(setInterval(() => {
  console.error(`turn ${longest.toFixed(1)}`);
  longest = 0;
}, SAY_MS));
