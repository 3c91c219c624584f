/** Many senders, each waiting for its own acknowledgements: how many sends a second are answered. */
import type { Sends, SendsResult } from "../job.ts";
import { createHistogram } from "./histogram.ts";
import { openSocket, type Socket, startsWith } from "./socket.ts";
import { createSpan, isRefusal, openMany, until } from "./span.ts";

const WARM_UP_MS = 1_500;
const TAIL_MS = 5_000; // after the last send, for its acknowledgement
const BUFFER_BYTES = 16_384;

/** Runs the job in this process. Throws when a connection does not come up. */
export async function sends(job: Sends): Promise<SendsResult> {
  const span = createSpan(WARM_UP_MS, job.seconds);
  const times = createHistogram();
  let sent = 0;
  let answered = 0;
  let refused = 0;
  let acked = 0;
  let inTime = 0; // within the span

  const openSender = async ({ line, message }: Sends["senders"][number]) => {
    const under: number[] = []; // when each message under way was sent; replies to one room come in order
    function topUp(say: Socket["say"]) {
      if (!span.sending(performance.now())) return;
      while (under.length < job.window) {
        under.push(performance.now());
        say(message.replaceAll("%N", String(++sent)));
      }
    }
    const socket = await openSocket({
      port: job.port,
      line,
      keepAlive: job.keepAlive,
      heard(bytes, start, end) {
        if (!startsWith(bytes, start, job.ack)) return;
        const at = performance.now();
        const since = under.shift() ?? at;
        answered++;
        if (isRefusal(bytes, start, end)) return void refused++;
        acked++;
        if (!span.holds(at)) return;
        inTime++;
        times.add(at - since);
      },
      settled: topUp,
      bufferBytes: BUFFER_BYTES,
    });
    return { start: () => topUp(socket.say), shut: socket.shut };
  };

  const senders = await openMany(job.senders, openSender);
  span.start(performance.now());
  for (const sender of senders) sender.start();
  await until(() => !span.sending(performance.now()), span.totalMs + 1_000);
  const loaderBusy = span.busy();
  await until(() => answered >= sent, TAIL_MS);
  for (const sender of senders) sender.shut();
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
