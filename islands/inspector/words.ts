/** Words the history of the connection, for the inspector and the report. */
import type { Note } from "../../lib/client/connection/history.ts";
import type { Status } from "../../lib/client/connection/live_client.ts";
import type { TransportName } from "../../lib/client/connection/transport.ts";

export const transportNames = { ws: "WebSocket", sse: "Event stream", poll: "Long-poll" } as const;

/** Their names within a sentence. */
export const midSentence = { ws: "WebSocket", sse: "event stream", poll: "long-poll" } as const;

const SECOND_MS = 1_000;
const MINUTE_S = 60;

export interface Rung {
  transport: TransportName;
  verdict: "now" | "failed" | "spare";
  words: string;
  /** How often it did not work in this page. */
  failures: number;
}

export interface Known {
  status: Status;
  /** In the page's order of preference. */
  transports: readonly TransportName[];
  notes: readonly Note[];
  nextTry: number | undefined;
  now: number;
  /** A time of the day, as the reader has it. */
  timeOf(at: number): string;
}

/** Each transport with its outcome. */
export function ladder(known: Known): Rung[] {
  const { status, notes } = known;
  return known.transports.map((transport, rank): Rung => {
    const failures = notes.filter((it) => it.transport === transport && isFailure(it)).length;
    if (status.state === "live" && status.transport === transport) {
      const since = notes.findLast((it) => it.kind === "live")?.at ?? known.now;
      return { transport, verdict: "now", words: `Open since ${known.timeOf(since)}`, failures };
    }
    const isLeft = rank === 0 && status.because !== undefined && status.transport !== transport;
    if (isLeft) return { transport, verdict: "failed", words: whyLeft(known, transport), failures };
    return { transport, verdict: "spare", words: whySpare(known, transport), failures };
  });
}

function whyLeft({ notes, nextTry, now, timeOf }: Known, transport: TransportName): string {
  const last = notes.findLast((it) => it.transport === transport && isFailure(it));
  const judged = notes.findLast((it) => it.transport === transport && isFailure(it) && it.probe !== undefined);
  const again = nextTry === undefined ? "" : nextTry > now ? ` Next try in ${span(nextTry - now)}.` : " Trying now.";
  if (!last) return `Didn't work a while ago. Not tried since.${again}`;
  const first = judged ?? last;
  const later = last === first ? "" : ` Tried again at ${timeOf(last.at)}: ${lowered(whatHappened(last))}.`;
  const blame = first.probe === "ok" ? ", while the server answered over HTTP: something in between blocks it" : "";
  return `${whatHappened(first)}${blame}.${later}${again}`;
}

function whySpare({ status, transports: [first = "ws"], now }: Known, transport: TransportName): string {
  if (status.state === "signed_out" || status.state === "outdated") return "No longer trying";
  if (status.state === "live") return "Not needed";
  if (transport !== status.transport) return `Used when the ${midSentence[first]} is blocked`;
  if (status.retryAt === undefined) return "Trying";
  return status.retryAt > now ? `Next try in ${span(status.retryAt - now)}` : "Trying";
}

/** A stream's state, if it isn't all here: without a connection nothing can be caught up with. */
export function howLive({ state }: Status, isCaughtUp: boolean): string | undefined {
  if (state !== "live") return "not live";
  return isCaughtUp ? undefined : "catching up";
}

/** "up to date, #12": a stream's state, and the last event that came. */
export function syncWords(state: string | undefined, seq: number | undefined): string {
  return `${state ?? "up to date"}${seq === undefined ? "" : `, #${seq}`}`;
}

export function isFailure({ kind }: Note): boolean {
  return kind !== "live" && kind !== "away";
}

/** "Closed before it opened, code 1006" */
export function whatHappened({ kind, code, probe, why }: Note): string {
  const coded = code === undefined ? "" : `, code ${code}`;
  switch (kind) {
    case "live":
      return "Live";
    case "refused":
      return `Closed before it opened${coded}`;
    case "cut":
      return `Opened, then cut off${coded}`;
    case "silent":
      return "No response";
    case "broke":
      return `Dropped: ${why ?? `closed with ${code}`}`;
    case "away":
      if (probe === "signed_out") return "Signed out";
      return probe === "unavailable" ? "The server was unavailable" : "Couldn't reach the server";
  }
}

/** "2 m 10 s" */
export function span(ms: number): string {
  const all = Math.ceil(ms / SECOND_MS);
  const minutes = Math.floor(all / MINUTE_S);
  const seconds = all % MINUTE_S;
  if (minutes === 0) return `${seconds} s`;
  return seconds === 0 ? `${minutes} m` : `${minutes} m ${seconds} s`;
}

function lowered(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}
