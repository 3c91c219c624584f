/** The report that people send when they ask for help: the connection's history, and no texts. */
import { facts } from "./facts.ts";
import type { Inspected } from "./inspected.ts";
import { isFailure, ladder, midSentence, transportNames, whatHappened } from "./words.ts";

const iso = (at: number) => new Date(at).toISOString();

export function report(inspected: Inspected, now: number): string {
  const { live: { status, history }, transports } = inspected;
  const [first = "ws"] = transports;
  const { state, transport, because } = status.value;
  const notes = history.notes.value;
  const trips = history.roundTrips.value.map((it) => Math.round(it.ms));
  const known = { status: status.value, transports, notes, nextTry: history.nextTry.value, now, timeOf: iso };
  const lines = [
    `Rivulet connection report, ${iso(now)}`,
    `State: ${state}, ${transportNames[transport]}${because ? `, since the ${midSentence[first]} is: ${because}` : ""}`,
    ...ladder(known).map((it) => `${transportNames[it.transport]}: ${it.words} (failed ${it.failures} times)`),
    `Round trips, ms: ${trips.length === 0 ? "none" : trips.join(" ")}`,
    ...facts(inspected, iso).map(({ name, value, reported = name }) => `${reported}: ${value}`),
    "History:",
    ...notes.map((it) =>
      `${iso(it.at)} ${transportNames[it.transport]}: ${whatHappened(it)}${
        isFailure(it) && it.probe ? `; over HTTP the server was ${it.probe}` : ""
      }`
    ),
    `Browser: ${navigator.userAgent}`,
  ];
  return lines.join("\n");
}
