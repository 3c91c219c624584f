/** One sender, many receivers: how much arrives, and how long after it was sent. */
import type { FanOut, FanOutResult, Line } from "../job.ts";
import { createHistogram } from "./histogram.ts";
import { createClock, mark, scan } from "./marks.ts";
import { openSocket, type Socket, startsWith } from "./socket.ts";
import { createSpan, isRefusal, openMany, until } from "./span.ts";

const WARM_UP_MS = 1_500; // the server's and our own code gets compiled meanwhile
const TAIL_MS = 5_000; // after the last message, for what is still under way
const TICK_MS = 2; // between two looks at the clock in an open loop
const BUFFER_BYTES = 65_536; // a receiver's
const FEW_RECEIVERS = 1_000; // more of them get smaller buffers, so that the loader stays in its caches
const SMALL_BUFFER_BYTES = 16_384;

/** Runs the job in this process. Throws when a connection does not come up. */
export async function fanOut(job: FanOut): Promise<FanOutResult> {
  const { port, keepAlive, receivers, pace, skip } = job;
  const clock = createClock();
  const times = createHistogram();
  const span = createSpan(WARM_UP_MS, job.seconds);
  const bufferBytes = receivers > FEW_RECEIVERS ? SMALL_BUFFER_BYTES : BUFFER_BYTES;
  let sent = 0;
  let acked = 0;
  let refused = 0;
  let delivered = 0;
  let measured = 0; // deliveries within the span
  let now = 0; // ms, as of the frame that is being read
  let inSpan = false;

  const found = (ns: number) => {
    delivered++;
    if (inSpan) measured++;
    if (span.warm(ns / 1e6)) times.add(now - ns / 1e6);
  };
  const heard = (bytes: Uint8Array, start: number, end: number) => {
    now = performance.now();
    inSpan = span.holds(now);
    scan(bytes, start, end, skip, found);
  };
  const sockets = await openMany(
    Array(receivers).fill(job.receiver),
    (line: Line) => openSocket({ port, line, keepAlive, heard, settled: topUp, bufferBytes }),
  );
  const sender: Socket = await openSocket({
    port,
    line: job.sender,
    keepAlive,
    heard(bytes, start, end) {
      if (job.ack === undefined || !startsWith(bytes, start, job.ack)) return;
      acked++;
      if (isRefusal(bytes, start, end)) refused++;
    },
    settled: topUp,
    bufferBytes: BUFFER_BYTES,
  });

  function send() {
    sent++;
    sender.say(job.message.replace("%M", mark(clock())).replaceAll("%N", String(sent)));
  }
  function topUp() {
    if (!("window" in pace) || !span.sending(performance.now())) return;
    const done = Math.floor(delivered / receivers);
    const settled = job.ack === undefined ? done : Math.min(done, acked);
    while (sent - settled < pace.window) send();
  }

  span.start(performance.now());
  const ticker = "perSecond" in pace
    ? setInterval(() => {
      const at = performance.now();
      const due = span.sending(at) ? Math.floor((span.elapsedMs(at) / 1_000) * pace.perSecond) : 0;
      while (sent < due) send();
    }, TICK_MS)
    : undefined;
  topUp();
  await until(() => !span.sending(performance.now()), span.totalMs + 1_000);
  clearInterval(ticker);
  const loaderBusy = span.busy();
  await until(() => delivered >= sent * receivers, TAIL_MS);

  const ended = sockets.filter((socket) => !socket.open()).length;
  for (const socket of [...sockets, sender]) socket.shut();
  return {
    receivers,
    sent,
    delivered,
    refused,
    deliveriesPerSecond: measured / job.seconds,
    messagesPerSecond: measured / job.seconds / receivers,
    p50Ms: times.percentile(0.5),
    p99Ms: times.percentile(0.99),
    maxMs: times.max(),
    loaderBusy,
    ended,
  };
}
