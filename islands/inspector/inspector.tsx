/** Shows what the connection does and why. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { words } from "../../lib/ui/shell/connection.tsx";
import { clockTime } from "../../lib/ui/shell/format.ts";
import { Icon } from "../../lib/ui/shell/icon.tsx";
import { Wave } from "../../lib/ui/shell/wave.tsx";
import { usePopover } from "../shared/use_popover.ts";
import { CopyReport } from "./copy_report.tsx";
import { facts } from "./facts.ts";
import type { Inspected } from "./inspected.ts";
import { RoundTrips } from "./round_trips.tsx";
import { ladder, midSentence, type Rung, transportNames } from "./words.ts";

const TICK_MS = 1_000;
/** While it is open. */
const MEASURE_EVERY_MS = 5_000;

export function Inspector({ inspected }: { inspected: Inspected }) {
  const { live, transports } = inspected;
  const { close, props } = usePopover(inspected.closed);
  const now = useSignal(Date.now());
  // It opens beside the indicator that was pressed: the header's, or the sidebar's.
  const bar = useRef(document.activeElement?.closest("header.bar")).current;
  useEffect(() => {
    live.measure();
    const ticks = setInterval(() => now.value = Date.now(), TICK_MS);
    const measures = setInterval(live.measure, MEASURE_EVERY_MS);
    return () => {
      clearInterval(ticks);
      clearInterval(measures);
    };
  }, []);

  const status = live.status.value;
  const { notes, nextTry, roundTrips } = live.history;
  const timeOf = (at: number) => clockTime(at, inspected.zone.value);
  const rungs = ladder({ status, transports, notes: notes.value, nextTry: nextTry.value, now: now.value, timeOf });
  const isLive = status.state === "live";
  const isLeft = status.because !== undefined;
  const isOver = status.state === "signed_out" || status.state === "outdated";
  return (
    <div
      {...props}
      class={bar ? "pop at-conn from-bar" : "pop at-conn"}
      role="dialog"
      aria-labelledby="inspector-title"
    >
      <header class="row">
        <h2 class="grow" id="inspector-title">Connection</h2>
        <span class={`conn row${isLive ? isLeft ? " slow" : "" : " cut-off"}`}>
          <Wave mood={isLive ? "moving" : isOver || status.state === "offline" ? "flat" : "still"} />
          {isLive ? transportNames[status.transport] : words[status.state]}
        </span>
        <button class="ib" type="button" aria-label="Close" autofocus onClick={close}>
          <Icon name="x" />
        </button>
      </header>
      <ol class="ladder" aria-label="Transports, in order of preference">
        {rungs.map((it) => <Step key={it.transport} rung={it} />)}
      </ol>
      <RoundTrips trips={roundTrips.value} now={now.value} />
      <dl class="facts">
        {facts(inspected, timeOf).map(({ name, value }) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
      <hr />
      <div class="row">
        {!isOver && (isLeft || !isLive) && (
          <button class="btn grow" type="button" onClick={() => void live.wake()}>
            <Icon name="redo" small />
            {isLive ? `Try ${midSentence[transports[0] ?? "ws"]} now` : "Try now"}
          </button>
        )}
        <CopyReport inspected={inspected} />
      </div>
    </div>
  );
}

const marks = {
  now: { icon: "check", tone: "ok" },
  failed: { icon: "x", tone: "bad" },
  spare: { icon: "dot", tone: "dim" },
} as const;

function Step({ rung }: { rung: Rung }) {
  const { transport, verdict, words, failures } = rung;
  const { icon, tone } = marks[verdict];
  const name = transportNames[transport];
  return (
    <li aria-current={verdict === "now" ? "true" : undefined}>
      <Icon name={icon} small class={tone} />
      <span class="grow">
        {verdict === "now" ? <b>{name}</b> : name}
        <small>{words}</small>
      </span>
      {verdict === "now"
        ? <small>now</small>
        : failures > 0 && <small class="num">{failures === 1 ? "1 try" : `${failures} tries`}</small>}
    </li>
  );
}
