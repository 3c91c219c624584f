/** The loader: one process, one job from the command line, one line of JSON out. Loopback only. */
import type { Idle, Job, Line } from "../job.ts";
import { fanOut } from "./fan_out.ts";
import { sends } from "./sends.ts";
import { openSocket } from "./socket.ts";
import { openMany } from "./span.ts";

const IDLE_BUFFER_BYTES = 1_024;

const job: Job = JSON.parse(Deno.args[0] ?? "");
switch (job.kind) {
  case "fan_out":
    say(await fanOut(job));
    break;
  case "sends":
    say(await sends(job));
    break;
  case "idle":
    await idle(job);
}
Deno.exit();

function say(result: unknown) {
  console.log(JSON.stringify(result));
}

async function idle({ port, keepAlive, count, line }: Idle) {
  const heard = () => {};
  const sockets = await openMany(
    Array(count).fill(line),
    (line: Line) => openSocket({ port, line, keepAlive, heard, bufferBytes: IDLE_BUFFER_BYTES }),
  );
  say({ open: sockets.filter((socket) => socket.open()).length });
  for await (const _ of Deno.stdin.readable);
}
