/** What people send when they ask for help: what happened, and nothing of what was said. */
import type { RoomView } from "../room_view.ts";
import { facts } from "./facts.ts";
import { isFailure, ladder, transportNames, whatHappened } from "./words.ts";

const iso = (at: number) => new Date(at).toISOString();

export function report(view: RoomView, now: number): string {
  const { live } = view.chat;
  const { status, history } = live;
  const { state, transport, because } = status.value;
  const notes = history.notes.value;
  const trips = history.roundTrips.value.map((it) => Math.round(it.ms));
  const known = { status: status.value, notes, nextTry: history.nextTry.value, now, timeOf: iso };
  const lines = [
    `Rivulet connection report, ${iso(now)}`,
    `State: ${state}, ${transportNames[transport]}${because ? `, since the WebSocket is: ${because}` : ""}`,
    ...ladder(known).map((it) => `${transportNames[it.transport]}: ${it.words} (did not work ${it.failures} times)`),
    `Round trips, ms: ${trips.length === 0 ? "none" : trips.join(" ")}`,
    // The names of rooms are nobody else's business.
    ...facts(view, iso).map(({ name, value }) => `${name.replace(view.ref.value, "Room")}: ${value}`),
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
