/** Many senders, each waiting for its own acknowledgements: how many sends a second are answered. */
import type { Sends, SendsResult } from "../job.ts";
import { createHistogram } from "./histogram.ts";
import { createLoop } from "./loop.ts";
import { openSockets, type Options, type Socket, startsWith } from "./socket.ts";
import { createSpan, isRefusal, runName } from "./span.ts";

const WARM_UP_MS = 1_500;
const TAIL_MS = 5_000; // after the last send, for its acknowledgement
const BUFFER_BYTES = 16_384;

/** Runs the job in this process. Throws when a connection does not come up. */
export function sends(job: Sends): SendsResult {
  const loop = createLoop();
  const run = runName();
  const span = createSpan(WARM_UP_MS, job.seconds);
  const times = createHistogram();
  let sent = 0;
  let answered = 0;
  let refused = 0;
  let acked = 0;
  let inTime = 0; // within the span

  const senders = job.senders.map(({ line, message }) => {
    const under: number[] = []; // when each message under way was sent; replies to one room come in order
    function topUp(say: Socket["say"]) {
      if (!span.sending(performance.now())) return;
      while (under.length < job.window) {
        under.push(performance.now());
        say(message.replaceAll("%R", run).replaceAll("%N", String(++sent)));
      }
    }
    function heard(bytes: Uint8Array, start: number, end: number) {
      if (!startsWith(bytes, start, job.ack)) return;
      const at = performance.now();
      const since = under.shift() ?? at;
      answered++;
      if (isRefusal(bytes, start, end)) return void refused++;
      acked++;
      if (!span.holds(at)) return;
      inTime++;
      times.add(at - since);
    }
    const { port, keepAlive } = job;
    const options: Options = { line, port, keepAlive, heard, settled: topUp, bufferBytes: BUFFER_BYTES };
    return { options, topUp };
  });

  const sockets = openSockets(loop, senders.map(({ options }) => options));
  span.start(performance.now());
  for (const [i, socket] of sockets.entries()) senders[i]?.topUp(socket.say);
  loop.until(() => !span.sending(performance.now()), span.totalMs);
  const loaderBusy = span.busy();
  loop.until(() => answered >= sent, TAIL_MS);
  return {
    sent,
    acked,
    refused,
    acksPerSecond: inTime / job.seconds,
    p50Ms: times.percentile(0.5),
    p99Ms: times.percentile(0.99),
    loaderBusy,
  };
}
