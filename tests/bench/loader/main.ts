/** The loader: one process, one job from the command line, one line of JSON out. Loopback only. */
import type { Idle, Job } from "../job.ts";
import { fanOut } from "./fan_out.ts";
import { createLoop } from "./loop.ts";
import { sends } from "./sends.ts";
import { inTurn, openSockets } from "./socket.ts";

const IDLE_BUFFER_BYTES = 1_024;
const IDLE_TURN_MS = 20; // the rest of this process (stdin) gets its turn in between

const job: Job = JSON.parse(Deno.args[0] ?? "");
switch (job.kind) {
  case "fan_out":
    say(fanOut(job));
    break;
  case "sends":
    say(sends(job));
    break;
  case "idle":
    await idle(job);
}
Deno.exit();

function say(result: unknown) {
  console.log(JSON.stringify(result));
}

/** Until stdin ends, which it also does when the bench dies. */
async function idle({ port, keepAlive, count, lines, once }: Idle) {
  const loop = createLoop();
  const options = { port, keepAlive, heard() {}, bufferBytes: IDLE_BUFFER_BYTES };
  const from = performance.now();
  const sockets = openSockets(loop, inTurn(lines, count).map((line) => ({ ...options, line })));
  say({ open: sockets.filter((socket) => socket.open()).length, ms: performance.now() - from });
  if (once) return;
  let over = false;
  Deno.stdin.readable.pipeTo(new WritableStream()).finally(() => over = true);
  while (!over) {
    loop.turn(IDLE_TURN_MS);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
