/** One sender, many receivers: how much arrives, and how long after it was sent. */
import type { FanOut, FanOutResult } from "../job.ts";
import { createHistogram } from "./histogram.ts";
import { createLoop } from "./loop.ts";
import { createClock, markedText, scan } from "./marks.ts";
import { inTurn, openSockets, startsWith } from "./socket.ts";
import { createSpan, isRefusal, runName } from "./span.ts";

const WARM_UP_MS = 1_500; // the server's and our own code gets compiled meanwhile
/**
 * Sent one behind the other before a pace of few a second begins, so that what is measured is a server that has run for a
 * while: V8 compiles what has been called some hundred times, and at that pace it would be compiled in the next minutes.
 */
const WARM_UP_MESSAGES = 500;
const WARM_UP_MAX_MS = 60_000; // for them
const TAIL_MS = 5_000; // after the last message, for what is still under way
const BUFFER_BYTES = 65_536; // a receiver's
const FEW_RECEIVERS = 1_000; // more of them get smaller buffers, so that the loader stays in its caches
const SMALL_BUFFER_BYTES = 16_384;

/** Runs the job in this process. Throws when a connection does not come up. */
export function fanOut(job: FanOut): FanOutResult {
  const { port, keepAlive, receivers, pace } = job;
  const loop = createLoop();
  const message = job.message.replaceAll("%R", runName());
  const clock = createClock();
  const times = createHistogram();
  const span = createSpan(WARM_UP_MS, job.seconds);
  const bufferBytes = receivers > FEW_RECEIVERS ? SMALL_BUFFER_BYTES : BUFFER_BYTES;
  let sent = 0;
  let acked = 0;
  let refused = 0;
  let delivered = 0;
  let received = 0;
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
    scan(bytes, start, end, found);
  };
  const took = (count: number) => void (received += count);
  const receiver = { port, keepAlive, heard, took, bufferBytes };
  const sockets = openSockets(loop, inTurn(job.lines, receivers).map((line) => ({ ...receiver, line })));
  const [sender] = openSockets(loop, [{
    ...receiver,
    took() {},
    line: job.sender,
    heard(bytes, start, end) {
      if (job.ack === undefined || !startsWith(bytes, start, job.ack)) return;
      acked++;
      if (isRefusal(bytes, start, end)) refused++;
    },
  }]);

  function send() {
    sent++;
    sender?.say(message.replace("%M", markedText(clock())).replaceAll("%N", String(sent)));
  }
  function topUp(window: number) {
    const done = Math.floor(delivered / receivers);
    const settled = job.ack === undefined ? done : Math.min(done, acked);
    while (sent - settled < window) send();
  }

  if ("perSecond" in pace) {
    loop.until(() => delivered >= WARM_UP_MESSAGES * receivers, WARM_UP_MAX_MS, () => {
      if (sent < WARM_UP_MESSAGES) topUp(1);
    });
  }
  const before = sent;
  received = 0; // what came while they were opened is not theirs
  span.start(performance.now());
  loop.until(() => !span.sending(performance.now()), span.totalMs, () => {
    if ("window" in pace) return topUp(pace.window);
    const due = Math.floor((span.elapsedMs(performance.now()) / 1_000) * pace.perSecond);
    while (sent - before < due) send();
  });
  const loaderBusy = span.busy();
  loop.until(() => delivered >= sent * receivers, TAIL_MS);
  const ended = sockets.filter((socket) => !socket.open()).length;
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
    bytesPerDelivery: received / Math.max(1, delivered - before * receivers),
  };
}
